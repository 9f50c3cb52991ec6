//! Embeddings into scores: what is known of one owner.
//!
//! With a bundle that ships no cohort the score is the one-class SVM's decision
//! value. With one it is the likelihood ratio against the cohort, in units in
//! which strangers' mean is 0 and the owner's is 1; the one-class SVM stands
//! guard and rejects what resembles neither.

mod calibration;
mod cholesky;
mod likelihood_ratio;
mod owner_gaussian;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

pub use calibration::Calibration;
pub use likelihood_ratio::LikelihoodRatio;
pub use owner_gaussian::OwnerGaussian;

use super::Score;
use super::ocsvm::OneClassSvm;

/// The score of a window that resembles neither owner nor cohort, and the least
/// that there is.
pub const NOVEL: f64 = -5.0;
/// What resembles neither is less near to the owner's windows than this share of
/// how near the farthest held-out one is.
const NEAR: f64 = 1e-3;

/// Scores one owner's windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scorer {
    /// The region that the owner's embeddings fill.
    pub svm: OneClassSvm,
    /// The owner against the bundle's cohort, if it ships one.
    pub against: Option<NormalisedRatio>,
}

/// The owner against a cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NormalisedRatio {
    /// The likelihood ratio.
    pub ratio: LikelihoodRatio,
    /// Its mean over strangers.
    pub strangers: f64,
    /// How far above lies its mean over the owner's held-out sessions.
    pub span: f64,
    /// A decision value of the one-class SVM below this is of neither.
    pub guard: f64,
}

impl Scorer {
    /// The score of an embedding; not finite where none can be had. Allocates
    /// nothing.
    pub fn score(&self, x: ArrayView1<'_, f32>) -> Score {
        let inside = self.svm.score(x);
        let Some(against) = &self.against else {
            return inside;
        };
        if !inside.0.is_finite() {
            return inside;
        }
        if inside.0 < against.guard {
            return Score(NOVEL);
        }
        Score(against.normalise(against.ratio.score(x)))
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.svm.columns()
    }

    /// What is wrong with it, if its contents make no sense.
    pub(crate) fn defect(&self) -> Option<&'static str> {
        let against = self.against.as_ref()?;
        let numbers = [against.strangers, against.span, against.guard];
        let sound = against.ratio.is_sound()
            && against.ratio.columns() == self.svm.columns()
            && numbers.iter().all(|v| v.is_finite())
            && against.span > 0.0;
        (!sound).then_some("its likelihood ratio is no number")
    }
}

impl NormalisedRatio {
    /// The decision value of `svm` below which a window is of neither owner nor
    /// cohort, by those of held-out windows.
    pub fn guard(svm: &OneClassSvm, held_out: impl IntoIterator<Item = Score>) -> f64 {
        let lowest = held_out.into_iter().map(|score| score.0);
        let lowest = lowest.fold(0.0, f64::min);
        NEAR * (lowest + svm.rho()).max(0.0) - svm.rho()
    }

    /// A likelihood ratio in units of strangers at 0 and the owner at 1.
    pub fn normalise(&self, ratio: f64) -> f64 {
        ((ratio - self.strangers) / self.span).max(NOVEL)
    }
}

/// Mean and standard deviation of scores, the latter above zero.
pub fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    (mean, square.sqrt().max(1e-9))
}
