//! Whether the system sleeps, from signals that may be lost.
//!
//! logind signals `PrepareForSleep(true)` before sleep and `PrepareForSleep(false)` after
//! it, and in between its property `PreparingForSleep` is true. The second signal may never
//! come, for example after hibernation. So the property is read regularly, and use of the
//! screen, or a minute in which programs run, proves the system awake whatever signal and
//! property say. org.freedesktop.login1(5)

use std::time::Duration;

use tokio::time::Instant;

/// How long programs may run after the announcement of sleep before the system counts as
/// awake. logind allows delays of 5 s (`InhibitDelayMaxSec`); the clock does not run in
/// sleep.
const LONGEST_PREPARATION: Duration = Duration::from_secs(60);

/// Whether the system sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sleep {
    /// It is awake.
    #[default]
    Awake,
    /// Sleep was announced at this time, and neither its end nor use was noticed since.
    Announced(Instant),
    /// The system is awake, although the property may still be true.
    AwakeUnsaid,
}

impl Sleep {
    /// Whether sleep is announced, so the sensors are to be off.
    pub(super) fn is_announced(self) -> bool {
        matches!(self, Self::Announced(_))
    }

    /// Takes the signal `PrepareForSleep(begins)`.
    pub(super) fn signalled(&mut self, begins: bool, now: Instant) {
        *self = if begins {
            Self::Announced(now)
        } else {
            // Not yet `Awake`, because a property read before the signal may still be true.
            Self::AwakeUnsaid
        };
    }

    /// Takes the property `PreparingForSleep`; `None` if the session manager has none.
    pub(super) fn read(&mut self, preparing: Option<bool>, now: Instant) {
        *self = match (*self, preparing) {
            (_, Some(false)) | (Self::AwakeUnsaid, None) => Self::Awake,
            (Self::Awake, Some(true)) => Self::Announced(now),
            (Self::Announced(since), _) if now.duration_since(since) >= LONGEST_PREPARATION => {
                Self::AwakeUnsaid
            }
            (unchanged, _) => unchanged,
        };
    }

    /// The owner's screen was locked or unlocked, so the system is awake.
    pub(super) fn screen_was_used(&mut self) {
        if self.is_announced() {
            *self = Self::AwakeUnsaid;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, Copy)]
    enum Input {
        Signal(bool),
        Property(Option<bool>),
        Screen,
    }

    fn input() -> impl Strategy<Value = Input> {
        prop_oneof![
            any::<bool>().prop_map(Input::Signal),
            any::<Option<bool>>().prop_map(Input::Property),
            Just(Input::Screen),
        ]
    }

    fn give(sleep: &mut Sleep, input: Input, now: Instant) {
        match input {
            Input::Signal(begins) => sleep.signalled(begins, now),
            Input::Property(preparing) => sleep.read(preparing, now),
            Input::Screen => sleep.screen_was_used(),
        }
    }

    proptest! {
        /// After any inputs, sleep ends with each input that proves the system awake, and
        /// by itself while programs run.
        #[test]
        fn sleep_never_lasts_for_ever(
            inputs in prop::collection::vec((input(), 0u64..30), 0..40),
            preparing: Option<bool>,
        ) {
            let (mut sleep, mut now) = (Sleep::default(), Instant::now());
            for (input, seconds) in inputs {
                now += Duration::from_secs(seconds);
                give(&mut sleep, input, now);
            }
            for awake in [Input::Signal(false), Input::Property(Some(false)), Input::Screen] {
                let mut sleep = sleep;
                give(&mut sleep, awake, now);
                prop_assert!(!sleep.is_announced(), "{sleep:?} after {awake:?}");
            }
            // The first reading may be what announces sleep.
            for _ in 0..2 {
                sleep.read(preparing, now);
                now += LONGEST_PREPARATION;
            }
            sleep.read(preparing, now);
            prop_assert!(!sleep.is_announced(), "{sleep:?} with {preparing:?}");
        }
    }

    #[test]
    fn a_missed_announcement_is_read() {
        let (mut sleep, now) = (Sleep::default(), Instant::now());
        sleep.read(Some(true), now);
        assert!(sleep.is_announced());
    }

    #[test]
    fn a_property_that_says_sleep_for_ever_is_not_believed_again() {
        let (mut sleep, now) = (Sleep::Announced(Instant::now()), Instant::now());
        sleep.screen_was_used();
        sleep.read(Some(true), now);
        assert!(!sleep.is_announced());
        sleep.signalled(true, now);
        assert!(sleep.is_announced(), "a new announcement counts");
    }
}
