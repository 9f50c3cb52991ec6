//! The stored form of a one-class SVM, and the checks when it is read.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Gamma, Nu, OneClassSvm, packed};

/// The stored form of [`OneClassSvm`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredSvm {
    /// Length of an embedding.
    pub columns: usize,
    /// Support vectors, row by row.
    pub support: Vec<f32>,
    /// α of each support vector.
    pub coefficients: Vec<f64>,
    /// ρ, the weighted kernel sum at the boundary of the owner's region.
    pub rho: f64,
    /// The ν that it was fitted with.
    pub nu: Nu,
    /// The γ of its kernel.
    pub gamma: Gamma,
}

impl TryFrom<StoredSvm> for OneClassSvm {
    type Error = StoredSvmError;

    fn try_from(parts: StoredSvm) -> Result<Self, StoredSvmError> {
        let rows = parts.coefficients.len();
        if rows == 0 || parts.columns == 0 {
            return Err(StoredSvmError::Empty);
        }
        if !parts.support.iter().all(|x| x.is_finite()) {
            return Err(StoredSvmError::Support);
        }
        if !parts.coefficients.iter().all(|&a| a > 0.0 && a <= 1.0) {
            return Err(StoredSvmError::Coefficient);
        }
        // The kernel is positive, and so is a fitted ρ; with another ρ every embedding
        // would be accepted.
        if !(parts.rho > 0.0 && parts.rho.is_finite()) {
            return Err(StoredSvmError::Rho(parts.rho));
        }
        let support =
            Array2::from_shape_vec((rows, parts.columns), parts.support).map_err(|_| {
                StoredSvmError::Shape {
                    rows,
                    columns: parts.columns,
                }
            })?;
        Ok(Self {
            columns: parts.columns,
            support: packed(support.view()),
            coefficients: parts.coefficients,
            rho: parts.rho,
            nu: parts.nu,
            gamma: parts.gamma,
        })
    }
}

impl From<OneClassSvm> for StoredSvm {
    fn from(model: OneClassSvm) -> Self {
        Self {
            columns: model.columns(),
            support: model.support_vectors().iter().copied().collect(),
            coefficients: model.coefficients,
            rho: model.rho,
            nu: model.nu,
            gamma: model.gamma,
        }
    }
}

/// Why a stored model is refused.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StoredSvmError {
    /// There are no support vectors, or their length is 0.
    #[error("the stored one-class SVM is empty; enrol again")]
    Empty,
    /// The count of numbers is not rows × columns.
    #[error("the stored support vectors are not {rows} rows of {columns} numbers; enrol again")]
    Shape {
        /// Number of coefficients, one for each support vector.
        rows: usize,
        /// Length of a support vector.
        columns: usize,
    },
    /// A support vector has a number that is not finite.
    #[error("a stored support vector has a number that is not finite; enrol again")]
    Support,
    /// A coefficient is outside (0, 1].
    #[error("a stored coefficient is not in (0, 1]; enrol again")]
    Coefficient,
    /// ρ is not a positive number.
    #[error("the stored rho is {0}, not a positive number; enrol again")]
    Rho(f64),
}
