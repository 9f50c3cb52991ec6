//! Projecting embeddings onto the plane: [`pca`] keeps large distances, [`tsne`] keeps
//! neighbourhoods. Both are deterministic.

#[cfg(test)]
mod divergence;
mod pca;
#[cfg(test)]
mod trustworthiness;
mod tsne;

pub use pca::{Pca, pca};
pub use tsne::tsne;

use nalgebra::DMatrix;
use ndarray::{ArrayView1, ArrayView2};
use thiserror::Error;

/// Why rows cannot be projected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
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
    /// The system refused the thread that t-SNE runs on.
    #[error("cannot start a thread for t-SNE: {0}")]
    Thread(String),
}

/// `rows` minus their mean, of which there must be `least`.
fn centred(rows: ArrayView2<f32>, least: usize) -> Result<DMatrix<f64>, ProjectError> {
    let count = rows.nrows();
    if count < least {
        return Err(ProjectError::TooFew { rows: count, least });
    }
    let not_finite = |row: ArrayView1<f32>| !row.iter().all(|x| x.is_finite());
    if let Some(row) = rows.outer_iter().position(not_finite) {
        return Err(ProjectError::NotFinite { row });
    }
    let mut rows = DMatrix::from_fn(count, rows.ncols(), |r, c| f64::from(rows[(r, c)]));
    for mut column in rows.column_iter_mut() {
        let mean = column.sum() / count as f64;
        column.add_scalar_mut(-mean);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;
