//! The default bundle, its cohort, and the forecast for an owner.

use std::path::{Path, PathBuf};

use graspd::enrol::{DecisionBudget, GammaRule, LearnOptions, LearntOwner};
use graspd::model::Bundle;
use graspd::model::cohort::Run;
use graspd::owner::ocsvm::Nu;
use ndarray::{Array2, ArrayView1};

fn default_bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/default")
}

#[test]
fn the_default_bundle_is_small_and_has_people_in_it() {
    let bundle = Bundle::open(&default_bundle()).unwrap();
    let files = bundle.manifest().files.keys();
    let size = |file: &String| default_bundle().join(file).metadata().unwrap().len();
    assert!(files.map(size).sum::<u64>() < 2_000_000);
    assert_eq!(bundle.cohort().unwrap().people().len(), 6);
}

/// One person of the cohort as the owner among the others, with all sessions.
#[test]
fn a_person_of_the_cohort_is_told_from_the_others_and_what_to_expect() {
    let bundle = Bundle::open(&default_bundle()).unwrap();
    let cohort = bundle.cohort().unwrap();
    let theirs = |person: u32| move |run: &&Run| run.person == person;
    let mut others = (*cohort).clone();
    others.classes.retain(|class| class.person != 0);
    others.runs.retain(|run| run.person != 0);
    let (mut rows, mut sessions) = (Vec::new(), Vec::new());
    for (session, run) in (0u32..).zip(cohort.runs.iter().filter(theirs(0))) {
        rows.extend_from_slice(&run.embeddings);
        sessions.extend(run.rows(cohort.columns).map(|_| session));
    }
    let rows = Array2::from_shape_vec((sessions.len(), cohort.columns), rows).unwrap();
    let how = LearnOptions {
        nu: Nu::RECIPE,
        gamma: GammaRule::HeldOut,
        rule: DecisionBudget::default(),
    };
    let owner = LearntOwner::learn(rows.view(), &sessions, 0, &how, Some(&others)).unwrap();
    let forecast = owner.expectation.forecast.unwrap();
    // By the scores of any session, and as many again by those within one, of which half a
    // lock more is expected than was counted.
    let budget = how.rule.false_locks_per_day / 4.0;
    let threshold = forecast.calibration.in_session.0;
    let counted = cohort
        .in_session
        .iter()
        .find(|one| one.threshold == threshold);
    let counted = counted.unwrap();
    let within_sessions = (f64::from(counted.locks) + 0.5) / counted.hours;
    assert!(f64::from(counted.locks) / counted.hours <= budget);
    assert!(forecast.false_locks_per_hour - within_sessions <= budget);
    assert!(forecast.far < 0.5, "{forecast:?}");
    let mean = |rows: &mut dyn Iterator<Item = ArrayView1<'_, f32>>| {
        let scores: Vec<f64> = rows.map(|row| owner.scorer.score(row).0).collect();
        scores.iter().sum::<f64>() / scores.len() as f64
    };
    let strangers = others.runs.iter().flat_map(|run| run.rows(others.columns));
    assert!(mean(&mut rows.outer_iter()) > 0.8);
    assert!(mean(&mut strangers.into_iter()) < 0.3);
}

#[test]
fn a_cohort_of_other_embeddings_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["manifest.toml", "branch.onnx", "cohort.bin"] {
        std::fs::copy(default_bundle().join(file), dir.path().join(file)).unwrap();
    }
    let cohort = dir.path().join("cohort.bin");
    let mut bytes = std::fs::read(&cohort).unwrap();
    bytes.truncate(1000);
    std::fs::write(&cohort, bytes).unwrap();
    let error = Bundle::open(dir.path()).err().unwrap().to_string();
    assert!(error.contains("cohort.bin"), "{error}");
}
