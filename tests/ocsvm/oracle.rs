//! Agreement with libsvm-rs, another author's port of libsvm, on random rows.

use std::collections::BTreeSet;

use graspd::owner::ocsvm::{Gamma, Nu, fit};
use libsvm_rs::predict::predict_values;
use libsvm_rs::train::svm_train;
use libsvm_rs::{KernelType, SvmNode, SvmParameter, SvmProblem, SvmType};
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use proptest::prelude::*;

fn nodes(row: ArrayView1<f32>) -> Vec<SvmNode> {
    (1..)
        .zip(row)
        .map(|(index, &value)| SvmNode {
            index,
            value: value.into(),
        })
        .collect()
}

/// Rows in steps of 1/`steps`: few steps give duplicates and ties, and powers of
/// two give distances that f32 and f64 agree on, so that only the solvers differ.
fn rows(most: usize, columns: usize) -> impl Strategy<Value = Array2<f32>> {
    (1..most, prop::sample::select(vec![1i16, 4, 1024])).prop_flat_map(move |(rows, steps)| {
        prop::collection::vec(-2 * steps..=2 * steps, rows * columns).prop_map(move |numbers| {
            Array2::from_shape_fn((rows, columns), |(row, column)| {
                f32::from(numbers[row * columns + column]) / f32::from(steps)
            })
        })
    })
}

/// The rows without duplicates. Which of equal rows carries the α is not determined,
/// only that one of them does.
fn points(rows: ArrayView2<f32>) -> BTreeSet<Vec<u32>> {
    rows.outer_iter()
        .map(|row| row.iter().map(|x| x.to_bits()).collect())
        .collect()
}

/// Both solvers stop when the optimality conditions hold to this tolerance, so either
/// may be off by it.
const SOLVER_TOLERANCE: f64 = 1e-8;
/// Both keep kernel values in f32, so ρ, a sum of them, is accurate to one unit in the
/// last place.
const KERNEL_ROUNDING: f64 = f32::EPSILON as f64;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_libsvm(
        (rows, queries) in (1usize..6).prop_flat_map(|columns| (rows(60, columns), rows(8, columns))),
        nu in 0.001..0.999,
        gamma in (-4.0..4.0).prop_map(|exponent: f64| 10f64.powf(exponent)),
    ) {
        let model = fit(rows.view(), Nu::new(nu).unwrap(), Gamma::new(gamma).unwrap()).unwrap();

        libsvm_rs::set_quiet(true);
        let problem = SvmProblem {
            labels: vec![1.0; rows.nrows()],
            instances: rows.outer_iter().map(nodes).collect(),
        };
        let parameters = SvmParameter {
            svm_type: SvmType::OneClass,
            kernel_type: KernelType::Rbf,
            nu,
            gamma,
            eps: SOLVER_TOLERANCE,
            shrinking: false,
            ..SvmParameter::default()
        };
        let oracle = svm_train(&problem, &parameters);
        let decide = |x| {
            let mut value = [0.0];
            predict_values(&oracle, &nodes(x), &mut value);
            value[0]
        };

        let kept: Vec<usize> = oracle.sv_indices.iter().map(|i| i - 1).collect();
        let kept = rows.select(Axis(0), &kept);
        prop_assert_eq!(points(model.support_vectors()), points(kept.view()));
        if points(rows.view()).len() == rows.nrows() {
            prop_assert_eq!(model.support_vectors(), kept);
        }

        let asked = || queries.outer_iter().chain(rows.outer_iter());
        let scale = asked().map(|x| decide(x).abs()).fold(0.0, f64::max);
        let allowed = 1e-5 * scale + KERNEL_ROUNDING * model.rho() + 2.0 * SOLVER_TOLERANCE;
        for x in asked() {
            let error = (model.score(x).0 - decide(x)).abs();
            prop_assert!(error <= allowed, "{error:e}, of {scale:e}");
        }
    }
}
