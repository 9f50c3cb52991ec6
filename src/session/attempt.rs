//! One lock on its way to the screen.

use std::time::Duration;

use tokio::time::Instant;

use super::{LockWanted, SessionConfig};
use crate::publish::Unconfirmed;

/// Asked for, and not confirmed yet.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) lock: LockWanted,
    /// How often the session was asked.
    pub(super) made: u32,
    /// Why the newest try came to nothing, as far as is known.
    pub(super) trouble: Unconfirmed,
    /// When the newest try has taken too long.
    pub(super) due: Instant,
    patience: Duration,
}

impl Attempt {
    /// One whose first try is due now.
    pub(super) fn new(lock: LockWanted, config: &SessionConfig) -> Self {
        Self {
            lock,
            made: 0,
            trouble: Unconfirmed::NoSession,
            due: Instant::now(),
            patience: config.confirm(),
        }
    }

    /// Notes a try and how it went so far; the next is due after twice the wait.
    pub(super) fn tried(&mut self, trouble: Unconfirmed) {
        self.made += 1;
        self.trouble = trouble;
        self.due = Instant::now() + self.patience;
        self.patience *= 2;
    }
}
