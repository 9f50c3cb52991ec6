//! Error rates against scikit-learn's, on the scores of tests/reference/roc.py.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use grasp_train::roc::Roc;
use serde::Deserialize;

const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    scores: Vec<f32>,
    genuine: Vec<bool>,
    auc: f64,
    eer: f64,
    threshold_at_eer: f32,
    accuracy_at_eer: f64,
    f1_at_eer: f64,
    far: Vec<f64>,
    frr: Vec<f64>,
    far_at_frr: BTreeMap<String, f64>,
}

#[test]
fn figures_are_scikit_learns() {
    let reference: Reference = serde_json::from_str(include_str!("golden/roc.json")).unwrap();
    for case in reference.cases {
        let roc: Roc = case.scores.iter().copied().zip(case.genuine).collect();
        let agree = |what: &str, ours: Option<f64>, theirs: f64| {
            let off = (ours.unwrap() - theirs).abs();
            assert!(off <= TOLERANCE, "{}: {what} is off by {off:e}", case.name);
        };
        agree("AUC", roc.auc(), case.auc);
        agree("EER", roc.eer(), case.eer);
        let threshold = roc.threshold_at_eer().unwrap();
        assert_eq!(threshold, case.threshold_at_eer, "{}", case.name);
        agree("accuracy", roc.accuracy_at(threshold), case.accuracy_at_eer);
        agree("F1", roc.f1_at(threshold), case.f1_at_eer);
        for (frr, far) in &case.far_at_frr {
            agree("FAR at FRR", roc.far_at_frr(frr.parse().unwrap()), *far);
        }

        let det = roc.det();
        assert_eq!((det[0].far, det[0].frr), (0.0, 1.0));
        assert_eq!(det.len(), 1 + case.far.len(), "{}", case.name);
        for (ours, (far, frr)) in det[1..].iter().zip(case.far.iter().zip(&case.frr)) {
            agree("FAR", Some(ours.far), *far);
            agree("FRR", Some(ours.frr), *frr);
        }
    }
}
