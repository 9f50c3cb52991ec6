//! From the time stamps of scans to time since boot.

use std::time::Duration;

use super::Hertz;
use super::stamp_unit::StampUnit;
use crate::motion::SampleTime;

/// How far a plausible time stamp may lie before the buffer was enabled, or after the
/// present time.
const SLACK: Duration = Duration::from_secs(1);
/// After this many scans in a row with implausible time stamps, the device is taken to
/// have a clock of its own.
const FOREIGN: usize = 32;

/// A clock of a device's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnClock {
    unit: StampUnit,
    /// Time since boot less the device's clock, in nanoseconds.
    offset: i128,
}

impl OwnClock {
    /// Time since boot, as the kernel stamps where it is asked to.
    const BOOTTIME: Self = Self {
        unit: StampUnit::Nanosecond,
        offset: 0,
    };

    /// One that shows `stamp` at `now`.
    fn that_shows(unit: StampUnit, stamp: i64, now: SampleTime) -> Self {
        Self {
            unit,
            offset: i128::from(now.nanos()) - unit.nanos(i128::from(stamp)),
        }
    }

    /// Whether it may be the same as `other`, which was read at another time.
    fn is_like(self, other: Self) -> bool {
        let apart = (self.offset - other.offset).unsigned_abs();
        self.unit == other.unit && apart <= SLACK.as_nanos()
    }

    fn place(self, stamp: i64) -> Option<SampleTime> {
        let t = self.unit.nanos(i128::from(stamp)) + self.offset;
        i64::try_from(t).ok().map(SampleTime::from_nanos)
    }
}

/// The stamps of the scans of one read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batch {
    /// The first of them that is not 0, as that of a device which has just started.
    pub oldest: i64,
    pub newest: i64,
    pub scans: usize,
}

/// Scans with implausible stamps, in a row.
#[derive(Debug, Clone, Copy)]
struct Misfits {
    oldest: i64,
    scans: usize,
}

/// Converts one device's time stamps to time since boot.
///
/// Kernels that are asked for boottime stamp with that. Sensor hubs may stamp with
/// a clock of their own; it is recognised by [`FOREIGN`] implausible stamps in a row that
/// advance by a known unit, and from then on its stamps are converted by a constant offset.
pub(super) struct Timeline {
    enabled: SampleTime,
    rate: Hertz,
    foreign: Option<OwnClock>,
    misfits: Option<Misfits>,
}

impl Timeline {
    /// For a buffer enabled at `enabled`, with scans at about `rate`: none in it is older.
    pub(super) fn since(enabled: SampleTime, rate: Hertz) -> Self {
        Self {
            enabled,
            rate,
            foreign: None,
            misfits: None,
        }
    }

    /// The clock of the device's own; `None` if it stamps with time since boot.
    pub(super) fn foreign(&self) -> Option<OwnClock> {
        self.foreign
    }

    /// Examines a batch read at `now`, before any of it is placed, and finds the device's own
    /// clock. Two devices of one hub share it: `neighbour`'s is used where it is within a
    /// second, so that both sensors stay aligned.
    pub(super) fn look_at(&mut self, batch: Batch, now: SampleTime, neighbour: Option<OwnClock>) {
        let Batch { newest, scans, .. } = batch;
        if newest <= 0 {
            return;
        }
        if self.place(newest, now).is_some() {
            self.misfits = None;
            return;
        }
        let misfits = self.misfits.get_or_insert(Misfits {
            oldest: batch.oldest,
            scans: 0,
        });
        misfits.scans += scans;
        let Misfits { oldest, scans } = *misfits;
        if scans < FOREIGN {
            return;
        }
        self.misfits = None;
        let advanced = i128::from(newest) - i128::from(oldest);
        // Else it stands still, was set meanwhile, or counts what nobody knows: the next tell.
        let Some(unit) = StampUnit::of(advanced, self.rate.time_of(scans - 1)) else {
            return;
        };
        let own = OwnClock::that_shows(unit, newest, now);
        let shared = neighbour.filter(|its| its.is_like(own));
        self.foreign = Some(shared.unwrap_or(own));
        tracing::info!(?unit, "the sensor's time stamps are on a clock of its own");
    }

