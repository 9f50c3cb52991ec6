//! The spectral graph's mathematics written out in f64, with the weights of its file.

use std::path::Path;

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice, concatenate};
use prost::Message;
use tract_onnx::pb::ModelProto;

const SEGMENT: usize = 128;
const STRIDE: usize = 32;
const SEGMENTS: usize = 12;
const BINS: usize = 65;
const FLOOR: f64 = 1e-5;
const STILL: f64 = 1e-3;

/// Embeds windows of 500 frames of all axes that the graph takes, without rounding that matters.
pub struct Exact {
    waves: Array2<f64>,
    bands: Array2<f64>,
    mean: Array1<f64>,
    deviation: Array1<f64>,
}

impl Exact {
    pub fn of(onnx: &Path) -> Self {
        let model = ModelProto::decode(&*std::fs::read(onnx).unwrap()).unwrap();
        let weights = model.graph.unwrap().initializer;
        let numbers = |name: &str| -> Vec<f64> {
            let found = weights.iter().find(|weights| weights.name == name).unwrap();
            let (raw, _) = found.raw_data.as_chunks();
            raw.iter()
                .map(|&raw| f64::from(f32::from_le_bytes(raw)))
                .collect()
        };
        let matrix = |name, rows| {
            let numbers = numbers(name);
            Array2::from_shape_vec((rows, numbers.len() / rows), numbers).unwrap()
        };
        // A wave sums to zero but for the rounding of its numbers to f32, which lets 1e-7 of a
        // device's turn within the window into the power of a still axis.
        let waves: Array2<f64> = matrix("node_5_in_1", 2 * BINS);
        let sums = waves.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
        Self {
            waves: waves - sums,
            bands: matrix("node_11_in_1", 14),
            mean: numbers("node_51_in_1").into(),
            deviation: numbers("node_52_in_1").into(),
        }
    }

    pub fn embed(&self, window: ArrayView2<'_, f32>) -> Vec<f64> {
        let window = window.mapv(f64::from);
        let moved = &window - &window.mean_axis(Axis(0)).unwrap();
        let power: Vec<Array2<f64>> = (0..SEGMENTS)
            .map(|at| {
                let segment =
                    moved.slice_axis(Axis(0), Slice::from(at * STRIDE..at * STRIDE + SEGMENT));
                let squares = self.waves.dot(&segment).mapv(|wave| wave * wave);
                let (cosines, sines) = squares.view().split_at(Axis(0), BINS);
                let power = &cosines + &sines;
                self.bands.dot(&power)
            })
            .collect();
        let mean = |of: &dyn Fn(&Array2<f64>) -> Array2<f64>| {
            let zeros = Array2::zeros(power[0].dim());
            power.iter().fold(zeros, |sum, power| sum + of(power)) / SEGMENTS as f64
        };
        let log = |power: &Array2<f64>| power.mapv(|power| (power + FLOOR).ln());
        let level = log(&mean(&|power| power.clone()));
        let middle = mean(&log);
        let varies = mean(&|power| (log(power) - &middle).mapv(|apart| apart * apart));

        let covariance = moved.t().dot(&moved) / window.nrows() as f64;
        let deviation = covariance.diag().mapv(|variance| variance.sqrt() + STILL);
        let axes = window.ncols();
        let together: Array1<f64> = (0..axes)
            .flat_map(|i| (i + 1..axes).map(move |j| (i, j)))
            .map(|(i, j)| {
                let correlation = covariance[[i, j]] / (deviation[i] * deviation[j]) * 0.99;
                ((correlation + 1.0).ln() - (1.0 - correlation).ln()) * 0.5
            })
            .collect();
        let flat = |values: Array2<f64>| values.flatten().to_owned();
        let parts = [flat(level), flat(varies.mapv(f64::sqrt)), together];
        let all = concatenate(Axis(0), &parts.each_ref().map(|part| part.view())).unwrap();
        ((all - &self.mean) / &self.deviation).to_vec()
    }
}
