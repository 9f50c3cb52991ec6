//! From the time stamps of scans to time since boot.

use std::time::Duration;

use crate::motion::SampleTime;

/// How far a plausible time stamp may lie before the buffer was enabled, or after the
/// present time.
const SLACK: Duration = Duration::from_secs(1);
/// After this many scans in a row with implausible time stamps, the device is taken to
/// have a clock of its own.
const FOREIGN: usize = 32;

/// Time since boot less the device's clock, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset(i128);

impl Offset {
    fn between(stamp: i64, now: SampleTime) -> Self {
        Self(i128::from(now.nanos()) - i128::from(stamp))
    }

    fn place(self, stamp: i64) -> Option<SampleTime> {
        let t = i128::from(stamp) + self.0;
        i64::try_from(t).ok().map(SampleTime::from_nanos)
    }
}

/// Converts one device's time stamps to time since boot.
///
/// Kernels that are asked for boottime stamp with that. HID sensor hubs may stamp with
/// a clock of their own; it is recognised by [`FOREIGN`] implausible stamps in a row,
/// and from then on its stamps are converted by a constant offset.
pub(super) struct Timeline {
    enabled: SampleTime,
    foreign: Option<Offset>,
    misfits: usize,
}

impl Timeline {
    /// For a buffer enabled at `enabled`: no scan in it is older.
    pub(super) fn since(enabled: SampleTime) -> Self {
        Self {
            enabled,
            foreign: None,
            misfits: 0,
        }
    }

    /// The offset of a clock of the device's own; `None` if it stamps with time since
    /// boot.
    pub(super) fn foreign(&self) -> Option<Offset> {
        self.foreign
    }

    /// Examines the newest of `scans` stamps read at `now`, before any is placed, and
    /// finds the offset of a device's own clock. Two devices of one hub share its
    /// clock: the offset `neighbour` is used where it is within a second, so that both
    /// sensors stay aligned.
    pub(super) fn look_at(
        &mut self,
        newest: i64,
        scans: usize,
        now: SampleTime,
        neighbour: Option<Offset>,
    ) {
        if newest <= 0 {
            return;
        }
        if self.place(newest, now).is_some() {
            self.misfits = 0;
            return;
        }
        self.misfits += scans;
        if self.misfits >= FOREIGN {
            self.misfits = 0;
            let own = Offset::between(newest, now);
            let shared = neighbour.filter(|n| (n.0 - own.0).unsigned_abs() <= SLACK.as_nanos());
            self.foreign = Some(shared.unwrap_or(own));
            tracing::info!("the sensor's time stamps are on a clock of its own");
        }
    }

    /// When a scan read at `now` was taken; `None` if its stamp is 0 or implausible:
    /// before the buffer was enabled or in the future, by more than [`SLACK`].
    pub(super) fn place(&self, stamp: i64, now: SampleTime) -> Option<SampleTime> {
        let t = self.foreign.unwrap_or(Offset(0)).place(stamp)?;
        let can_be = self.enabled.before(SLACK)..=now.after(SLACK);
        (stamp > 0 && can_be.contains(&t)).then_some(t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const S: i64 = 1_000_000_000;

    fn at(seconds: i64) -> SampleTime {
        SampleTime::from_nanos(seconds * S)
    }

    #[test]
    fn a_stamp_that_cannot_be_is_dropped_and_the_next_is_not() {
        let mut timeline = Timeline::since(at(100));
        for stamp in [0, -5, 20 * S, 900 * S, i64::MAX, i64::MIN] {
            timeline.look_at(stamp, 1, at(110), None);
            assert_eq!(timeline.place(stamp, at(110)), None, "{stamp}");
        }
        timeline.look_at(105 * S, 1, at(110), None);
        assert_eq!(timeline.place(105 * S, at(110)), Some(at(105)));
        assert_eq!(timeline.foreign(), None);
    }

    #[test]
    fn what_was_taken_before_a_suspend_is_not_too_old() {
        let timeline = Timeline::since(at(100));
        assert_eq!(timeline.place(101 * S, at(30_000)), Some(at(101)));
    }

    #[test]
    fn a_clock_of_its_own_is_followed_and_shared_with_the_neighbour() {
        let mut accelerometer = Timeline::since(at(100));
        accelerometer.look_at(3 * S, 96, at(101), None);
        assert_eq!(accelerometer.place(2 * S, at(101)), Some(at(100)));
        let mut gyroscope = Timeline::since(at(100));
        gyroscope.look_at(3 * S + 7, 96, at(101), accelerometer.foreign());
        assert_eq!(gyroscope.foreign(), accelerometer.foreign());
        // CLOCK_REALTIME, the kernel's default for time stamps, set back.
        accelerometer.look_at(S / 2, 96, at(102), None);
        assert_eq!(accelerometer.place(S / 2, at(102)), Some(at(102)));
    }

    proptest! {
        #[test]
        fn no_stamp_is_placed_where_it_cannot_be(stamps in prop::collection::vec(any::<i64>(), 1..99)) {
            let mut timeline = Timeline::since(at(100));
            for stamp in stamps {
                timeline.look_at(stamp, 16, at(110), None);
                if let Some(t) = timeline.place(stamp, at(110)) {
                    prop_assert!(t >= at(99) && t <= at(111));
                }
            }
        }
    }
}
