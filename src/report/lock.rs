//! A change of state to lock, and what became of the screen.

use std::time::Duration;

use crate::decide::Reason;
use crate::publish::{Extensible, Figures, Mode};

/// A change of state to lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// Since the segment began.
    pub at: Duration,
    /// Why.
    pub reason: Extensible<Reason>,
    /// Score, threshold and evidence; absent where the reader of the events might
    /// not see them.
    pub figures: Option<Figures>,
    /// What became of the screen.
    pub outcome: Outcome,
}

/// What became of the screen after a [`Lock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody was asked to lock it: a recording, or a daemon in observe mode.
    WouldLock,
    /// The events do not say.
    Unknown,
    /// It was locked (`lock_confirmed`).
    Confirmed {
        /// How often the session was asked.
        attempts: u32,
    },
    /// It may have stayed open (`lock_unconfirmed`).
    Unconfirmed {
        /// How often the session was asked.
        attempts: u32,
    },
}

impl Outcome {
    /// What to expect in `mode` before anything is known of the screen.
    pub(super) fn of_mode(mode: Option<&Extensible<Mode>>) -> Self {
        match mode {
            Some(Extensible::Known(Mode::Observe | Mode::Replay)) => Self::WouldLock,
            _ => Self::Unknown,
        }
    }
}
