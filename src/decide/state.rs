//! The words a decision is made of.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::motion::SampleTime;
use crate::owner::Score;

/// How far the owner is believed to hold the device: 0 not at all, 1 entirely.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Evidence(pub f64);

/// What is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The device should be locked.
    Lock,
    /// The owner is believed to hold it. Nothing is ever unlocked because of this.
    Unlock,
    /// Not locked, and no evidence at the moment.
    Inconclusive,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The scores of the last windows.
    Evidence,
    /// Too little has been seen yet to say either.
    WarmUp,
    /// The device lies still: nobody's motion is in it.
    AtRest,
    /// No window for a while: holes in the samples keep emptying it.
    Gap,
    /// No samples for the stated grace.
    SensorLost,
    /// Samples, but no score for the stated grace (start, gap after gap).
    NoEvidence,
    /// The model or the profile gave no number.
    ModelFailed,
    /// The screen is locked already.
    ScreenLocked,
    /// The owner's session is not the one in use.
    SessionInactive,
    /// The system sleeps, or is about to.
    Asleep,
    /// It was so when the daemon last ended.
    Persisted,
    /// Nobody has enrolled, so there is nobody to tell from others.
    NotEnrolled,
}

/// Why nothing is decided for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pause {
    /// The screen is locked already.
    ScreenLocked,
    /// The owner's session is not the one in use.
    SessionInactive,
    /// The system sleeps, or is about to.
    Asleep,
    /// Nobody has enrolled.
    NotEnrolled,
}

impl From<Pause> for Reason {
    fn from(pause: Pause) -> Self {
        match pause {
            Pause::ScreenLocked => Reason::ScreenLocked,
            Pause::SessionInactive => Reason::SessionInactive,
            Pause::Asleep => Reason::Asleep,
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
    /// Lying still.
    AtRest,
}

impl State {
    /// The word for it in events and for people.
    pub const fn name(self) -> &'static str {
        match self {
            State::Lock => "lock",
            State::Unlock => "unlock",
            State::Inconclusive => "inconclusive",
        }
    }
}

/// A lock is near: evidence has come close to it and is being lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warning {
    /// When, on the sensors' clock.
    pub t: SampleTime,
    /// What the lock's reason would be.
    pub reason: Reason,
    /// The newest score.
    pub score: Score,
    /// The score at which a window speaks neither for nor against the owner.
    pub threshold: Score,
    /// Evidence for the owner at `t`.
    pub evidence: Evidence,
    /// ln of how much likelier an owner gives the score than a stranger, where the
    /// model has a cohort to say so.
    pub log_likelihood_ratio: Option<f64>,
    /// When the lock comes if the windows to come are like the newest.
    pub lock_in: Duration,
}

/// A change of the published state, or of its reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When, on the sensors' clock.
    pub t: SampleTime,
    /// What holds from then on.
    pub state: State,
    /// Why.
    pub reason: Reason,
    /// The newest score, if there has been one.
    pub score: Option<Score>,
    /// The score at which a window speaks neither for nor against the owner.
    pub threshold: Score,
    /// Evidence for the owner at `t`.
    pub evidence: Evidence,
    /// ln of how much likelier an owner gives the score than a stranger, where the
    /// model has a cohort to say so.
    pub log_likelihood_ratio: Option<f64>,
    /// What the device was doing in the newest window, if there has been one.
    pub context: Option<Context>,
}

/// How long a live source has given nothing, by the system's clock; pauses do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Silence {
    /// Since the newest frame that alignment accepted, or the start.
    pub frame: Duration,
    /// Since the newest complete window, or the start.
    pub window: Duration,
}
