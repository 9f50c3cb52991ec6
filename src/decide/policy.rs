//! What a decision costs in seconds and evidence: the numbers behind it.

use std::time::Duration;

use thiserror::Error;

use super::Score;
use crate::score::NOVEL;

/// How evidence is gathered and lost, and how long its absence is borne.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Evidence at start: the device was just unlocked by other means.
    pub start: f64,
    /// At or below this evidence the state becomes lock.
    pub lock_below: f64,
    /// Evidence that is lost below this gives a warning.
    pub warn_below: f64,
    /// At or above this evidence the state becomes unlock.
    pub unlock_above: f64,
    /// Windows that are clearly the owner's take evidence from 0 to 1 in this time.
    pub gain: Duration,
    /// Windows that are clearly not take it from 1 to 0 in this time.
    pub lose: Duration,
    /// After evidence locked it and somebody opened the screen, evidence does not
    /// lock for this long: who knows the secret is believed over the windows, and
    /// a bad session costs one lock and not one a minute. Whoever snatches the
    /// device meanwhile is not noticed.
    pub trust: Duration,
    /// A device lying still takes it from 1 to 0 in this time.
    pub rest: Duration,
    /// Without a window for this long the state is no longer unlock.
    pub stale: Duration,
    /// Without a window for this long the state becomes lock.
    pub evidence_grace: Duration,
    /// Without a sample of either sensor for this long the state becomes lock.
    pub sensor_grace: Duration,
}

/// Defaults for a phone in hand. Each is a key of `[decide]` in the config.
impl Default for Policy {
    fn default() -> Self {
        Self {
            start: 0.5,
            lock_below: 0.1,
            warn_below: 0.25,
            unlock_above: 0.6,
            gain: Duration::from_secs(30),
            lose: Duration::from_secs(30),
            trust: Duration::from_secs(600),
            rest: Duration::from_secs(300),
            stale: Duration::from_secs(8),
            evidence_grace: Duration::from_secs(60),
            sensor_grace: Duration::from_secs(15),
        }
    }
}

/// A policy under which the states would make no sense.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// Levels out of order.
    #[error(
        "evidence levels must satisfy 0 <= lock_below < start <= 1 and lock_below < unlock_above <= 1"
    )]
    Levels,
    /// A warning that would not come before the lock.
    #[error("warn_below must be above lock_below and at most 1")]
    WarnsTooLate,
    /// A time of nothing.
    #[error("{0} must be longer than 0 s")]
    NoTime(&'static str),
    /// Staleness after the grace would never be seen.
    #[error("stale_s must be shorter than evidence_grace_s")]
    StaleAfterGrace,
}

impl Policy {
    /// The policy, if it makes sense.
    pub fn validated(self) -> Result<Self, PolicyError> {
        let level = |low: f64, high: f64| 0.0 <= low && low < high && high <= 1.0;
        if !level(self.lock_below, self.start) || !level(self.lock_below, self.unlock_above) {
            return Err(PolicyError::Levels);
        }
        if !level(self.lock_below, self.warn_below) {
            return Err(PolicyError::WarnsTooLate);
        }
        for (name, time) in [
            ("gain_s", self.gain),
            ("lose_s", self.lose),
            ("rest_s", self.rest),
            ("stale_s", self.stale),
            ("evidence_grace_s", self.evidence_grace),
            ("sensor_grace_s", self.sensor_grace),
        ] {
            if time.is_zero() {
                return Err(PolicyError::NoTime(name));
            }
        }
        if self.stale >= self.evidence_grace {
            return Err(PolicyError::StaleAfterGrace);
        }
        Ok(self)
    }
}

/// The most that a window can weigh whose score is a likelihood ratio: what it says of
/// strangers is evidence, too, and a window that only a stranger explains ends the matter
/// sooner. One like nobody's, or far from the owner's where nobody else is known, says less.
const LOUDEST: f64 = 3.0;

/// What an owner's scores mean, learnt at enrolment.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
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
    /// strangers are known and the window is not like nobody's ([`NOVEL`]). A score that is
    /// no number is a rejection.
    pub fn weight(&self, score: Score) -> f64 {
        let x = (score.0 - self.threshold.0) / self.scale;
        let speaks = self.slope.is_some() && score.0 > NOVEL;
        let most = if speaks { LOUDEST } else { 1.0 };
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
    fn the_default_policy_is_valid() {
        assert!(Policy::default().validated().is_ok());
    }

    #[test]
    fn policies_that_make_no_sense_are_refused() {
        let base = Policy::default();
        let levels = [
            Policy {
                lock_below: 0.6,
                ..base
            },
            Policy { start: 0.1, ..base },
            Policy {
                unlock_above: 1.1,
                ..base
            },
            Policy {
                lock_below: f64::NAN,
                ..base
            },
            Policy {
                start: f64::NAN,
                ..base
            },
        ];
        for policy in levels {
            assert_eq!(policy.validated(), Err(PolicyError::Levels), "{policy:?}");
        }
        for warn_below in [base.lock_below, 1.1, f64::NAN] {
            let policy = Policy { warn_below, ..base };
            assert_eq!(policy.validated(), Err(PolicyError::WarnsTooLate));
        }
        let policy = Policy {
            lose: Duration::ZERO,
            ..base
        };
        assert_eq!(policy.validated(), Err(PolicyError::NoTime("lose_s")));
        let policy = Policy {
            stale: base.evidence_grace,
            ..base
        };
        assert_eq!(policy.validated(), Err(PolicyError::StaleAfterGrace));
    }

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
