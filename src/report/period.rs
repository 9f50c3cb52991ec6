//! Periods without evidence, and periods in the state lock.

use std::time::Duration;

use crate::decide::{Reason, State};
use crate::publish::Extensible;

/// A period that the charts tint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its kind.
    pub kind: PeriodKind,
    /// Since the segment began.
    pub from: Duration,
    /// Since the segment began.
    pub to: Duration,
}

/// Kinds of [`Period`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodKind {
    /// The state was lock.
    Locked,
    /// The device lay still.
    AtRest,
    /// Samples were missing, or no window could be scored.
    NoSamples,
    /// Nothing was decided: the screen was locked, another session was active, the
    /// system slept, there was no profile, or for a reason that is not known here.
    Paused,
    /// Nobody listened: from the end of a daemon, or of the connection to it, to the next.
    Unheard,
}

impl PeriodKind {
    /// All kinds, in the order of the legend.
    pub const ALL: [Self; 5] = [
        Self::Locked,
        Self::AtRest,
        Self::NoSamples,
        Self::Paused,
        Self::Unheard,
    ];

    /// Whether the device was watched in it.
    pub(super) fn is_watched(self) -> bool {
        match self {
            Self::Locked | Self::AtRest => true,
            Self::NoSamples | Self::Paused | Self::Unheard => false,
        }
    }

    /// The kind of period that begins with a state; `None` if it is not tinted. `Kind::of` of the
    /// app (app/src/history/log.rs) calls the same ones watched.
    pub(super) fn of(state: State, reason: &Extensible<Reason>) -> Option<Self> {
        let reason = match (state, reason) {
            (State::Lock, _) => return Some(Self::Locked),
            (State::Unlock, _) => return None,
            // A newer daemon's, of which nobody can say that something was decided.
            (_, Extensible::Other(_)) => return Some(Self::Paused),
            (State::Inconclusive, Extensible::Known(reason)) => reason,
        };
        match reason {
            Reason::AtRest => Some(Self::AtRest),
            Reason::Gap | Reason::SensorLost | Reason::NoEvidence | Reason::ModelFailed => {
                Some(Self::NoSamples)
            }
            Reason::ScreenLocked
            | Reason::SessionInactive
            | Reason::Asleep
            | Reason::Paused
            | Reason::NotEnrolled => Some(Self::Paused),
            Reason::Evidence | Reason::WarmUp | Reason::Persisted => None,
        }
    }

    /// Its name in the legend.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Locked => "lock",
            Self::AtRest => "at rest",
            Self::NoSamples => "samples missing",
            Self::Paused => "nothing to decide",
            Self::Unheard => "nobody listened",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_nothing_led_to_was_not_watched() {
        let watched = |reason: &str| {
            let reason = serde_json::from_value(reason.into()).unwrap();
            PeriodKind::of(State::Inconclusive, &reason).is_none_or(PeriodKind::is_watched)
        };
        for reason in ["evidence", "warm_up", "at_rest", "persisted"] {
            assert!(watched(reason), "{reason}");
        }
        for reason in [
            "gap",
            "sensor_lost",
            "no_evidence",
            "model_failed",
            "paused",
            "of_later",
        ] {
            assert!(!watched(reason), "{reason}");
        }
    }
}
