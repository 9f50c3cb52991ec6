//! A lock that was requested, until the screen is seen locked: its attempts, and when the next is
//! due.

use std::time::Duration;

use tokio::time::Instant;

use super::{LockRequest, SessionConfig};
use crate::publish::Unconfirmed;

/// The lock, the attempts so far, and when the next is due.
#[derive(Debug)]
pub(super) struct PendingLock {
    pub(super) lock: LockRequest,
    /// How often the session was asked to lock.
    pub(super) asked: u32,
    /// Why the newest attempt has not locked the screen, as far as is known.
    pub(super) trouble: Unconfirmed,
    /// When the next attempt is due.
    pub(super) due: Instant,
    /// Whether `lock_unconfirmed` was published.
    pub(super) overdue: bool,
    /// Attempts left until `lock_unconfirmed` is published.
    tries_left: u32,
    wait: Duration,
    again: Duration,
}

impl PendingLock {
    /// A lock whose first attempt is due now.
    pub(super) fn new(lock: LockRequest, config: &SessionConfig) -> Self {
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

    /// A lock that was confirmed before the screen was unlocked again: the next attempt is
    /// due after `again_s`, and `lock_unconfirmed` is not published.
    pub(super) fn reopened(lock: LockRequest, config: &SessionConfig) -> Self {
        let mut pending = Self::new(lock, config);
        pending.mark_overdue();
        pending
    }

    /// A lock that was confirmed of one screen, for another that is open; `said` if
    /// `lock_unconfirmed` was published of it, which is not said twice.
    pub(super) fn of_another(lock: LockRequest, config: &SessionConfig, said: bool) -> Self {
        Self {
            overdue: said,
            ..Self::new(lock, config)
        }
    }

    /// Whether all attempts have failed and `lock_unconfirmed` is still to be published.
    pub(super) fn is_exhausted(&self) -> bool {
        !self.overdue && self.tries_left == 0
    }

    /// Notes an attempt and its result so far. The next is due after `confirm_s`, doubled
    /// with each attempt, or after `again_s` if this lock is overdue.
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

    /// Notes that `lock_unconfirmed` was published; the next attempt is due after
    /// `again_s`.
    pub(super) fn mark_overdue(&mut self) {
        self.overdue = true;
        self.due = Instant::now() + self.again;
    }
}
