//! Export, proven: Burn, tract and onnxruntime agree on recorded windows.
//!
//! Here Burn meets tract, in the daemon's own embedder. onnxruntime meets both in
//! tests/export.sh, which names a folder in GRASPD_EXPORT to leave the graphs,
//! windows and embeddings in. The shipped bundle was trained by another run, so
//! Burn has no network of it; its graph is held against onnxruntime alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use grasp_train::arch::ChannelScale;
use grasp_train::arch::{Branch, Seed1d, Seed2d};
use grasp_train::bundle::{Bundle, CompanionFile, Graph};
use grasp_train::data::{Corpus, DataSpec, WindowShape};
use grasp_train::history::Measured;
use grasp_train::progress::Progress;
use graspd::model;
use graspd::model::Embedder;
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, Channels, FrameIndex, SampleTime};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Largest difference of any number of an embedding.
const TOLERANCE: f32 = 1e-5;
/// Windows to compare.
const WINDOWS: usize = 24;

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Windows of `frames` frames of recordings: of two people of HMOG where there
/// are real ones, else of the simulated ones of the checkout.
fn recorded(frames: usize) -> Vec<Vec<f32>> {
    let simulated = tempfile::tempdir().unwrap();
    let spec = match std::env::var_os("GRASPD_DATA") {
        Some(data) => {
            let hmog = Path::new(&data).join("hmog");
            format!("hmog={},people=100669+151985", hmog.display())
        }
        None => {
            eprintln!("simulated recordings only: set GRASPD_DATA for real ones");
            let person = simulated.path().join("one");
            fs::create_dir(&person).unwrap();
            for name in ["enrol-1.csv.zst", "hand-over.csv.zst"] {
                let from = checkout().join("tests/data/simulated").join(name);
                fs::copy(from, person.join(name)).unwrap();
            }
            format!("graspd={}", simulated.path().display())
        }
    };
    let spec: DataSpec = spec.parse().unwrap();
    let shape = WindowShape {
        channels: Channels::default(),
        frames,
        hop: frames,
        most: Some(4),
    };
    let corpus = Corpus::read(&spec, shape, Progress::Silent).unwrap();
    let windows = corpus.sessions().flat_map(|session| session.windows.iter());
    windows.take(WINDOWS).map(<[f32]>::to_vec).collect()
}

/// tract's embeddings, by the daemon's embedder.
fn served(bundle: &Path, frames: usize, windows: &[Vec<f32>]) -> Vec<f32> {
    let mut embedder = Embedder::new(&model::Bundle::open(bundle).unwrap()).unwrap();
    let embed = |window: &Vec<f32>| {
        let window = Window {
            end: FrameIndex::at_or_after(SampleTime::from_nanos(0)),
            frames: ArrayView2::from_shape((frames, CHANNELS), window).unwrap(),
        };
        embedder.embed(&window).unwrap().view().to_vec()
    };
    windows.iter().flat_map(embed).collect()
}

fn leave(name: &str, file: &str, numbers: &[f32]) {
    if let Some(folder) = std::env::var_os("GRASPD_EXPORT") {
        let folder = Path::new(&folder).join(name);
        fs::create_dir_all(&folder).unwrap();
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        fs::write(folder.join(file), bytes).unwrap();
    }
}

fn leave_graph(name: &str, bundle: &Path) {
    if let Some(folder) = std::env::var_os("GRASPD_EXPORT") {
        let to = Path::new(&folder).join(name).join("branch.onnx");
        fs::copy(bundle.join("branch.onnx"), to).unwrap();
    }
}

fn assert_burn_and_tract_agree<B: Branch>(name: &str, frames: usize) {
    let windows = recorded(frames);
    assert!(windows.len() >= 8, "only {} windows", windows.len());
    let scale = ChannelScale::of(windows.iter().map(Vec::as_slice));
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    let branch = B::new(frames, &scale, rng, &Device::flex().autodiff()).valid();
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("bundle");
    let bundle = Bundle {
        graph: Graph::of(&branch.served(), Channels::default(), frames).unwrap(),
        training: model::Training {
            arch: name.to_owned(),
            command: String::new(),
            seed: 5,
            data: Vec::new(),
        },
        beside: CompanionFile::History {
            before: Measured::default(),
            epochs: Vec::new(),
        },
        figures: BTreeMap::new(),
    };
    bundle.write(&out).unwrap();

    let data = TensorData::new(windows.concat(), [windows.len(), frames, CHANNELS]);
    let trained = branch.embed(Tensor::from_data(data, &Device::flex()));
    let trained: Vec<f32> = trained.into_data().iter::<f32>().collect();
    let served = served(&out, frames, &windows);
    assert_eq!(trained.len(), served.len());
    let furthest = (trained.iter().zip(&served))
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(furthest <= TOLERANCE, "{name}, {frames}: {furthest:e}");

    let case = format!("{name}-{frames}");
    leave(&case, "windows.f32", &windows.concat());
    leave(&case, "burn.f32", &trained);
    leave(&case, "tract.f32", &served);
    leave_graph(&case, &out);
}

#[test]
fn burn_and_tract_agree_on_recorded_windows() {
    for frames in [500, 128] {
        assert_burn_and_tract_agree::<Seed2d>("seed-2d", frames);
        assert_burn_and_tract_agree::<Seed1d>("seed-1d", frames);
    }
}

#[test]
fn the_shipped_graph_has_finite_embeddings_of_recorded_windows() {
    let windows = recorded(500);
    let bundle = checkout().join("models/seed-2d");
    let served = served(&bundle, 500, &windows);
    assert!(served.iter().all(|number| number.is_finite()));
    leave("shipped", "windows.f32", &windows.concat());
    leave("shipped", "tract.f32", &served);
    leave_graph("shipped", &bundle);
}
