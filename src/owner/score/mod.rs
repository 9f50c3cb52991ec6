//! Embeddings to scores.
//!
//! Without a cohort in the bundle the score is the one-class SVM's decision value. With
//! one it is the log-likelihood ratio against the cohort, normalised so that the
//! impostors' mean is 0 and the owner's is 1; windows that resemble neither owner nor
//! cohort are rejected by the one-class SVM.

mod calibration;
mod cholesky;
mod likelihood_ratio;
mod lines;
mod log_mean_exp;
mod owner_templates;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

pub use calibration::Calibration;
pub use likelihood_ratio::LikelihoodRatio;
pub use owner_templates::OwnerTemplates;

use super::Score;
use super::ocsvm::OneClassSvm;

/// The score of a window that resembles neither owner nor cohort, and the lower limit
/// of normalised scores.
pub const NOVEL: f64 = -5.0;
/// A window is rejected if its weighted kernel sum is below this share of the smallest
/// of any held-out window of the owner.
const NEAR: f64 = 1e-3;

/// Scores one owner's windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scorer {
    /// One-class SVM of the owner's embeddings.
    pub svm: OneClassSvm,
    /// The likelihood ratio against the bundle's cohort; `None` without a cohort, and for
    /// an owner who is scored by the one-class SVM alone.
    pub against: Option<NormalisedRatio>,
}

/// The log-likelihood ratio against a cohort, with what normalises it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NormalisedRatio {
    /// The log-likelihood ratio.
    pub ratio: LikelihoodRatio,
    /// Its mean over impostors' windows.
    pub strangers: f64,
    /// Difference from there to the mean of the owner's median held-out session; positive.
    pub span: f64,
    /// Windows with a decision value of the one-class SVM below this score [`NOVEL`].
    pub guard: f64,
}

impl Scorer {
    /// The score of an embedding; not finite if it has another length or a number that is
    /// not finite. Allocates nothing.
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

    /// The check that its contents fail; `None` if they are valid.
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
    /// The field `guard` for `svm`, from the decision values of held-out windows.
    pub fn guard(svm: &OneClassSvm, held_out: impl IntoIterator<Item = Score>) -> f64 {
        let lowest = held_out.into_iter().map(|score| score.0);
        let lowest = lowest.fold(0.0, f64::min);
        NEAR * (lowest + svm.rho()).max(0.0) - svm.rho()
    }

    /// The normalised score of a raw log-likelihood ratio, at least [`NOVEL`].
    pub fn normalise(&self, ratio: f64) -> f64 {
        ((ratio - self.strangers) / self.span).max(NOVEL)
    }
}

/// Mean and standard deviation of scores, the latter at least 1e-9.
pub fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    (mean, square.sqrt().max(1e-9))
}
