//! From the sensor core's ticks to time since boot.

use std::time::Duration;

use crate::motion::SampleTime;

/// The least difference between the clocks is of the present span of this length and of the one
/// before.
const SPAN: Duration = Duration::from_secs(30);
/// How far apart the differences of two messages may be if neither has a wrong tick, and how far
/// ahead of the present a sample may be.
const SLACK: Duration = Duration::from_secs(1);
/// After this many messages in a row that seem to come before their time, the difference in use
/// is taken to be wrong, and not their ticks.
const EARLY: u32 = 3;

/// Converts ticks of 19.2 MHz, which run on in sleep, to time since boot. A message is never
/// early, so the least difference between its arrival and its newest ticks is the nearest to
/// the difference between the clocks; that of the last half minute, as clocks drift.
///
/// The least would be that of a single wrong tick for as long. So a difference that is more than
/// [`SLACK`] from the present one counts only once others agree: [`EARLY`] in a row below it, or
/// half a minute of none but larger ones, as when ticks begin anew.
#[derive(Debug, Default)]
pub(super) struct TickClock {
    before: Option<i128>,
    now: Option<i128>,
    since: SampleTime,
    /// Whether two messages agreed. Of two that do not, neither is the wrong one yet.
    confirmed: bool,
    /// Messages in a row that seemed early.
    early: u32,
    /// Since when all have been late.
    late_since: Option<SampleTime>,
}

fn nanos(ticks: u64) -> i128 {
    // 1e9 / 19.2e6
    i128::from(ticks) * 625 / 12
}

impl TickClock {
    /// Notes that a message with these newest ticks came at `now`.
    pub(super) fn note(&mut self, ticks: u64, now: SampleTime) {
        let offset = i128::from(now.nanos()) - nanos(ticks);
        if !self.believes(offset, now) {
            return;
        }
        if self.now.is_none() || now.since(self.since) > SPAN {
            self.before = self.now.take();
            self.since = now;
        }
        self.now = Some(self.now.map_or(offset, |least| least.min(offset)));
    }

    /// Whether `offset` is to be taken; forgets the others where it is they that are wrong.
    fn believes(&mut self, offset: i128, now: SampleTime) -> bool {
        let Some(least) = self.least() else {
            return true;
        };
        if (offset - least).unsigned_abs() <= SLACK.as_nanos() {
            self.confirmed = true;
            (self.early, self.late_since) = (0, None);
            return true;
        }
        let others_agree = if offset < least {
            self.early += 1;
            self.early >= EARLY
        } else {
            self.early = 0;
            now.since(*self.late_since.get_or_insert(now)) > SPAN
        };
        if self.confirmed && !others_agree {
            return false;
        }
        *self = Self::default();
        true
    }

    fn least(&self) -> Option<i128> {
        match (self.before, self.now) {
            (Some(before), Some(now)) => Some(before.min(now)),
            (before, now) => now.or(before),
        }
    }

    /// The time since boot at these ticks of a message that came at `now`; `None` if that is in
    /// the future.
    pub(super) fn place(&self, ticks: u64, now: SampleTime) -> Option<SampleTime> {
        let t = nanos(ticks) + self.least()?;
        let t = i64::try_from(t).ok().map(SampleTime::from_nanos)?;
        (t <= now.after(SLACK)).then_some(t)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: i64 = 1_000_000;

    fn ms(ms: i64) -> SampleTime {
        SampleTime::from_nanos(ms * MS)
    }

    /// Ticks at this millisecond, of a core that began long before.
    fn ticks_at(ms: i64) -> u64 {
        1_000_000_000 + ms as u64 * 19_200
    }

    /// The ticks are noted and placed.
    fn take(clock: &mut TickClock, ticks: u64, now: SampleTime) -> Option<SampleTime> {
        clock.note(ticks, now);
        clock.place(ticks, now)
    }

    #[test]
    fn a_late_message_does_not_move_what_it_holds() {
        let mut clock = TickClock::default();
        // Messages of a second each, that come 3 ms late, or up to 40.
        for (second, late) in [(0, 3), (1, 40), (2, 3), (3, 17)] {
            let sent = second * 1_000;
            let placed = take(&mut clock, ticks_at(sent), ms(sent + late));
            assert_eq!(placed, Some(ms(sent + 3)));
        }
    }

    #[test]
    fn a_clock_that_drifts_is_followed_within_a_minute() {
        let mut clock = TickClock::default();
        // 50 millionths slow, for ten minutes.
        for second in 0..600_u64 {
            let ticks = second * (19_200_000 - 960);
            let now = ms(second as i64 * 1_000);
            let behind = now.nanos() - take(&mut clock, ticks, now).unwrap().nanos();
            assert!((0..4 * MS).contains(&behind), "{behind} ns at {second} s");
        }
    }

    #[test]
    fn no_ticks_overflow() {
        let mut clock = TickClock::default();
        for ticks in [0, u64::MAX] {
            let now = SampleTime::from_nanos(i64::MAX);
            clock.note(ticks, now);
            let _ = clock.place(u64::MAX - ticks, now);
        }
    }

    #[test]
    fn a_core_whose_ticks_begin_anew_is_followed_within_a_minute() {
        let mut clock = TickClock::default();
        for half in 0..200 {
            let since = if half < 100 { 0 } else { 50_000 };
            let placed = take(&mut clock, ticks_at(half * 500 - since), ms(half * 500));
            if !(100..165).contains(&half) {
                assert_eq!(placed, Some(ms(half * 500)));
            }
        }
    }

    #[test]
    fn messages_that_were_kept_back_move_nothing() {
        let mut clock = TickClock::default();
        for half in 0..200 {
            // All of a minute come at its end.
            let now = ms(if half < 80 {
                half * 500
            } else {
                (half * 500).max(100_000)
            });
            assert_eq!(
                take(&mut clock, ticks_at(half * 500), now),
                Some(ms(half * 500))
            );
        }
    }

    proptest! {
        /// Not even the others of its message, once two messages have agreed. Of the first two
        /// nobody knows which of them is wrong.
        #[test]
        fn a_wrong_tick_displaces_no_other_sample(
            late in prop::collection::vec(0_i64..900, 3..80),
            at: prop::sample::Index,
            ahead in 2 * 19_200_000..u64::MAX / 2,
        ) {
            let mut clock = TickClock::default();
            let at = at.index(late.len());
            for (i, late) in late.iter().enumerate() {
                let sent = i as i64 * 500;
                let (ticks, now) = (ticks_at(sent), ms(sent + late));
                clock.note(if i == at { ticks + ahead } else { ticks }, now);
                if i == at && at < 2 {
                    continue;
                }
                let t = clock.place(ticks, now);
                prop_assert!(t >= Some(ms(sent)) && t < Some(ms(sent + 900)), "{t:?} of {i}");
                prop_assert_eq!(clock.place(ticks + ahead, now), None);
            }
        }
    }
}
