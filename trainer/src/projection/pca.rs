//! Principal components.

use ndarray::{Array2, ArrayView2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::eigen::{orthonormalise, symmetric};
use super::{ProjectError, centred};

/// Directions that are followed at once: more than two, so that the two that
/// count part from the rest quickly.
const DIRECTIONS: usize = 12;
const STEPS: usize = 500;
/// How far, as a share of the greatest eigenvalue, a component may be from being
/// an eigenvector.
const RESIDUAL: f64 = 1e-9;

/// Rows along the two directions in which they vary most.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    /// Rows × 2. Each direction is turned so that its largest part is positive.
    pub points: Array2<f64>,
    /// Share of the rows' variance along each.
    pub explained: [f64; 2],
}

/// The first two principal components of `rows`, of which there must be two, by
/// subspace iteration (Halko, Martinsson and Tropp, "Finding structure with
/// randomness", SIAM Review 53, 2011).
pub fn pca(rows: ArrayView2<f32>) -> Result<Pca, ProjectError> {
    let rows = centred(rows, 2)?;
    let variance = rows.mapv(|x| x * x).sum();
    let (directions, values) = directions(&rows);
    let along = rows.dot(&directions);
    let mut points = Array2::zeros((rows.nrows(), 2));
    let mut explained = [0.0; 2];
    for k in 0..directions.ncols().min(2) {
        let parts = directions.column(k);
        let largest = parts
            .iter()
            .copied()
            .max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let sign = largest.map_or(1.0, f64::signum);
        points.column_mut(k).assign(&(&along.column(k) * sign));
        if variance > 0.0 {
            explained[k] = values[k] / variance;
        }
    }
    Ok(Pca { points, explained })
}

/// Directions of most variance, one a column, with the sum of squares along each.
fn directions(rows: &Array2<f64>) -> (Array2<f64>, Vec<f64>) {
    let columns = rows.ncols();
    let count = DIRECTIONS.min(columns).min(rows.nrows());
    // Any start will do; this one is always the same.
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut basis = Array2::from_shape_fn((columns, count), |_| rng.random_range(-1.0..1.0));
    orthonormalise(&mut basis);
    let mut values = vec![0.0; count];
    for _ in 0..STEPS {
        let along = rows.dot(&basis);
        let (found, turn) = symmetric(along.t().dot(&along));
        basis = basis.dot(&turn);
        let image = rows.t().dot(&along.dot(&turn));
        values = found.to_vec();
        let scale = values.first().copied().unwrap_or(0.0);
        let off = |k: usize| {
            let left = &image.column(k) - &(&basis.column(k) * values[k]);
            left.dot(&left).sqrt()
        };
        if (0..count.min(2)).all(|k| off(k) <= scale * RESIDUAL) {
            break;
        }
        basis = image;
        orthonormalise(&mut basis);
    }
    (basis, values)
}
