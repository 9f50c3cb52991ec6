//! One-class SVM with RBF kernel, fitted to the owner's enrolment embeddings and
//! evaluated once per window (Schölkopf et al., "Estimating the support of a
//! high-dimensional distribution", Neural Computation 13, 2001).

mod folds;
mod held_out;
mod kernel;
mod kernel_sum;
mod params;
mod smo;
mod stored;

use ndarray::{ArrayView1, ArrayView2, Axis, Slice, aview2};
use serde::{Deserialize, Serialize};

pub use folds::{Folds, FoldsError};
pub use held_out::{
    GammaChoice, REJECTION_TOLERANCE, choose_gamma, held_out_closeness, held_out_scores,
};
use kernel_sum::KernelSum;
pub use params::{Gamma, Nu, ParameterError};
pub use stored::{StoredSvm, StoredSvmError};

use crate::owner::Score;
use crate::owner::registers::{LANES, in_registers, registers};
use crate::wide_registers::in_wide_registers;

/// Fits a one-class SVM to `rows`, one embedding each.
///
/// α are scaled as in libsvm and scikit-learn: each at most 1, their sum ν·n.
pub fn fit(rows: ArrayView2<f32>, nu: Nu, gamma: Gamma) -> Result<OneClassSvm, FitError> {
    let mut distances = kernel::Distances::new(rows)?;
    let members: Vec<usize> = (0..rows.nrows()).collect();
    let mut kernel = kernel::Kernel::new(&mut distances, &members, gamma);
    let smo::Solution { alphas, rho } = smo::solve(&mut kernel, nu)?;
    let (kept, coefficients): (Vec<usize>, Vec<f64>) = alphas
        .into_iter()
        .enumerate()
        .filter(|&(_, alpha)| alpha > 0.0)
        .unzip();
    let support = rows.select(Axis(0), &kept);
    Ok(OneClassSvm {
        columns: support.ncols(),
        support: packed(support.view()),
        coefficients,
        rho,
        nu,
        gamma,
    })
}

/// A fitted model, serialised as [`StoredSvm`], which is checked when read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredSvm", into = "StoredSvm")]
pub struct OneClassSvm {
    columns: usize,
    /// Support vectors, each in [`registers`] of its length.
    support: Box<[[f32; LANES]]>,
    coefficients: Vec<f64>,
    rho: f64,
    nu: Nu,
    gamma: Gamma,
}

impl OneClassSvm {
    /// The decision value Σ αᵢ·k(xᵢ, x) − ρ: positive inside the owner's region.
    /// An embedding of another length or with a number that is not finite is
    /// rejected outright, with minus infinity. Allocates nothing.
    pub fn score(&self, x: ArrayView1<f32>) -> Score {
        if x.len() != self.columns() || !x.iter().all(|x| x.is_finite()) {
            return Score(f64::NEG_INFINITY);
        }
        Score(in_registers(x, |x| self.kernel_sum(x)) - self.rho)
    }

    /// The weighted kernel sum Σ αᵢ·k(xᵢ, x) over that at the boundary of the region, ρ: at
    /// least 1 inside it, and towards 0 far away. NaN for an embedding of another length or
    /// with a number that is not finite. Allocates nothing.
    pub fn closeness(&self, x: ArrayView1<f32>) -> f64 {
        if x.len() != self.columns() || !x.iter().all(|x| x.is_finite()) {
            return f64::NAN;
        }
        in_registers(x, |x| self.closeness_in_registers(x))
    }

    /// The same of an embedding of the right length and of finite numbers.
    pub(in crate::owner) fn closeness_in_registers(&self, x: &[[f32; LANES]]) -> f64 {
        self.kernel_sum(x) / self.rho
    }

    fn kernel_sum(&self, x: &[[f32; LANES]]) -> f64 {
        in_wide_registers(KernelSum {
            support: &self.support,
            x,
            alphas: &self.coefficients,
            gamma: self.gamma,
        })
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Support vectors, one a row.
    pub fn support_vectors(&self) -> ArrayView2<'_, f32> {
        let shape = (self.coefficients.len(), registers(self.columns) * LANES);
        let filled_up = ArrayView2::from_shape(shape, self.support.as_flattened());
        let filled_up = filled_up.unwrap_or_else(|_| aview2::<_, 0>(&[]));
        let columns = self.columns.min(filled_up.ncols());
        filled_up.slice_axis_move(Axis(1), Slice::from(..columns))
    }

    /// α of each support vector, in (0, 1].
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// ρ, the offset: the weighted kernel sum at the boundary of the owner's region.
    pub fn rho(&self) -> f64 {
        self.rho
    }

    /// The ν that it was fitted with.
    pub fn nu(&self) -> Nu {
        self.nu
    }

    /// The γ of its kernel.
    pub fn gamma(&self) -> Gamma {
        self.gamma
    }
}

/// The rows, one after another, each in registers.
fn packed(rows: ArrayView2<f32>) -> Box<[[f32; LANES]]> {
    let mut packed = Vec::with_capacity(rows.nrows() * registers(rows.ncols()));
    for row in rows.outer_iter() {
        in_registers(row, |row| packed.extend_from_slice(row));
    }
    packed.into()
}

/// Why no model can be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// There are no embeddings.
    #[error("no enrolment embeddings; give at least one")]
    NoRows,
    /// The embeddings have length 0.
    #[error("the enrolment embeddings have no numbers in them; check the model's output shape")]
    NoColumns,
    /// An embedding has a NaN or an infinity.
    #[error("enrolment embedding {row} (from 0) has a number that is not finite; leave it out")]
    NotFinite {
        /// Index of the embedding, from 0.
        row: usize,
    },
    /// The folds were made for another number of rows.
    #[error("{rows} enrolment embeddings, but folds for {folds}; make the folds from these rows")]
    FoldsMismatch {
        /// Embeddings given.
        rows: usize,
        /// Embeddings that the folds were made for.
        folds: usize,
    },
    /// The solver reached its limit of steps before its tolerance.
    #[error("the one-class SVM did not settle in {steps} steps; try a larger gamma")]
    NotConverged {
        /// Steps taken.
        steps: usize,
    },
}

#[cfg(test)]
mod tests;
