//! A model as a file keeps it, and the checks on its way back.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{Gamma, Nu, OneClassSvm};

/// A model as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredSvm {
    /// Length of an embedding.
    pub columns: usize,
    /// Support vectors, one after the other.
    pub support: Vec<f32>,
    /// α of each support vector.
    pub coefficients: Vec<f64>,
    /// What the weighted kernel sum must exceed.
    pub rho: f64,
    /// ν that it was fitted with.
    pub nu: Nu,
    /// γ of the kernel.
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
        // The kernel is positive, so a fitted ρ is; one that is not would accept anybody.
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
            support,
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
            support: model.support.iter().copied().collect(),
            coefficients: model.coefficients,
            rho: model.rho,
            nu: model.nu,
            gamma: model.gamma,
        }
    }
}

/// Stored parts that do not make a model.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum StoredSvmError {
    /// Without support vectors, or with empty ones.
    #[error("the stored one-class SVM is empty; enrol again")]
    Empty,
    /// Numbers and shape disagree.
    #[error("the stored support vectors are not {rows} rows of {columns} numbers; enrol again")]
    Shape {
        /// Coefficients, hence support vectors.
        rows: usize,
        /// Length of each.
        columns: usize,
    },
    /// A support vector is not finite.
    #[error("a stored support vector has a number that is not finite; enrol again")]
    Support,
    /// A coefficient is outside (0, 1].
    #[error("a stored coefficient is not in (0, 1]; enrol again")]
    Coefficient,
    /// ρ is not a positive number.
    #[error("the stored rho is {0}, not a positive number; enrol again")]
    Rho(f64),
}
