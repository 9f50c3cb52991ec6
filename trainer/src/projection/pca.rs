//! Principal components.

use nalgebra::SymmetricEigen;
use ndarray::{Array2, ArrayView2};

use super::{ProjectError, centred};

/// Rows along the two directions in which they vary most.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    /// Rows × 2. Each direction is signed so that its largest component is positive.
    pub points: Array2<f64>,
    /// Share of the rows' variance along each; 0 where nothing varies.
    pub explained: [f64; 2],
}

/// The first two principal components of `rows`, of which there must be two, from the
/// eigenvectors of the rows' Gram matrix: there are fewer rows than numbers in a row.
pub fn pca(rows: ArrayView2<f32>) -> Result<Pca, ProjectError> {
    let rows = centred(rows, 2)?;
    let variance = rows.norm_squared();
    let mut points = Array2::zeros((rows.nrows(), 2));
    let mut explained = [0.0; 2];
    if variance > 0.0 {
        let SymmetricEigen {
            eigenvalues,
            eigenvectors,
        } = SymmetricEigen::new(&rows * rows.transpose());
        let mut order: Vec<usize> = (0..eigenvalues.len()).collect();
        order.sort_by(|&a, &b| eigenvalues[b].total_cmp(&eigenvalues[a]));
        for (k, &component) in order.iter().take(2).enumerate() {
            let value = eigenvalues[component].max(0.0);
            let vector = eigenvectors.column(component);
            let sign = largest(rows.tr_mul(&vector).iter().copied()).signum();
            for (point, part) in points.column_mut(k).iter_mut().zip(vector.iter()) {
                *point = part * value.sqrt() * sign;
            }
            explained[k] = value / variance;
        }
    }
    Ok(Pca { points, explained })
}

/// The number of the largest magnitude; 1 if there is none.
fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    let by_size = |a: &f64, b: &f64| a.abs().total_cmp(&b.abs());
    numbers.max_by(by_size).unwrap_or(1.0)
}
