//! The shipped models hop by hop, against their graphs in tract.

use std::path::{Path, PathBuf};

use graspd::model::{Bundle, Embedder};
use graspd::motion::framing::Framer;
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, Channels, FrameIndex, SampleTime};
use graspd::source::{self, Reading};
use ndarray::{ArrayView2, Axis, Slice};

use crate::exact::Exact;

/// Largest difference of any number of an embedding from the graph's mathematics in f64, and
/// from the graph in tract. That rounds to f32 on its way, and where a device turns within a
/// window its sums come out that far from the same sums in f64; docs/performance.md has the
/// figures.
const TOLERANCE: f64 = 1e-5;
const OF_TRACT: f64 = 3e-4;

/// The shipped models that graspd has a kernel for, and one of each kind that is computed hop by
/// hop.
const SPECTRAL: [&str; 2] = ["default", "accelerometer"];
const KINDS: [&str; 2] = ["default", "seed-2d"];

fn bundle(model: &str) -> Bundle {
    Bundle::open(&super::model(model)).unwrap()
}

/// Simulated recordings and, where there are real ones, one session of each person of HMOG.
fn recordings() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/simulated");
    let mut all: Vec<_> = ["enrol-1.csv.zst", "hand-over.csv.zst"]
        .map(|name| here.join(name))
        .into();
    match std::env::var_os("GRASPD_DATA") {
        None => eprintln!("simulated recordings only: set GRASPD_DATA for real ones"),
        Some(data) => {
            let people = Path::new(&data).join("hmog/public_dataset");
            for person in std::fs::read_dir(people).unwrap() {
                let mut sessions: Vec<_> = std::fs::read_dir(person.unwrap().path())
                    .unwrap()
                    .map(|session| session.unwrap().path())
                    .filter(|path| path.is_dir())
                    .collect();
                sessions.sort();
                all.extend(sessions.into_iter().next());
            }
        }
    }
    all
}

/// Calls `see` with each window of a recording.
fn windows(path: &Path, channels: Channels, hop: usize, mut see: impl FnMut(&Window<'_>)) {
    let mut framer = Framer::new(channels, 500, hop);
    let mut source = source::open(path).unwrap();
    while let Some(reading) = source.next().unwrap() {
        if let Reading::Sample(sample) = reading {
            framer.push(&sample, |_, window| window.iter().for_each(&mut see));
        }
    }
}

/// The embedding of a window whose newest frame is number `end`.
fn embed(embedder: &mut Embedder, values: &[f32], end: i64) -> Vec<f32> {
    let window = Window {
        end: FrameIndex::at_or_after(SampleTime::from_nanos(end * 10_000_000)),
        frames: ArrayView2::from_shape((500, CHANNELS), values).unwrap(),
    };
    embedder.embed(&window).unwrap().view().to_vec()
}

fn furthest(a: &[f32], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    (a.iter().zip(b)).fold(0.0, |most, (&a, b)| {
        f64::max(most, (f64::from(a) - b).abs())
    })
}

#[test]
fn it_agrees_with_the_whole_graph_on_every_window() {
    for model in SPECTRAL.map(super::model) {
        let exact = Exact::of(&model.join("branch.onnx"));
        let bundle = Bundle::open(&model).unwrap();
        let channels = bundle.channels();
        let mut whole = Embedder::of_whole_graph(&bundle).unwrap();
        let mut streaming = Embedder::new(&bundle).unwrap();
        assert!(streaming.is_streaming() && !whole.is_streaming());
        let (mut count, mut from_exact, mut from_tract) = (0, 0.0, 0.0);
        for recording in recordings() {
            windows(&recording, channels, 96, |window| {
                let found = streaming.embed(window).unwrap().view().to_vec();
                let taken = window
                    .frames
                    .slice_axis(Axis(1), Slice::from(..channels.count()));
                from_exact = f64::max(from_exact, furthest(&found, &exact.embed(taken)));
                let tracts = whole.embed(window).unwrap().view().mapv(f64::from);
                from_tract = f64::max(from_tract, furthest(&found, tracts.as_slice().unwrap()));
                count += 1;
            });
        }
        eprintln!("{count} windows: {from_exact:.1e} from f64, {from_tract:.1e} from tract");
        assert!(count > 300);
        assert!(from_exact <= TOLERANCE && from_tract <= OF_TRACT);
    }
}

#[test]
fn seed_2d_gives_the_bits_of_the_whole_graph_on_every_window() {
    let mut whole = Embedder::of_whole_graph(&bundle("seed-2d")).unwrap();
    let mut streaming = Embedder::new(&bundle("seed-2d")).unwrap();
    assert!(streaming.is_streaming() && !whole.is_streaming());
    let mut count = 0;
    for recording in recordings() {
        windows(&recording, Channels::default(), 96, |window| {
            let found = streaming.embed(window).unwrap().view().mapv(f32::to_bits);
            let tracts = whole.embed(window).unwrap().view().mapv(f32::to_bits);
            assert_eq!(found, tracts);
            count += 1;
        });
    }
    eprintln!("{count} windows");
    assert!(count > 300);
}

#[test]
fn what_came_before_changes_no_bit() {
    // Hops that share all, some and none of what is kept of the window before.
    const HOPS: [usize; 11] = [1, 32, 50, 64, 96, 160, 352, 384, 499, 500, 640];
    // At a hop of one frame there are windows beyond number.
    for (model, most) in KINDS.into_iter().zip([700, 100]) {
        for hop in HOPS {
            let mut streaming = Embedder::for_hop(&bundle(model), hop).unwrap();
            let mut usual = Embedder::new(&bundle(model)).unwrap();
            let mut fresh = Embedder::new(&bundle(model)).unwrap();
            let zeros = [0.0; 500 * CHANNELS];
            for recording in recordings().iter().take(2) {
                let mut at = 0;
                windows(recording, Channels::default(), hop, |window| {
                    at += 1;
                    if at > most {
                        return;
                    }
                    let found = streaming.embed(window).unwrap().view().to_vec();
                    assert_eq!(found, usual.embed(window).unwrap().view().to_vec());
                    embed(&mut fresh, &zeros, 0);
                    assert_eq!(found, fresh.embed(window).unwrap().view().to_vec());
                });
            }
        }
    }
}

#[test]
fn a_clock_that_was_set_back_brings_no_old_frames_back() {
    let values = |seed: usize| -> Vec<f32> {
        (0..500 * CHANNELS)
            .map(|at| ((at * (7 + seed)) as f32 * 0.37).sin())
            .collect()
    };
    for model in KINDS {
        let mut streaming = Embedder::new(&bundle(model)).unwrap();
        let first = embed(&mut streaming, &values(1), 1000);
        let other = embed(&mut streaming, &values(2), 1096);
        let mut fresh = Embedder::new(&bundle(model)).unwrap();
        assert_eq!(other, embed(&mut fresh, &values(2), 7));
        assert_eq!(first, embed(&mut streaming, &values(1), 1000));
    }
}

#[test]
fn no_hop_allocates() {
    for model in SPECTRAL.map(super::model) {
        let bundle = Bundle::open(&model).unwrap();
        let mut streaming = Embedder::new(&bundle).unwrap();
        let recording = &recordings()[0];
        let mut seen = 0;
        windows(recording, bundle.channels(), 96, |window| {
            let allocated = allocation_counter::measure(|| {
                seen += streaming.embed(window).unwrap().view().len();
            });
            assert_eq!(allocated.count_total, 0);
        });
        assert!(seen > 100 * streaming.embedding_len());
    }
}
