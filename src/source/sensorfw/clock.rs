//! From the service's time stamps to time since boot.

use std::time::Duration;

use crate::motion::SampleTime;
use crate::source::system_clock;

/// How far a stamp may lie from the time at which it came, beyond the hop that the service
/// gathers samples for.
const SLACK: Duration = Duration::from_secs(2);

/// The system's clocks at one instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    pub boottime: SampleTime,
    pub monotonic: SampleTime,
}

impl Clocks {
    pub(super) fn read() -> Self {
        Self {
            boottime: system_clock::boottime(),
            monotonic: system_clock::monotonic(),
        }
    }
}

/// Which clock stamps are of. Android's drivers stamp with time since boot, sensorfw's
/// other adaptors with a clock that stands still in sleep, and nothing says which is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Boottime,
    Monotonic,
    /// One of its own, so much behind the time since boot, in nanoseconds.
    Own(i128),
}

/// Converts stamps to time since boot. Both sensors of a service have one.
#[derive(Debug)]
pub(super) struct StampClock {
    kind: Option<Kind>,
    furthest: Duration,
}

impl StampClock {
    /// For a service that gathers samples for `hop`.
    pub(super) fn new(hop: Duration) -> Self {
        Self {
            kind: None,
            furthest: hop + SLACK,
        }
    }

    /// Examines the newest stamp of what came at `now`: chooses the clock that it is
    /// nearest to, and keeps that while its stamps are near.
    pub(super) fn look_at(&mut self, newest: i64, now: Clocks) {
        let near = |kind| {
            let away = self.away(kind, newest, now);
            (away <= self.furthest.as_nanos()).then_some(away)
        };
        if self.kind.and_then(near).is_some() {
            return;
        }
        let nearest = [Kind::Boottime, Kind::Monotonic]
            .into_iter()
            .filter_map(|kind| Some((near(kind)?, kind)))
            .min_by_key(|(away, _)| *away);
        let kind = nearest.map_or_else(
            || Kind::Own(i128::from(now.boottime.nanos()) - i128::from(newest)),
            |(_, kind)| kind,
        );
        tracing::info!(clock = ?kind, "the clock of sensorfw's time stamps");
        self.kind = Some(kind);
    }

    /// The time since boot at which `stamp` was made.
    pub(super) fn place(&self, stamp: i64, now: Clocks) -> SampleTime {
        let t = i128::from(stamp) + offset(self.kind.unwrap_or(Kind::Boottime), now);
        SampleTime::from_nanos(i64::try_from(t).unwrap_or(i64::MAX))
    }

    fn away(&self, kind: Kind, stamp: i64, now: Clocks) -> u128 {
        let t = i128::from(stamp) + offset(kind, now);
        (t - i128::from(now.boottime.nanos())).unsigned_abs()
    }
}

fn offset(kind: Kind, now: Clocks) -> i128 {
    match kind {
        Kind::Boottime => 0,
        Kind::Monotonic => i128::from(now.boottime.nanos()) - i128::from(now.monotonic.nanos()),
        Kind::Own(behind) => behind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    fn clocks(boottime: i64, monotonic: i64) -> Clocks {
        let [boottime, monotonic] = [boottime, monotonic].map(|s| SampleTime::from_nanos(s * S));
        Clocks {
            boottime,
            monotonic,
        }
    }

    fn placed(clock: &mut StampClock, stamp: i64, now: Clocks) -> i64 {
        clock.look_at(stamp * S, now);
        clock.place(stamp * S, now).nanos() / S
    }

    #[test]
    fn either_clock_of_the_system_is_known_by_its_stamps() {
        // Since boot the system has slept for an hour.
        let mut android = StampClock::new(Duration::from_secs(1));
        assert_eq!(placed(&mut android, 4_000, clocks(4_001, 401)), 4_000);
        let mut other = StampClock::new(Duration::from_secs(1));
        assert_eq!(placed(&mut other, 400, clocks(4_001, 401)), 4_000);
        // It sleeps again, for a minute.
        assert_eq!(placed(&mut other, 401, clocks(4_062, 402)), 4_061);
    }

    #[test]
    fn what_was_mistaken_before_the_first_sleep_is_corrected_after_it() {
        let mut clock = StampClock::new(Duration::from_secs(1));
        assert_eq!(placed(&mut clock, 400, clocks(401, 401)), 400);
        assert_eq!(placed(&mut clock, 402, clocks(4_003, 403)), 4_002);
        assert_eq!(placed(&mut clock, 4_005, clocks(4_006, 406)), 4_005);
    }

    #[test]
    fn a_clock_of_its_own_runs_on_from_when_it_is_first_seen() {
        let mut clock = StampClock::new(Duration::from_secs(1));
        assert_eq!(placed(&mut clock, 7, clocks(1_000, 900)), 1_000);
        assert_eq!(placed(&mut clock, 8, clocks(1_001, 901)), 1_001);
        for stamp in [i64::MIN, i64::MAX] {
            clock.look_at(stamp, clocks(1_002, 902));
            let _ = clock.place(stamp, clocks(1_002, 902));
        }
    }
}
