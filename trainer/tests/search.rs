//! The recipe's random search against scikit-learn's one-class SVM on the same
//! split and draws (tests/reference/search.py).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use grasp_train::evaluate::random_search::{Candidate, Split, best, rates};
use graspd::owner::ocsvm::{Gamma, Nu};
use ndarray::Array2;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    fitted: Vec<Vec<f32>>,
    tested: Vec<Vec<f32>>,
    genuine: Vec<bool>,
    draws: Vec<Tried>,
    best: usize,
}

#[derive(Deserialize)]
struct Tried {
    nu: f64,
    gamma: f64,
    label_eer: f64,
    score_eer: f64,
    accuracy: f64,
}

fn array(rows: &[Vec<f32>]) -> Array2<f32> {
    let flat = rows.iter().flatten().copied().collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), flat).unwrap()
}

#[test]
fn every_draw_rates_as_in_scikit_learn_and_the_same_one_is_best() {
    let golden: Golden = serde_json::from_str(include_str!("golden/search.json")).unwrap();
    let split = Split {
        fitted: array(&golden.fitted),
        tested: array(&golden.tested),
        genuine: golden.genuine,
    };
    let draw = |tried: &Tried| Candidate {
        nu: Nu::new(tried.nu).unwrap(),
        gamma: Gamma::new(tried.gamma).unwrap(),
    };
    for tried in &golden.draws {
        let found = rates(&split, draw(tried)).unwrap();
        let context = format!("nu {}, gamma {}: {found:?}", tried.nu, tried.gamma);
        assert!(
            (found.label_eer - tried.label_eer).abs() < 1e-9,
            "{context}"
        );
        assert!(
            (found.score_eer - tried.score_eer).abs() < 1e-9,
            "{context}"
        );
        assert!((found.accuracy - tried.accuracy).abs() < 1e-9, "{context}");
    }
    let draws: Vec<Candidate> = golden.draws.iter().map(draw).collect();
    assert_eq!(best(&split, &draws).unwrap().0, draws[golden.best]);
}
