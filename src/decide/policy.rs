//! What a decision costs in seconds and evidence: the numbers behind it.

use std::time::Duration;

use thiserror::Error;

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
