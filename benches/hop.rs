//! Serves benches/peer.py: takes one hop through the whole pipeline for each line on standard
//! input, and answers with the nanoseconds from its first sample to its decision.
//!
//! Usage: hop MODEL RECORDING. The simulated owner is enrolled with MODEL.

// clippy.toml allows unwrap in tests only; a failing benchmark may panic as well.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use graspd::decide::Policy;
use graspd::enrol::{DecisionBudget, EnrolOptions, Enroller, GammaRule, LearnOptions};
use graspd::model::{Bundle, Embedder};
use graspd::motion::DEFAULT_HOP;
use graspd::motion::rest::RestLimits;
use graspd::owner::ocsvm::Nu;
use graspd::owner::profile::Profile;
use graspd::pipeline::Pipeline;
use graspd::source::{self, Reading};

fn enrolled(bundle: &Bundle) -> Profile {
    let options = EnrolOptions {
        learn: LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: DecisionBudget::default(),
        },
        hop: DEFAULT_HOP,
        rest: RestLimits::default(),
    };
    let mut enroller = Enroller::new(Embedder::new(bundle).unwrap(), bundle.cohort(), options);
    for name in ["enrol-1.csv.zst", "enrol-2.csv.zst", "enrol-3.csv.zst"] {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = here.join("tests/data/simulated").join(name);
        enroller.add(&mut *source::open(&path).unwrap()).unwrap();
    }
    enroller.finish(0, 0).unwrap().0
}

fn readings(path: &Path) -> Vec<Reading> {
    let mut recording = source::open(path).unwrap();
    std::iter::from_fn(|| recording.next().unwrap()).collect()
}

fn main() {
    let mut paths = std::env::args().skip(1).map(PathBuf::from);
    let (Some(model), Some(recording)) = (paths.next(), paths.next()) else {
        eprintln!("Usage: hop MODEL RECORDING");
        return;
    };
    let bundle = Bundle::open(&model).unwrap();
    let profile = enrolled(&bundle);
    let readings = readings(&recording);
    let time = |reading: &Reading| match reading {
        Reading::Sample(sample) => Some(sample.t),
        Reading::Quiet(_) | Reading::Skipped => None,
    };
    let first = readings.iter().find_map(time).unwrap();
    let pipeline = || {
        let embedder = Embedder::new(&bundle).unwrap();
        let (rest, policy) = (RestLimits::default(), Policy::default());
        let mut pipeline = Pipeline::new(embedder, &profile, DEFAULT_HOP, rest, policy);
        // As in a daemon, which learns of the session after the owner's unlock.
        pipeline.begin_anew(first, &mut |_| {});
        pipeline
    };
    let mut running = pipeline();
    let mut rest = readings.iter();
    for line in std::io::stdin().lines() {
        line.unwrap();
        let mut began = Instant::now();
        loop {
            let Some(reading) = rest.next() else {
                (running, rest, began) = (pipeline(), readings.iter(), Instant::now());
                continue;
            };
            let accepted = running.push(reading, &mut |output| {
                std::hint::black_box(output);
            });
            // The first window is of five seconds, so what it takes is no hop's.
            if accepted.window && running.window_counts().scored > 1 {
                break;
            }
            if accepted.window {
                began = Instant::now();
            }
        }
        println!("{}", began.elapsed().as_nanos());
        std::io::stdout().flush().unwrap();
    }
}
