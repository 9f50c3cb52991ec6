//! A change of state to lock, and whether the screen was locked.

use std::time::Duration;

use crate::decide::Reason;
use crate::publish::{Extensible, Figures, Mode};

/// A change of state to lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// Since the segment began.
    pub at: Duration,
    /// The reason of the state.
    pub reason: Extensible<Reason>,
    /// Score, threshold and evidence; `None` where the reader of the events was not
    /// permitted to see them.
    pub figures: Option<Figures>,
    /// Whether the screen was locked.
    pub outcome: Outcome,
}

/// Whether the screen was locked after a [`Lock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No lock was requested: a replay, or a daemon in observe mode.
    WouldLock,
    /// No event says.
    Unknown,
    /// It was locked (`lock_confirmed`).
    Confirmed {
        /// How often the session was asked to lock.
        attempts: u32,
    },
    /// The screen may have stayed unlocked (`lock_unconfirmed`).
    Unconfirmed {
        /// How often the session was asked to lock.
        attempts: u32,
    },
}

impl Outcome {
    /// The outcome in `mode` before an event says more.
    pub(super) fn of_mode(mode: Option<&Extensible<Mode>>) -> Self {
        match mode {
            Some(Extensible::Known(Mode::Observe | Mode::Replay)) => Self::WouldLock,
            _ => Self::Unknown,
        }
    }
}
