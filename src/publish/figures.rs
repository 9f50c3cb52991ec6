//! The numbers behind a state or a score, for root and the owner.

use serde::{Deserialize, Deserializer, Serialize};

use crate::decide::Evidence;
use crate::owner::Score;

/// The numbers behind a state, for root and the profile's owner.
///
/// In JSON they are members of the event itself; a number that is not finite is `null`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Score of the newest window, of a state that of the newest scored one; `None` without one
    /// since the last warm-up began, or if not finite.
    #[serde(deserialize_with = "present")]
    pub score: Option<Score>,
    /// The score that is evidence neither for nor against the owner.
    #[serde(deserialize_with = "present")]
    pub threshold: Option<Score>,
    /// Evidence for the owner, 0 to 1.
    #[serde(deserialize_with = "present")]
    pub evidence: Option<Evidence>,
    /// ln of the score's likelihood for the owner over that for an impostor; absent without a
    /// score, or if the model has no cohort to estimate it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_likelihood_ratio: Option<f64>,
}

/// `null` is `None`, but a missing member is an error, so that a line without figures is
/// read as one without.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

impl Figures {
    /// Numbers that are not finite become `None`.
    pub fn new(score: Option<Score>, threshold: Score, evidence: Evidence) -> Self {
        Self {
            score: score.filter(|score| score.0.is_finite()),
            threshold: Some(threshold).filter(|threshold| threshold.0.is_finite()),
            evidence: Some(evidence).filter(|evidence| evidence.0.is_finite()),
            log_likelihood_ratio: None,
        }
    }

    /// The same with a likelihood ratio, if that is finite.
    pub fn likely(mut self, log_likelihood_ratio: Option<f64>) -> Self {
        self.log_likelihood_ratio = log_likelihood_ratio.filter(|ratio| ratio.is_finite());
        self
    }
}
