//! Projecting embeddings onto the plane: [`pca`] keeps large distances, [`tsne`] keeps
//! neighbourhoods, and [`trustworthiness`] measures how well. All are deterministic.

mod eigen;
mod pca;
mod trustworthiness;
mod tsne;

pub use pca::{Pca, pca};
pub use trustworthiness::trustworthiness;
pub use tsne::{Tsne, tsne};

use ndarray::{Array2, ArrayView2, Axis};
use thiserror::Error;

/// Why rows cannot be projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProjectError {
    /// Fewer rows than needed.
    #[error("{rows} embeddings make no picture; give at least {least}")]
    TooFew {
        /// Number of rows given.
        rows: usize,
        /// Number of rows needed.
        least: usize,
    },
    /// A row has a NaN or an infinity.
    #[error("embedding {row} (from 0) has a number that is not finite; leave it out")]
    NotFinite {
        /// The first such row.
        row: usize,
    },
}

/// `rows` minus their mean.
fn centred(rows: ArrayView2<f32>, least: usize) -> Result<Array2<f64>, ProjectError> {
    let count = rows.nrows();
    if count < least {
        return Err(ProjectError::TooFew { rows: count, least });
    }
    let not_finite = |row: ndarray::ArrayView1<f32>| !row.iter().all(|x| x.is_finite());
    if let Some(row) = rows.outer_iter().position(not_finite) {
        return Err(ProjectError::NotFinite { row });
    }
    let rows = rows.mapv(f64::from);
    let mean = rows.sum_axis(Axis(0)) / count as f64;
    Ok(rows - mean)
}

/// Squared Euclidean distance of every two of `rows`.
fn squared_distances(rows: &Array2<f64>) -> Array2<f64> {
    let products = rows.dot(&rows.t());
    let size = products.diag();
    Array2::from_shape_fn(products.raw_dim(), |(a, b)| {
        if a == b {
            return 0.0;
        }
        (size[a] + size[b] - 2.0 * products[(a, b)]).max(0.0)
    })
}

#[cfg(test)]
mod tests;
