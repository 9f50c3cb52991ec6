use graspd::model::{Bundle, Embedder};
use graspd::motion::window::Window;
fn floats(p: &str) -> Vec<f32> {
    let b = std::fs::read(p).unwrap_or_default();
    b.chunks_exact(4)
        .map(|c| f32::from_le_bytes(c.try_into().unwrap()))
        .collect()
}
#[test]
fn field() {
    let x = floats("/tmp/w/Opy/x.bin");
    let frames = ndarray::ArrayView2::from_shape((500, 6), &x).unwrap();
    let mut names: Vec<_> = std::fs::read_dir("/tmp/w/Ofield/20-onnx")
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.push("models/default".into());
    names.push("models/seed-2d".into());
    names.sort();
    let mut ok = 0;
    for p in names {
        let name = p.file_name().unwrap().to_string_lossy().into_owned();
        match Bundle::open(&p).and_then(|b| Embedder::new(&b)) {
            Ok(mut e) => {
                ok += 1;
                let w = Window {
                    frames,
                    end: graspd::motion::FrameIndex::at_or_after(
                        graspd::motion::SampleTime::from_nanos(0),
                    ),
                };
                let y = e.embed(&w).unwrap();
                let r = floats(&format!("/tmp/w/Opy/ref-{name}.bin"));
                let d = y
                    .view()
                    .iter()
                    .zip(&r)
                    .map(|(a, b)| (a - b).abs())
                    .fold(0f32, f32::max);
                println!("OK {name} {d:e} of {}", r.len());
            }
            Err(e) => println!("NO {name} {e}"),
        }
    }
    println!("{ok} run");
}
