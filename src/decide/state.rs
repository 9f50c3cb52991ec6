//! States, reasons, evidence, and what a decision and a warning consist of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::motion::SampleTime;
use crate::owner::Score;

/// Trust that the owner holds the device, from 0 to 1 (Bours and Mondal, 2015).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence(pub f64);

/// The published state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The device should be locked.
    Lock,
    /// The owner is recognised. The daemon never unlocks a device because of this.
    Unlock,
    /// Not locked, and the owner is not recognised at present.
    Inconclusive,
}

/// Why a state holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The scores of the last windows.
    Evidence,
    /// Evidence has reached neither threshold since the start or the last pause.
    WarmUp,
    /// The device is at rest, so that its windows hold nobody's motion.
    AtRest,
    /// No window for `Policy::stale`, as when gaps in the samples keep restarting it.
    Gap,
    /// No frame for `Policy::sensor_grace`.
    SensorLost,
    /// Frames, but no window for `Policy::evidence_grace`.
    NoEvidence,
    /// The score of the last window was not finite.
    ModelFailed,
    /// The screen is locked already.
    ScreenLocked,
    /// The owner's session is not the one in use.
    SessionInactive,
    /// The system is suspended, or about to be.
    Asleep,
    /// The owner has paused the daemon.
    Paused,
    /// The state was lock when the daemon last ended.
    Persisted,
    /// There is no profile, because nobody has enrolled.
    NotEnrolled,
}

/// Why decisions are paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pause {
    /// The screen is locked already.
    ScreenLocked,
    /// The owner's session is not the one in use.
    SessionInactive,
    /// The system is suspended, or about to be.
    Asleep,
    /// The owner asked for it.
    ByOwner,
    /// There is no profile, because nobody has enrolled.
    NotEnrolled,
}

impl From<Pause> for Reason {
    fn from(pause: Pause) -> Self {
        match pause {
            Pause::ScreenLocked => Reason::ScreenLocked,
            Pause::SessionInactive => Reason::SessionInactive,
            Pause::Asleep => Reason::Asleep,
            Pause::ByOwner => Reason::Paused,
            Pause::NotEnrolled => Reason::NotEnrolled,
        }
    }
}

/// What the device was doing while a window was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// Handled or carried.
    Moving,
    /// At rest: see [`RestLimits`](crate::motion::rest::RestLimits).
    AtRest,
}

impl State {
    /// Its name in events and messages.
    pub const fn name(self) -> &'static str {
        match self {
            State::Lock => "lock",
            State::Unlock => "unlock",
            State::Inconclusive => "inconclusive",
        }
    }
}

/// Given when evidence falls below [`Policy::warn_below`](super::Policy::warn_below).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warning {
    /// When, on the sensors' clock.
    pub t: SampleTime,
    /// The reason that the lock would have.
    pub reason: Reason,
    /// Score of the newest window.
    pub score: Score,
    /// The score at which a window has weight 0.
    pub threshold: Score,
    /// Evidence for the owner at `t`.
    pub evidence: Evidence,
    /// ln of the likelihood ratio, genuine to impostor, of the score; `None` without a
    /// cohort.
    pub log_likelihood_ratio: Option<f64>,
    /// Time to the lock if every window to come scores like the newest.
    pub lock_in: Duration,
}

/// A change of the published state, or of its reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When, on the sensors' clock.
    pub t: SampleTime,
    /// The state from then on.
    pub state: State,
    /// Why the state holds.
    pub reason: Reason,
    /// Score of the newest scored window; `None` before the first since a start or a pause.
    pub score: Option<Score>,
    /// The score at which a window has weight 0.
    pub threshold: Score,
    /// Evidence for the owner at `t`.
    pub evidence: Evidence,
    /// ln of the likelihood ratio, genuine to impostor, of the score; `None` without a
    /// score or a cohort.
    pub log_likelihood_ratio: Option<f64>,
    /// Context of the newest window; `None` before the first since a start or a pause.
    pub context: Option<Context>,
}

/// Time without input from a live source, by the system's clock, pauses left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Silence {
    /// Since the newest frame, or the start.
    pub frame: Duration,
    /// Since the newest complete window, or the start.
    pub window: Duration,
}
