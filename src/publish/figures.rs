//! The numbers behind a state or a score, for the trusted audience.

use serde::{Deserialize, Deserializer, Serialize};

use crate::decide::Evidence;
use crate::owner::Score;

/// The numbers behind a state, for root and the profile's owner.
///
/// On the line they stand beside the others; one that is not finite is `null`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The newest window's decision value, if there is one since the last gap.
    #[serde(deserialize_with = "present")]
    pub score: Option<Score>,
    /// The score that speaks neither for nor against the owner.
    #[serde(deserialize_with = "present")]
    pub threshold: Option<Score>,
    /// Evidence for the owner, 0 to 1.
    #[serde(deserialize_with = "present")]
    pub evidence: Option<Evidence>,
    /// ln of how much likelier an owner gives that score than a stranger; absent
    /// where the model has no cohort to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_likelihood_ratio: Option<f64>,
}

/// `null` is a value here and absence is not, so that a line without figures
/// reads as one without.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

impl Figures {
    /// Leaves out what is not finite.
    pub fn new(score: Option<Score>, threshold: Score, evidence: Evidence) -> Self {
        Self {
            score: score.filter(|score| score.0.is_finite()),
            threshold: Some(threshold).filter(|threshold| threshold.0.is_finite()),
            evidence: Some(evidence).filter(|evidence| evidence.0.is_finite()),
            log_likelihood_ratio: None,
        }
    }

    /// The same with a likelihood ratio, if it is one.
    pub fn likely(mut self, log_likelihood_ratio: Option<f64>) -> Self {
        self.log_likelihood_ratio = log_likelihood_ratio.filter(|ratio| ratio.is_finite());
        self
    }
}
