//! A lock that was asked for and that the screen has not confirmed yet.

use std::time::Duration;

use tokio::time::Instant;

use super::{LockWanted, SessionConfig};
use crate::publish::Unconfirmed;

/// The lock, how it went so far, and when to try again.
#[derive(Debug)]
pub(super) struct PendingLock {
    pub(super) lock: LockWanted,
    /// How often the session was asked.
    pub(super) asked: u32,
    /// Why the newest try came to nothing, as far as is known.
    pub(super) trouble: Unconfirmed,
    /// When the next try is due.
    pub(super) due: Instant,
    /// Whether `lock_unconfirmed` was published.
    pub(super) overdue: bool,
    /// Tries left until then.
    tries_left: u32,
    wait: Duration,
    again: Duration,
}

impl PendingLock {
    /// One whose first try is due now.
    pub(super) fn new(lock: LockWanted, config: &SessionConfig) -> Self {
        Self {
            lock,
            asked: 0,
            trouble: Unconfirmed::NoSession,
            due: Instant::now(),
            overdue: false,
            tries_left: config.attempts,
            wait: config.confirm(),
            again: config.again(),
        }
    }

    /// One that was confirmed before the screen was opened again: the next try is due
    /// after `again_s`, and nobody is told a second time.
    pub(super) fn reopened(lock: LockWanted, config: &SessionConfig) -> Self {
        let mut pending = Self::new(lock, config);
        pending.mark_overdue();
        pending
    }

    /// Whether all tries have been made in vain.
    pub(super) fn is_exhausted(&self) -> bool {
        !self.overdue && self.tries_left == 0
    }

    /// Notes a try and how it went so far. The next is due after twice the wait, or
    /// after `again_s` if this lock is overdue.
    pub(super) fn tried(&mut self, trouble: Unconfirmed) {
        self.trouble = trouble;
        self.tries_left = self.tries_left.saturating_sub(1);
        if self.overdue {
            self.due = Instant::now() + self.again;
        } else {
            self.due = Instant::now() + self.wait;
            self.wait *= 2;
        }
    }

    /// Notes that `lock_unconfirmed` was published; the next try is due after `again_s`.
    pub(super) fn mark_overdue(&mut self) {
        self.overdue = true;
        self.due = Instant::now() + self.again;
    }
}
