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
    /// Whether everyone has been told that it is not confirmed.
    pub(super) overdue: bool,
    patience: Duration,
    again: Duration,
}

impl Attempt {
    /// One whose first try is due now.
    pub(super) fn new(lock: LockWanted, config: &SessionConfig) -> Self {
        Self {
            lock,
            made: 0,
            trouble: Unconfirmed::NoSession,
            due: Instant::now(),
            overdue: false,
            patience: config.confirm(),
            again: config.again(),
        }
    }

    /// Notes a try and how it went so far. The next is due after twice the
    /// wait, or in a while if this one was overdue.
    pub(super) fn tried(&mut self, trouble: Unconfirmed) {
        self.made += 1;
        self.trouble = trouble;
        if self.overdue {
            self.due = Instant::now() + self.again;
        } else {
            self.due = Instant::now() + self.patience;
            self.patience *= 2;
        }
    }

    /// Notes that everyone has been told; the next try is due in a while.
    pub(super) fn give_notice(&mut self) {
        self.overdue = true;
        self.due = Instant::now() + self.again;
    }
}
