//! The shipped models against onnxruntime on the windows of tests/reference/embed.py: one that
//! tract runs, and one that is computed hop by hop.

use graspd::model::Bundle;
use graspd::model::Embedder;
use graspd::motion::framing::Framer;
use graspd::motion::{Channels, Sample, SampleTime, Sensor};
use serde::Deserialize;

/// Largest difference of any component of an embedding.
const TOLERANCE: f32 = 1e-5;

#[derive(Deserialize)]
struct Reference {
    graph_sha256: String,
    frames: usize,
    windows: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    seed: u32,
    acceleration: f64,
    rate: f64,
    embedding: Vec<f32>,
}

/// The random generator of the script, bit for bit.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        f64::from(self.0 >> 8) / f64::from(1 << 24) - 0.5
    }
}

#[test]
fn tract_and_onnxruntime_agree() {
    assert_agree("seed-2d", include_str!("../golden/embeddings.json"));
}

#[test]
fn the_streaming_model_and_onnxruntime_agree() {
    assert_agree("default", include_str!("../golden/embeddings-default.json"));
}

fn assert_agree(model: &str, reference: &str) {
    let bundle = Bundle::open(&super::model(model)).unwrap();
    let reference: Reference = serde_json::from_str(reference).unwrap();
    let graph = &bundle.manifest().runtime.graph;
    assert_eq!(
        bundle.manifest().files[graph],
        reference.graph_sha256,
        "the model has changed: run tests/reference/embed.py"
    );
    let mut embedder = Embedder::new(&bundle).unwrap();
    for case in &reference.windows {
        let mut noise = Noise(case.seed);
        // Alignment leaves samples on the grid unchanged. It takes 32 samples to
        // estimate the rate, and the grid then starts at the first.
        let mut framer = Framer::new(Channels::default(), reference.frames, 1);
        let mut embedding = None;
        for i in 0..reference.frames as i64 {
            let t = SampleTime::from_nanos(i * 10_000_000);
            let rows = [
                (Sensor::Accelerometer, case.acceleration, [0.0, 6.0, 7.75]),
                (Sensor::Gyroscope, case.rate, [0.0; 3]),
            ];
            for (sensor, scale, offset) in rows {
                let xyz = offset.map(|o| (noise.next() * scale + o) as f32);
                framer.push(&Sample { sensor, t, xyz }, |_, window| {
                    embedding = window.map(|w| embedder.embed(&w).unwrap().view().to_vec());
                });
            }
        }
        let embedding = embedding.expect("one window");
        assert_eq!(embedding.len(), case.embedding.len());
        let worst = embedding
            .iter()
            .zip(&case.embedding)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst <= TOLERANCE, "window {}: {worst:e}", case.seed);
    }
}
