//! Switching the sensors off while nothing is to be read from them, and on again.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A reason not to read the sensors. Each holds until it is lifted itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OffReason {
    /// The session is locked or not in use, or the system sleeps: nothing is decided.
    Session,
    /// The owner has paused the daemon.
    OwnerPause,
    /// There is no owner. Counts only together with [`OffReason::NoSitting`].
    NoOwner,
    /// Nobody is enrolling. Counts only together with [`OffReason::NoOwner`].
    NoSitting,
}

/// Whether the sensors are to be read. The source's thread checks it between readings that came together;
/// clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct SensorSwitch(Arc<(Mutex<SwitchState>, Condvar)>);

#[derive(Debug, Default)]
struct SwitchState {
    holds: BTreeSet<OffReason>,
    /// The daemon is ending, so reasons do not count any more.
    ending: bool,
    /// The source has switched its sensors off and waits.
    waiting: bool,
    /// There is no source's thread, or it has ended.
    gone: bool,
}

impl SwitchState {
    fn closed(&self) -> bool {
        let held = |hold| self.holds.contains(&hold);
        !self.ending
            && (held(OffReason::Session)
                || held(OffReason::OwnerPause)
                || held(OffReason::NoOwner) && held(OffReason::NoSitting))
    }
}

impl SensorSwitch {
    /// A switch without a source: [`SensorSwitch::wait_until_released`] returns at once.
    pub(super) fn without_source() -> Self {
        let switch = Self::default();
        switch.source_gone();
        switch
    }

    /// Adds a reason. If it suffices, the source switches its sensors off before its next
    /// reading.
    pub(super) fn turn_off(&self, why: OffReason) {
        self.change(|state| {
            state.holds.insert(why);
        });
    }

    /// Lifts a reason. The source goes on unless others suffice to keep it off.
    pub(super) fn allow(&self, why: OffReason) {
        self.change(|state| {
            state.holds.remove(&why);
        });
    }

    /// Lifts all reasons for good, so that the source's thread can end.
    pub(super) fn end(&self) {
        self.change(|state| state.ending = true);
    }

    /// Waits until the sensors are off, for `patience` at most. False if they are still on
    /// then; true at once if there is no sufficient reason or no source.
    pub(super) fn wait_until_released(&self, patience: Duration) -> bool {
        let (state, changed) = &*self.0;
        let holds_on = |state: &mut SwitchState| state.closed() && !state.waiting && !state.gone;
        let waited = changed
            .wait_timeout_while(lock(state), patience, holds_on)
            .unwrap_or_else(PoisonError::into_inner);
        !waited.1.timed_out()
    }

    /// Called by the source's thread between readings that came together: while the sensors are to be off,
    /// calls `release` once, which switches them off, and blocks.
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

    /// The source's thread has dropped its source and will not read again.
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

    /// Whether a source would be read.
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
                    // Adding a reason twice is the same as once.
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
