//! Sensors that are let go of for a while, and taken up again.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What speaks against reading the sensors. None of them undoes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OffReason {
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
pub(crate) struct SensorSwitch(Arc<(Mutex<SwitchState>, Condvar)>);

#[derive(Debug, Default)]
struct SwitchState {
    holds: BTreeSet<OffReason>,
    /// The daemon ends, so nothing is held any more.
    ending: bool,
    /// The source has let go and waits.
    waiting: bool,
    /// Nobody will pass again.
    gone: bool,
}

impl SwitchState {
    fn closed(&self) -> bool {
        let held = |hold| self.holds.contains(&hold);
        !self.ending
            && (held(OffReason::Session) || held(OffReason::NoOwner) && held(OffReason::NoSitting))
    }
}

impl SensorSwitch {
    /// One that no source passes, so that nobody has to wait for any.
    pub(super) fn without_source() -> Self {
        let switch = Self::default();
        switch.source_gone();
        switch
    }

    /// The source lets go before its next reading, if this is enough.
    pub(super) fn turn_off(&self, why: OffReason) {
        self.change(|state| {
            state.holds.insert(why);
        });
    }

    /// The source may go on, as far as this is concerned.
    pub(super) fn allow(&self, why: OffReason) {
        self.change(|state| {
            state.holds.remove(&why);
        });
    }

    /// The source may go on for good, to come to its end.
    pub(super) fn end(&self) {
        self.change(|state| state.ending = true);
    }

    /// Waits until a source behind the closed switch has let go; whether it has
    /// within `patience`.
    pub(super) fn wait_until_released(&self, patience: Duration) -> bool {
        let (state, changed) = &*self.0;
        let holds_on = |state: &mut SwitchState| state.closed() && !state.waiting && !state.gone;
        let waited = changed
            .wait_timeout_while(lock(state), patience, holds_on)
            .unwrap_or_else(PoisonError::into_inner);
        !waited.1.timed_out()
    }

    /// The source's thread comes by: where the switch is closed, `release` is
    /// called and the thread waits.
    pub(super) fn wait_while_off(&self, release: impl FnOnce()) {
        let (state, changed) = &*self.0;
        let mut state = lock(state);
        if !state.closed() {
            return;
        }
        drop(state);
        release();
        state = lock(&self.0.0);
        state.waiting = true;
        changed.notify_all();
        while state.closed() {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting = false;
    }

    /// The source's thread will not come by again.
    pub(super) fn source_gone(&self) {
        self.change(|state| state.gone = true);
    }

    fn change(&self, change: impl FnOnce(&mut SwitchState)) {
        change(&mut lock(&self.0.0));
        self.0.1.notify_all();
    }
}

fn lock(state: &Mutex<SwitchState>) -> MutexGuard<'_, SwitchState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a source would go on reading.
    fn reads(switch: &SensorSwitch) -> bool {
        switch.wait_until_released(Duration::ZERO)
    }

    #[test]
    fn each_reason_holds_until_it_is_lifted_itself() {
        let switch = SensorSwitch::default();
        for holds in 0..8_u8 {
            let held = |bit: u8| holds & bit != 0;
            for (bit, why) in [
                (1, OffReason::Session),
                (2, OffReason::NoOwner),
                (4, OffReason::NoSitting),
            ] {
                if held(bit) {
                    // Twice is no more than once.
                    switch.turn_off(why);
                    switch.turn_off(why);
                } else {
                    switch.allow(why);
                }
            }
            let wanted = !(held(1) || held(2) && held(4));
            assert_eq!(reads(&switch), wanted, "{holds:03b}");
        }
        switch.end();
        assert!(reads(&switch), "the end is held up");
    }
}
