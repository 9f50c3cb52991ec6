//! From the sensor core's ticks to time since boot.

use std::time::Duration;

use crate::motion::SampleTime;

/// The least delay is looked for over so long, and the one before.
const SPAN: Duration = Duration::from_secs(30);

/// Converts ticks of 19.2 MHz, which run on in sleep, to time since boot. A message is never
/// early, so the least difference between its arrival and its newest ticks is the nearest to
/// the difference between the clocks; that of the last half minute, as clocks drift.
#[derive(Debug, Default)]
pub(super) struct TickClock {
    before: Option<i128>,
    now: Option<i128>,
    since: SampleTime,
}

fn nanos(ticks: u64) -> i128 {
    // 1e9 / 19.2e6
    i128::from(ticks) * 625 / 12
}

impl TickClock {
    /// Notes that a message with these newest ticks came at `now`.
    pub(super) fn note(&mut self, ticks: u64, now: SampleTime) {
        if self.now.is_none() || now.since(self.since) > SPAN {
            self.before = self.now.take();
            self.since = now;
        }
        let offset = i128::from(now.nanos()) - nanos(ticks);
        self.now = Some(self.now.map_or(offset, |least| least.min(offset)));
    }

    /// The time since boot at these ticks.
    pub(super) fn place(&self, ticks: u64) -> SampleTime {
        let least = match (self.before, self.now) {
            (Some(before), Some(now)) => before.min(now),
            (before, now) => now.or(before).unwrap_or_default(),
        };
        let t = nanos(ticks) + least;
        SampleTime::from_nanos(i64::try_from(t).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn a_late_message_does_not_move_what_it_holds() {
        let mut clock = TickClock::default();
        // Messages of a second each, that come 3 ms late, or up to 40.
        for (second, late) in [(0, 3), (1, 40), (2, 3), (3, 17)] {
            let ticks = 1_000 + second * 19_200_000;
            let now = SampleTime::from_nanos((second as i64 * 1_000 + late) * MS);
            clock.note(ticks, now);
            let t = clock.place(ticks);
            assert_eq!(t.nanos(), (second as i64 * 1_000 + 3) * MS);
        }
    }

    #[test]
    fn a_clock_that_drifts_is_followed_within_a_minute() {
        let mut clock = TickClock::default();
        // 50 millionths slow, for ten minutes.
        for second in 0..600_u64 {
            let ticks = second * (19_200_000 - 960);
            clock.note(ticks, SampleTime::from_nanos(second as i64 * 1_000 * MS));
            let behind = second as i64 * 1_000 * MS - clock.place(ticks).nanos();
            assert!((0..4 * MS).contains(&behind), "{behind} ns at {second} s");
        }
    }

    #[test]
    fn no_ticks_overflow() {
        let mut clock = TickClock::default();
        for ticks in [0, u64::MAX] {
            clock.note(ticks, SampleTime::from_nanos(i64::MAX));
            let _ = clock.place(u64::MAX - ticks);
        }
    }
}
