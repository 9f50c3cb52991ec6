//! Levels and durations that decisions are made by: `[decide]` of the configuration.

use std::time::Duration;

use thiserror::Error;

/// How fast evidence rises and falls, its thresholds, and the deadlines without any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Evidence at start: the device was just unlocked by other means.
    pub start: f64,
    /// At or below this evidence the state becomes lock.
    pub lock_below: f64,
    /// A window that lowers evidence to less than this gives a warning.
    pub warn_below: f64,
    /// At or above this evidence the state becomes unlock.
    pub unlock_above: f64,
    /// Windows of weight 1 raise evidence from 0 to 1 in this time.
    pub gain: Duration,
    /// Windows of weight −1 lower evidence from 1 to 0 in this time.
    pub lose: Duration,
    /// After a lock by evidence and an unlock of the screen, evidence does not lock for
    /// this long, because knowing the secret outweighs the windows, and a session that
    /// scores badly costs one false lock and not one a minute. An impostor who takes the
    /// device over meanwhile is not detected.
    pub trust: Duration,
    /// While the device is at rest evidence falls from 1 to 0 in this time.
    pub rest: Duration,
    /// Without a window for this long the state becomes inconclusive.
    pub stale: Duration,
    /// Without a window for this long the state becomes lock.
    pub evidence_grace: Duration,
    /// Without a frame, for which each sensor that the model takes is needed, for this long
    /// the state becomes lock.
    pub sensor_grace: Duration,
}

/// For a phone in hand. Each field is a key of `[decide]` in the configuration.
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

/// Why a policy is refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// The evidence levels are not in order, or outside 0 to 1.
    #[error(
        "evidence levels must satisfy 0 <= lock_below < start <= 1 and lock_below < unlock_above <= 1"
    )]
    Levels,
    /// `warn_below` is not above `lock_below`, so that no warning would precede a lock.
    #[error("warn_below must be above lock_below and at most 1")]
    WarnsTooLate,
    /// A duration, named by its key, is zero.
    #[error("{0} must be longer than 0 s")]
    NoTime(&'static str),
    /// `stale` is not shorter than `evidence_grace`, so that the lock would come first.
    #[error("stale_s must be shorter than evidence_grace_s")]
    StaleAfterGrace,
}

impl Policy {
    /// The policy, if it passes every check of [`PolicyError`].
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
}
