//! Parity with scikit-learn over the table in tests/golden/ocsvm.json, which
//! tests/reference/ocsvm.py writes. Both sides stop at a tolerance of 1e-8, and
//! scikit-learn does not shrink.

use graspd::owner::ocsvm::{Gamma, Nu, fit};
use ndarray::Axis;
use serde::Deserialize;

use crate::recipe::draw;

#[derive(Deserialize)]
struct Table {
    tolerance: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    seed: u64,
    rows: usize,
    columns: usize,
    distinct: usize,
    exponent: i32,
    nu: f64,
    gamma: f64,
    rho: f64,
    support: Vec<usize>,
    decision: Vec<f64>,
}

/// Largest difference of decision values and ρ, relative to the largest decision value
/// of the case. ρ itself is no scale: for tiny γ it is up to 10⁵ times larger.
const RELATIVE: f64 = 1e-5;

#[test]
fn agrees_with_scikit_learn() {
    let table: Table = serde_json::from_str(include_str!("../golden/ocsvm.json")).unwrap();
    assert_eq!(table.tolerance, 1e-8);
    for case in table.cases {
        let queries = case.decision.len() - 2;
        let drawn = draw(case.seed, case.rows + queries, case.columns, case.exponent);
        let trained: Vec<usize> = (0..case.rows).map(|row| row % case.distinct).collect();
        let rows = drawn.select(Axis(0), &trained);
        let asked: Vec<usize> = [0, trained[case.rows - 1]]
            .into_iter()
            .chain(case.rows..case.rows + queries)
            .collect();
        let queries = drawn.select(Axis(0), &asked);

        let (nu, gamma) = (Nu::new(case.nu).unwrap(), Gamma::new(case.gamma).unwrap());
        let model = fit(rows.view(), nu, gamma).unwrap();

        let support = rows.select(Axis(0), &case.support);
        let scale = case
            .decision
            .iter()
            .fold(0.0, |most: f64, d| most.max(d.abs()));
        let close = |ours: f64, theirs: f64| {
            let error = (ours - theirs).abs() / scale;
            assert!(error <= RELATIVE, "{}: {error:e}", case.name);
        };
        close(model.rho(), case.rho);
        for (x, &decision) in queries.outer_iter().zip(&case.decision) {
            close(model.score(x).0, decision);
        }
        assert_eq!(model.support_vectors(), support, "{}", case.name);
    }
}
