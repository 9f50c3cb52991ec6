//! Sensors that are let go of for a while, and taken up again.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What speaks against reading the sensors. None of them undoes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    /// The session, or sleep: what is read means nothing.
    Session,
    /// There is no owner to tell from others …
    NoOwner,
    /// … and nobody is enrolling. Either of the two is reason enough to read.
    NoSitting,
}

/// Between the source's thread, which passes it before each reading, and
/// whoever wants the sensors switched off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<Posts>, Condvar)>);

#[derive(Debug, Default)]
struct Posts {
    holds: BTreeSet<Hold>,
    /// The daemon ends, so nothing is held any more.
    ending: bool,
    /// The source has let go and waits.
    waiting: bool,
    /// Nobody will pass again.
    gone: bool,
}

impl Posts {
    fn closed(&self) -> bool {
        let held = |hold| self.holds.contains(&hold);
        !self.ending && (held(Hold::Session) || held(Hold::NoOwner) && held(Hold::NoSitting))
    }
}

impl Gate {
    /// One that no source passes, so that nobody has to wait for any.
    pub(super) fn unattended() -> Self {
        let gate = Self::default();
        gate.leave();
        gate
    }

    /// The source lets go before its next reading, if this is enough.
    pub(super) fn hold(&self, why: Hold) {
        self.change(|posts| {
            posts.holds.insert(why);
        });
    }

    /// The source may go on, as far as this is concerned.
    pub(super) fn lift(&self, why: Hold) {
        self.change(|posts| {
            posts.holds.remove(&why);
        });
    }

    /// The source may go on for good, to come to its end.
    pub(super) fn end(&self) {
        self.change(|posts| posts.ending = true);
    }

    /// Waits until a source behind the closed gate has let go; whether it has
    /// within `patience`.
    pub(super) fn wait_until_released(&self, patience: Duration) -> bool {
        let (posts, changed) = &*self.0;
        let holds_on = |posts: &mut Posts| posts.closed() && !posts.waiting && !posts.gone;
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
        if !posts.closed() {
            return;
        }
        drop(posts);
        release();
        posts = lock(&self.0.0);
        posts.waiting = true;
        changed.notify_all();
        while posts.closed() {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a source would go on reading.
    fn reads(gate: &Gate) -> bool {
        gate.wait_until_released(Duration::ZERO)
    }

    #[test]
    fn each_reason_holds_until_it_is_lifted_itself() {
        let gate = Gate::default();
        for holds in 0..8_u8 {
            let held = |bit: u8| holds & bit != 0;
            for (bit, why) in [(1, Hold::Session), (2, Hold::NoOwner), (4, Hold::NoSitting)] {
                if held(bit) {
                    // Twice is no more than once.
                    gate.hold(why);
                    gate.hold(why);
                } else {
                    gate.lift(why);
                }
            }
            let wanted = !(held(1) || held(2) && held(4));
            assert_eq!(reads(&gate), wanted, "{holds:03b}");
        }
        gate.end();
        assert!(reads(&gate), "the end is held up");
    }
}
