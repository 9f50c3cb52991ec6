//! Against scikit-learn, on the rows of tests/golden/project.json.

use super::divergence::divergence;
use super::trustworthiness::trustworthiness;
use super::*;
use ndarray::{Array2, Axis};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    rows: Vec<Vec<f32>>,
    pca: Vec<[f64; 2]>,
    explained: [f64; 2],
    perplexity: f64,
    divergence: f64,
    nearest: usize,
    trustworthiness: f64,
    trustworthiness_of_first_two_columns: f64,
}

fn golden() -> (Golden, Array2<f32>) {
    let golden: Golden =
        serde_json::from_str(include_str!("../../tests/golden/project.json")).unwrap();
    let rows = Array2::from_shape_fn((golden.rows.len(), golden.rows[0].len()), |(r, c)| {
        golden.rows[r][c]
    });
    (golden, rows)
}

#[test]
fn components_are_scikit_learns_up_to_their_sign() {
    let (golden, rows) = golden();
    let found = pca(rows.view()).unwrap();
    for k in 0..2 {
        assert!((found.explained[k] - golden.explained[k]).abs() < 1e-6);
        let sign = (found.points[(0, k)] * golden.pca[0][k]).signum();
        for (row, expected) in golden.pca.iter().enumerate() {
            let off = found.points[(row, k)] - sign * expected[k];
            assert!(off.abs() < 1e-4, "{off} in row {row}");
        }
    }
}

#[test]
fn the_map_is_as_good_as_scikit_learns() {
    let (golden, rows) = golden();
    let map = tsne(rows.view(), golden.perplexity).unwrap();
    let divergence = divergence(rows.view(), &map, golden.perplexity);
    assert!(divergence < golden.divergence * 1.05, "{divergence}");
    assert_eq!(
        tsne(rows.view(), golden.perplexity).unwrap(),
        map,
        "twice the same"
    );
    let trust = trustworthiness(rows.view(), &map, golden.nearest);
    assert!(trust > golden.trustworthiness - 0.01, "{trust}");
}

#[test]
fn trustworthiness_is_scikit_learns() {
    let (golden, rows) = golden();
    let first_two = rows.select(Axis(1), &[0, 1]).mapv(f64::from);
    let known = golden.trustworthiness_of_first_two_columns;
    let found = trustworthiness(rows.view(), &first_two, golden.nearest);
    assert!((found - known).abs() < 1e-9, "{found}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_make_finite_points(
        rows in (0_usize..9, 0_usize..4).prop_flat_map(|(rows, columns)| {
            let number = prop_oneof![Just(0.0_f32), Just(1.0), -5.0..5.0_f32, Just(f32::MAX), Just(f32::NAN)];
            prop::collection::vec(number, rows * columns)
                .prop_map(move |values| Array2::from_shape_vec((rows, columns), values).unwrap())
        })
    ) {
        if let Ok(found) = pca(rows.view()) {
            prop_assert!(found.points.iter().chain(&found.explained).all(|x| x.is_finite()));
            prop_assert!(found.explained.iter().sum::<f64>() < 1.0 + 1e-9);
        }
        if let Ok(map) = tsne(rows.view(), 30.0) {
            prop_assert!(map.iter().all(|x| x.is_finite()), "{rows}");
        }
    }
}
