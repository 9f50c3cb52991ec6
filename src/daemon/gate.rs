//! Sensors that are let go of for a while, and taken up again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Between the source's thread, which passes it before each reading, and
/// whoever wants the sensors switched off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<Posts>, Condvar)>);

#[derive(Debug, Default)]
struct Posts {
    closed: bool,
    /// The source has let go and waits.
    waiting: bool,
    /// Nobody will pass again.
    gone: bool,
}

impl Gate {
    /// The source lets go before its next reading.
    pub(super) fn close(&self) {
        self.change(|posts| posts.closed = true);
    }

    /// The source may go on.
    pub(super) fn open(&self) {
        self.change(|posts| posts.closed = false);
    }

    /// Waits until a source behind the closed gate has let go; whether it has
    /// within `patience`.
    pub(super) fn wait_until_released(&self, patience: Duration) -> bool {
        let (posts, changed) = &*self.0;
        let holds_on = |posts: &mut Posts| posts.closed && !posts.waiting && !posts.gone;
        let waited = changed
            .wait_timeout_while(lock(posts), patience, holds_on)
            .unwrap_or_else(PoisonError::into_inner);
        !waited.1.timed_out()
    }

    /// The source's thread comes by: where the gate is closed, `release` is
    /// called and the thread waits.
    pub(super) fn pass(&self, release: impl FnOnce()) {
        let (posts, changed) = &*self.0;
        let mut posts = lock(posts);
        if !posts.closed {
            return;
        }
        drop(posts);
        release();
        posts = lock(&self.0.0);
        posts.waiting = true;
        changed.notify_all();
        while posts.closed {
            posts = changed.wait(posts).unwrap_or_else(PoisonError::into_inner);
        }
        posts.waiting = false;
    }

    /// The source's thread will not come by again.
    pub(super) fn leave(&self) {
        self.change(|posts| posts.gone = true);
    }

    fn change(&self, change: impl FnOnce(&mut Posts)) {
        change(&mut lock(&self.0.0));
        self.0.1.notify_all();
    }
}

fn lock(posts: &Mutex<Posts>) -> MutexGuard<'_, Posts> {
    posts.lock().unwrap_or_else(PoisonError::into_inner)
}
