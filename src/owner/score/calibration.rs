//! Scores into weights of evidence.

use serde::{Deserialize, Serialize};

use super::NOVEL;
use crate::owner::Score;

/// Largest weight of a window whose score is a likelihood ratio: it measures strangers as
/// well, so a window that only a stranger explains is stronger evidence. A window that
/// resembles nobody, and a score without a cohort, weigh 1 at most.
const MAX_WEIGHT: f64 = 3.0;

/// How an owner's scores become weights of evidence, learnt at enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// A window with this score speaks neither for nor against the owner.
    pub threshold: Score,
    /// Distance from the threshold at which a window has the weight 1.
    pub scale: f64,
    /// How much a unit of score, from halfway between strangers at 0 and the owner
    /// at 1, adds to the logarithm of the likelihood ratio; `None` for scores that
    /// are not of that kind.
    pub slope: Option<f64>,
}

impl Calibration {
    /// Nobody's: every score is a rejection.
    pub const NOBODY: Self = Self {
        threshold: Score(f64::NAN),
        scale: f64::NAN,
        slope: None,
    };

    /// ln of how much likelier an owner gives this score than a stranger.
    pub fn log_likelihood_ratio(&self, score: Score) -> Option<f64> {
        self.slope.map(|slope| slope * (score.0 - 0.5))
    }

    /// Weight of a score: from −1 (surely not the owner) to 1, or from −3 to 3 where
    /// strangers are known and the window is not like nobody's ([`NOVEL`](super::NOVEL)). A score that is
    /// no number is a rejection.
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
