use ndarray::{Array1, Array2, array};

use super::*;

fn ring(rows: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, 2), |(row, column)| {
        let angle = row as f32 * 2.4;
        let radius = 1.0 + 0.1 * (row % 7) as f32;
        radius
            * if column == 0 {
                angle.cos()
            } else {
                angle.sin()
            }
    })
}

fn model() -> OneClassSvm {
    fit(
        ring(50).view(),
        Nu::new(0.3).unwrap(),
        Gamma::new(0.7).unwrap(),
    )
    .unwrap()
}

#[test]
fn unusable_rows_are_named() {
    let fit = |rows: Array2<f32>| fit(rows.view(), Nu::RECIPE, Gamma::RECIPE).unwrap_err();
    assert_eq!(fit(Array2::zeros((0, 3))), FitError::NoRows);
    assert_eq!(fit(Array2::zeros((3, 0))), FitError::NoColumns);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut rows = ring(5);
        rows[[3, 1]] = bad;
        assert_eq!(fit(rows), FitError::NotFinite { row: 3 });
    }
}

#[test]
fn a_query_that_is_no_embedding_is_rejected() {
    let model = model();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(
            model.score(array![0.0, bad].view()),
            Score(f64::NEG_INFINITY)
        );
    }
    for length in [0, 1, 3] {
        let x = Array1::zeros(length);
        assert_eq!(model.score(x.view()), Score(f64::NEG_INFINITY));
    }
    assert_eq!(
        model.score(array![f32::MAX, f32::MIN].view()),
        Score(-model.rho())
    );
}

#[test]
fn the_largest_finite_embeddings_still_give_a_number() {
    let rows = array![
        [f32::MAX, f32::MIN],
        [f32::MIN, f32::MAX],
        [f32::MAX, f32::MIN]
    ];
    for gamma in [f64::MIN_POSITIVE, 1.0, Gamma::MAX.get()] {
        let model = fit(
            rows.view(),
            Nu::new(0.5).unwrap(),
            Gamma::new(gamma).unwrap(),
        )
        .unwrap();
        for row in rows.outer_iter() {
            assert!(model.score(row).0.is_finite());
        }
    }
}

#[test]
fn layout_does_not_change_a_score() {
    let rows = ring(50);
    let by_columns = rows.t().to_owned();
    let turned = fit(by_columns.t(), model().nu(), model().gamma()).unwrap();
    let pairs = array![[0.4f32, 9.0], [-0.9, 9.0]];
    let score = model().score(array![0.4, -0.9].view()).0;
    assert!((turned.score(pairs.column(0)).0 - score).abs() < 1e-6);
}

#[test]
fn alphas_sum_to_nu_n_and_stay_in_their_box() {
    let model = model();
    assert!((model.coefficients().iter().sum::<f64>() - 0.3 * 50.0).abs() < 1e-9);
    assert!(model.coefficients().iter().all(|&a| a > 0.0 && a <= 1.0));
    assert_eq!(model.support_vectors().nrows(), model.coefficients().len());
}

#[test]
fn a_stored_model_scores_the_same() {
    let json = serde_json::to_string(&model()).unwrap();
    let read: OneClassSvm = serde_json::from_str(&json).unwrap();
    assert_eq!(read, model());
}

#[test]
fn parts_that_would_misjudge_are_refused() {
    let refused = |spoil: fn(&mut StoredSvm)| {
        let mut parts = StoredSvm::from(model());
        spoil(&mut parts);
        OneClassSvm::try_from(parts).unwrap_err()
    };
    assert_eq!(refused(|p| p.coefficients.clear()), StoredSvmError::Empty);
    assert_eq!(refused(|p| p.columns = 0), StoredSvmError::Empty);
    assert_eq!(
        refused(|p| p.support[0] = f32::NAN),
        StoredSvmError::Support
    );
    assert_eq!(
        refused(|p| p.coefficients[0] = f64::NAN),
        StoredSvmError::Coefficient
    );
    assert_eq!(
        refused(|p| p.coefficients[0] = 1.1),
        StoredSvmError::Coefficient
    );
    assert_eq!(refused(|p| p.rho = -1.0), StoredSvmError::Rho(-1.0));
    assert_eq!(
        refused(|p| p.rho = f64::INFINITY),
        StoredSvmError::Rho(f64::INFINITY)
    );
    assert!(matches!(
        refused(|p| {
            p.support.pop();
        }),
        StoredSvmError::Shape { columns: 2, .. }
    ));
    assert!(matches!(
        refused(|p| p.columns = usize::MAX),
        StoredSvmError::Shape { .. }
    ));
}
