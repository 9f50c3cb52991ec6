//! Times the stages of the pipeline for one hop, in one run: `cargo bench`.
//!
//! With each shipped model the simulated owner is enrolled and the hand-over replayed; each
//! stage of each hop is timed, and the medians are given as ratios to the embedding, because
//! absolute times depend on the machine.

// clippy.toml allows unwrap in tests only; a failing benchmark may panic as well.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use graspd::decide::{Decider, Policy};
use graspd::enrol::{DecisionBudget, EnrolOptions, Enroller, GammaRule, LearnOptions};
use graspd::model::Bundle;
use graspd::model::Embedder;
use graspd::motion::framing::Framer;
use graspd::motion::rest::RestLimits;
use graspd::motion::{DEFAULT_HOP, Sample};
use graspd::owner::Score;
use graspd::owner::ocsvm::Nu;
use graspd::source::{self, Reading};

const STAGES: [&str; 5] = ["align, window", "rest", "embed", "score", "decide"];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn samples(name: &str) -> Vec<Sample> {
    let mut recording = source::open(&here("tests/data/simulated").join(name)).unwrap();
    std::iter::from_fn(|| recording.next().unwrap())
        .filter_map(|reading| match reading {
            Reading::Sample(sample) => Some(sample),
            Reading::Quiet(_) | Reading::Skipped => None,
        })
        .collect()
}

fn main() {
    for model in ["models/default", "models/accelerometer", "models/seed-2d"] {
        stages(model);
    }
}

fn stages(model: &str) {
    let bundle = Bundle::open(&here(model)).unwrap();
    let options = EnrolOptions {
        learn: LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: DecisionBudget::default(),
        },
        hop: DEFAULT_HOP,
        rest: RestLimits::default(),
    };
    let mut enroller = Enroller::new(Embedder::new(&bundle).unwrap(), bundle.cohort(), options);
    for name in ["enrol-1.csv.zst", "enrol-2.csv.zst", "enrol-3.csv.zst"] {
        let path = here("tests/data/simulated").join(name);
        enroller.add(&mut *source::open(&path).unwrap()).unwrap();
    }
    let (profile, report) = enroller.finish(0, 0).unwrap();

    let mut embedder = Embedder::new(&bundle).unwrap();
    let mut framer = Framer::new(embedder.channels(), embedder.frames(), DEFAULT_HOP);
    let mut decider = Decider::new(Policy::default(), profile.calibration);
    let mut took: [Vec<Duration>; STAGES.len()] = Default::default();
    let mut began = Instant::now();
    for sample in samples("hand-over.csv.zst") {
        framer.push(&sample, |t, window| {
            let Some(window) = window else {
                decider.frame(t, &mut |_| {});
                return;
            };
            let mut lap = || std::mem::replace(&mut began, Instant::now()).elapsed();
            let framing = lap();
            std::hint::black_box(RestLimits::default().at_rest(window.frames));
            let rest = lap();
            let embedding = embedder.embed(&window).unwrap();
            let embed = lap();
            let Score(score) = profile.scorer.score(embedding.view());
            let scoring = lap();
            decider.window(t, Score(score), &mut |_| {});
            let laps = [framing, rest, embed, scoring, lap()];
            for (stage, lap) in took.iter_mut().zip(laps) {
                stage.push(lap);
            }
        });
    }

    let median = |stage: &mut Vec<Duration>| {
        stage.sort();
        stage[stage.len() / 2].as_secs_f64() * 1e6
    };
    let medians = took.each_mut().map(median);
    println!(
        "{model}: medians over {} hops of {DEFAULT_HOP} frames; {} support vectors of {} numbers",
        took[0].len(),
        report.support_vectors,
        profile.scorer.columns(),
    );
    println!("{:<14} {:>9} {:>12}", "stage", "µs", "to embed");
    for (stage, median) in STAGES.iter().zip(medians) {
        println!("{stage:<14} {median:>9.1} {:>12.4}", median / medians[2]);
    }
}
