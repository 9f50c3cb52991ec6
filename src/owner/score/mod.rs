//! Embeddings to scores.
//!
//! Without a cohort in the bundle the score is the one-class SVM's decision value, as in the
//! original recipe. With one it is the mean of two scores against the cohort, normalised so
//! that the impostors' mean is 0 and the owner's is 1: a log-likelihood ratio of Gaussians,
//! and the owner's one-class SVM less those of the cohort's people, which also rejects
//! windows that resemble neither.

mod against_cohort;
mod calibration;
mod cholesky;
mod in_session;
mod likelihood_ratio;
mod lines;
mod log_mean_exp;
mod owner_templates;
mod svm_contrast;
mod whitening;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

pub use against_cohort::{AgainstCohort, Strangers};
pub use calibration::Calibration;
pub use in_session::InSession;
pub use likelihood_ratio::LikelihoodRatio;
pub use owner_templates::OwnerTemplates;

use super::Score;
use super::ocsvm::OneClassSvm;
use super::session_adaptation::SessionSpace;

/// The lower limit of normalised scores; a window that resembles neither owner nor cohort
/// has it.
pub const NOVEL: f64 = -5.0;

/// Scores one owner's windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Scorer {
    /// By the decision value of the owner's one-class SVM, without a cohort.
    OneClass(OneClassSvm),
    /// Against the bundle's cohort.
    Cohort(Box<NormalisedScore>),
}

/// The score against a cohort, with what normalises it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NormalisedScore {
    /// The score.
    pub against: AgainstCohort,
    /// Its mean over impostors' windows.
    pub strangers: f64,
    /// Difference from there to the mean of the owner's median held-out session; positive.
    pub span: f64,
    /// What scores a window in a session; `None` if nothing is to be learnt of sessions.
    pub session: Option<InSession>,
}

impl Scorer {
    /// The score of an embedding; not finite if it has another length or a number that is
    /// not finite. Allocates nothing.
    pub fn score(&self, x: ArrayView1<'_, f32>) -> Score {
        match self {
            Self::OneClass(svm) => svm.score(x),
            Self::Cohort(scored) => Score(scored.score(x)),
        }
    }

    /// The score of an embedding, and its score in a session in which it is e^`gain` times as
    /// likely for the owner as in any session of theirs; see
    /// [`session_adaptation`](super::session_adaptation). The latter is `None` without a gain,
    /// or if nothing is to be learnt of sessions. Allocates nothing.
    pub fn score_in_session(
        &self,
        x: ArrayView1<'_, f32>,
        gain: Option<f64>,
    ) -> (Score, Option<Score>) {
        let Self::Cohort(scored) = self else {
            return (self.score(x), None);
        };
        let (score, ratio) = scored.against.score(x);
        let session = scored.session.as_ref().zip(ratio).zip(gain);
        let in_session = session.map(|((session, ratio), gain)| session.score(ratio, gain));
        (Score(scored.normalise(score)), in_session)
    }

    /// Where a session's windows are averaged; `None` if that is not to be done.
    pub fn session_space(&self) -> Option<&SessionSpace> {
        match self {
            Self::OneClass(_) => None,
            Self::Cohort(scored) => scored.session.as_ref().map(|session| &session.space),
        }
    }

    /// The owner's one-class SVM.
    pub fn svm(&self) -> &OneClassSvm {
        match self {
            Self::OneClass(svm) => svm,
            Self::Cohort(scored) => scored.against.svm(),
        }
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        match self {
            Self::OneClass(svm) => svm.columns(),
            Self::Cohort(scored) => scored.against.columns(),
        }
    }

    /// The check that its contents fail; `None` if they are valid.
    pub(crate) fn defect(&self) -> Option<&'static str> {
        let Self::Cohort(scored) = self else {
            return None;
        };
        let session = scored.session.as_ref();
        let sound = scored.against.is_sound()
            && session.is_none_or(|session| session.is_sound(scored.against.columns()))
            && scored.strangers.is_finite()
            && scored.span.is_finite()
            && scored.span > 0.0;
        (!sound).then_some("its score against the cohort is no number")
    }
}

impl NormalisedScore {
    /// The normalised score of an embedding; see [`Scorer::score`].
    pub fn score(&self, x: ArrayView1<'_, f32>) -> f64 {
        self.normalise(self.against.score(x).0)
    }

    /// The normalised score of a raw one, at least [`NOVEL`]; NaN of NaN.
    pub fn normalise(&self, score: f64) -> f64 {
        let normalised = (score - self.strangers) / self.span;
        if normalised < NOVEL {
            NOVEL
        } else {
            normalised
        }
    }
}

/// Mean and standard deviation of scores, the latter at least 1e-9.
pub fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    (mean, square.sqrt().max(1e-9))
}

/// Median of `values`, which are sorted; `None` without any.
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let upper = *values.get(half)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some((values.get(half.checked_sub(1)?)? + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_of_two_is_between_them() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0]), Some(2.5));
    }
}
