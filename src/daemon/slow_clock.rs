//! Whether the sensors' clock keeps up with the system's. Samples whose clock runs slow would
//! stretch every grace that is counted in it.

use std::time::Duration;

use crate::motion::SampleTime;

/// Time over which both clocks are compared. Hardware buffers hold back seconds.
const SPAN: Duration = Duration::from_secs(10);
/// A comparison begins anew after a pause of this length between samples.
const APART: Duration = Duration::from_secs(3);
/// Slower than this share of the system's clock no sensor's is, even a bad one.
const SLOWEST: f64 = 0.5;

/// Compares the times of one sensor's samples with when they came.
#[derive(Debug, Default)]
pub(super) struct SlowClock {
    /// The first sample of this comparison, and the newest: their times, and the system's.
    since: Option<(SampleTime, Duration)>,
    newest: Duration,
    slow: bool,
}

impl SlowClock {
    /// Takes a sample of time `t` that came at `now`, and returns whether the sensors' clock
    /// is too slow to be believed. A clock that runs fast only shortens what is counted in it.
    pub(super) fn is_slow(&mut self, t: SampleTime, now: Duration) -> bool {
        let apart = now.saturating_sub(self.newest) > APART;
        self.newest = now;
        let (first, began) = match self.since {
            Some(since) if !apart && t >= since.0 => since,
            _ => {
                self.since = Some((t, now));
                return self.slow;
            }
        };
        let elapsed = now.saturating_sub(began);
        if elapsed >= SPAN {
            self.slow = t.since(first).as_secs_f64() < SLOWEST * elapsed.as_secs_f64();
            self.since = Some((t, now));
        }
        self.slow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples each 20 ms for `seconds`, on a clock of this pace; whether it was slow at the
    /// end.
    fn run(clock: &mut SlowClock, from: u64, seconds: u64, rate: f64) -> bool {
        let mut slow = false;
        for tick in 0..seconds * 50 {
            let now = Duration::from_secs(from) + Duration::from_millis(20 * tick);
            let sensors = (now.as_nanos() as f64 * rate) as i64;
            slow = clock.is_slow(SampleTime::from_nanos(sensors), now);
        }
        slow
    }

    #[test]
    fn a_clock_that_creeps_is_found_and_believed_again_when_it_runs() {
        let mut clock = SlowClock::default();
        for (from, rate, slow) in [
            (0, 1.0, false),
            (100, 0.12, true),
            (200, 0.97, false),
            (300, 0.001, true),
            (400, 8.0, false),
        ] {
            assert_eq!(run(&mut clock, from, 60, rate), slow, "{rate}");
        }
    }

    #[test]
    fn what_comes_in_batches_or_after_a_pause_is_not_slow() {
        let mut clock = SlowClock::default();
        let ns = |seconds: u64| SampleTime::from_nanos(seconds as i64 * 1_000_000_000);
        for second in (0..60).step_by(2) {
            for _ in 0..100 {
                assert!(!clock.is_slow(ns(second), Duration::from_secs(second)));
            }
        }
        // The system was suspended, or nothing moved, and the sensors' clock stood.
        assert!(!clock.is_slow(ns(60), Duration::from_secs(3600)));
        assert!(!clock.is_slow(ns(61), Duration::from_secs(3601)));
    }
}