    /// When a scan read at `now` was taken; `None` if its stamp is 0 or implausible:
    /// before the buffer was enabled or in the future, by more than [`SLACK`].
    pub(super) fn place(&self, stamp: i64, now: SampleTime) -> Option<SampleTime> {
        let t = self.foreign.unwrap_or(OwnClock::BOOTTIME).place(stamp)?;
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

    fn timeline() -> Timeline {
        Timeline::since(at(100), Hertz(100.0))
    }

    /// One scan.
    fn one(stamp: i64) -> Batch {
        Batch {
            oldest: stamp,
            newest: stamp,
            scans: 1,
        }
    }

    /// As many scans as 100 Hz make in 0.96 s, of a clock that advances by `a_second`.
    fn hop(newest: i64, a_second: i64) -> Batch {
        Batch {
            oldest: newest - a_second * 95 / 100,
            newest,
            scans: 96,
        }
    }

    #[test]
    fn a_stamp_that_cannot_be_is_dropped_and_the_next_is_not() {
        let mut timeline = timeline();
        for stamp in [0, -5, 20 * S, 900 * S, i64::MAX, i64::MIN] {
            timeline.look_at(one(stamp), at(110), None);
            assert_eq!(timeline.place(stamp, at(110)), None, "{stamp}");
        }
        timeline.look_at(one(105 * S), at(110), None);
        assert_eq!(timeline.place(105 * S, at(110)), Some(at(105)));
        assert_eq!(timeline.foreign(), None);
    }

    #[test]
    fn what_was_taken_before_a_suspend_is_not_too_old() {
        assert_eq!(timeline().place(101 * S, at(30_000)), Some(at(101)));
    }

    #[test]
    fn a_clock_of_its_own_is_followed_and_shared_with_the_neighbour() {
        let mut accelerometer = timeline();
        accelerometer.look_at(hop(30 * S, S), at(101), None);
        assert_eq!(accelerometer.place(29 * S, at(101)), Some(at(100)));
        let mut gyroscope = timeline();
        gyroscope.look_at(hop(30 * S + 7, S), at(101), accelerometer.foreign());
        assert_eq!(gyroscope.foreign(), accelerometer.foreign());
        // CLOCK_REALTIME, the kernel's default for time stamps, set back.
        accelerometer.look_at(hop(S, S), at(102), None);
        assert_eq!(accelerometer.place(S, at(102)), Some(at(102)));
    }

    #[test]
    fn ticks_of_a_watchs_crystal_are_told_from_nanoseconds() {
        let mut timeline = timeline();
        timeline.look_at(hop(5 * 32_768, 32_768), at(101), None);
        assert_eq!(timeline.place(5 * 32_768, at(101)), Some(at(101)));
        assert_eq!(timeline.place(4 * 32_768, at(101)), Some(at(100)));
        // Ten scans a read.
        let mut slowly = self::timeline();
        for i in 1..=4 {
            assert_eq!(slowly.foreign(), None, "{i}");
            let newest = 5 * 32_768 + i * 3_277;
            let batch = Batch {
                oldest: newest - 2_949,
                newest,
                scans: 10,
            };
            slowly.look_at(batch, at(101), timeline.foreign());
        }
        assert_eq!(slowly.foreign(), timeline.foreign());
    }

    #[test]
    fn a_neighbours_clock_that_counts_otherwise_is_not_shared() {
        let mut accelerometer = timeline();
        accelerometer.look_at(hop(3 * S, S), at(101), None);
        let mut gyroscope = timeline();
        gyroscope.look_at(hop(98_304, 32_768), at(101), accelerometer.foreign());
        assert_ne!(gyroscope.foreign(), accelerometer.foreign());
    }

    /// Such as what a driver left in the buffer that it hands on.
    #[test]
    fn stamps_that_count_nothing_known_are_placed_nowhere() {
        for a_second in [0, 1_000, 1_000_000] {
            let mut timeline = timeline();
            for i in 0..9 {
                let batch = hop(7_000_000 + i * a_second, a_second);
                timeline.look_at(batch, at(101 + i), None);
                assert_eq!(timeline.place(batch.newest, at(101 + i)), None);
            }
        }
    }

    proptest! {
        #[test]
        fn no_stamp_is_placed_where_it_cannot_be(stamps in prop::collection::vec(any::<i64>(), 1..99)) {
            let mut timeline = timeline();
            for stamp in stamps {
                let batch = Batch { scans: 16, ..one(stamp) };
                timeline.look_at(batch, at(110), None);
                if let Some(t) = timeline.place(stamp, at(110)) {
                    prop_assert!(t >= at(99) && t <= at(111));
                }
            }
        }
    }
}
