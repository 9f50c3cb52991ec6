//! Scores to weights of evidence.

use serde::{Deserialize, Serialize};

use super::NOVEL;
use crate::owner::Score;

/// Largest size of the weight of a window whose score is a likelihood ratio. That also
/// measures how likely an impostor is, so that it is stronger evidence than a decision
/// value of the one-class SVM, and than [`NOVEL`](super::NOVEL); those weigh 1 at most.
const MAX_WEIGHT: f64 = 3.0;

/// Scale of [`Calibration::within_session`], chosen on the ordered pairs of six people
/// (docs/experiments.md, "Anchoring in the session").
const IN_SESSION_SCALE: f64 = 0.7;

/// Maps an owner's scores to weights of evidence; determined at enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The score of weight 0.
    pub threshold: Score,
    /// Distance from the threshold at which a window has the weight 1.
    pub scale: f64,
    /// Slope of the log-likelihood ratio over the normalised score, whose mean is 0 for
    /// impostors and 1 for the owner; the ratio is 1 at 0.5. `None` for decision values
    /// of the one-class SVM.
    pub slope: Option<f64>,
    /// The score of weight 0 within a session, in normalised scores (strangers' mean at 0,
    /// the owner's at 1): see [`session_adaptation`](crate::owner::session_adaptation).
    pub in_session: Score,
}

impl Calibration {
    /// Rejects every score; for use while there is no profile.
    pub const NOBODY: Self = Self {
        threshold: Score(f64::NAN),
        scale: f64::NAN,
        slope: None,
        in_session: Self::IN_SESSION,
    };

    /// [`Calibration::in_session`] where no false locks of sessions were measured: chosen
    /// with its scale.
    pub const IN_SESSION: Score = Score(0.7);

    /// ln of the likelihood ratio, genuine to impostor, of `score`; `None` without a slope.
    pub fn log_likelihood_ratio(&self, score: Score) -> Option<f64> {
        self.slope.map(|slope| slope * (score.0 - 0.5))
    }

    /// The same for scores in a session, which are farther from strangers'.
    pub fn within_session(&self) -> Self {
        Self {
            threshold: self.in_session,
            scale: IN_SESSION_SCALE,
            ..*self
        }
    }

    /// Weight of a score, positive for the owner: from −1 to 1, or from −3 to 3 for a
    /// likelihood ratio above [`NOVEL`](super::NOVEL). −1 for a score that is not finite.
    pub fn weight(&self, score: Score) -> f64 {
        let x = (score.0 - self.threshold.0) / self.scale;
        let speaks = self.slope.is_some() && score.0 > NOVEL;
        let most = if speaks { MAX_WEIGHT } else { 1.0 };
        if x.is_nan() || !score.0.is_finite() {
            -1.0
        } else {
            x.clamp(-most, most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_score_speaks_for_the_owner_by_being_no_number() {
        let calibration = Calibration {
            threshold: Score(0.0),
            scale: 0.5,
            slope: None,
            in_session: Calibration::IN_SESSION,
        };
        for (score, weight) in [
            (0.0, 0.0),
            (0.25, 0.5),
            (9.0, 1.0),
            (-9.0, -1.0),
            (f64::NAN, -1.0),
            (f64::INFINITY, -1.0),
            (f64::NEG_INFINITY, -1.0),
        ] {
            assert_eq!(calibration.weight(Score(score)), weight, "{score}");
        }
        let against_strangers = Calibration {
            slope: Some(2.0),
            ..calibration
        };
        for (score, weight) in [
            (0.25, 0.5),
            (9.0, 3.0),
            (-3.0, -3.0),
            (NOVEL, -1.0),
            (f64::NAN, -1.0),
        ] {
            assert_eq!(against_strangers.weight(Score(score)), weight, "{score}");
        }
    }
}
