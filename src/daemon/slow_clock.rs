//! Whether the sensors' clock keeps up with the system's. Samples whose clock runs slow would
//! stretch every grace that is counted in it.

use std::time::Duration;

use crate::motion::SampleTime;

/// Time over which both clocks are compared. Hardware buffers hold back seconds.
const SPAN: Duration = Duration::from_secs(10);
/// A wait for the next sample that is longer is not compared: the system was suspended, or a
/// sensor that reports only changes had none, and its clock may have stood. Such a silence is
/// measured by the system's clock ([`silence`](super::silence)).
const APART: Duration = Duration::from_secs(15);
/// Ratio of sensor time to system time below which a clock counts as slow.
const SLOWEST: f64 = 0.5;
/// A step of the sensor's clock of more than this, and of more than twice the time that passed, is
/// not compared: it is a stray time stamp, which would hide that the others creep. Lost samples
/// leave a shorter step, of a batch at most.
const LONGEST_STEP: Duration = Duration::from_secs(5);
/// So many samples in a row that are older than the newest are a clock that was set back.
const SET_BACK: u32 = 50;

/// Compares the times of one sensor's samples with when they came.
#[derive(Debug, Default)]
pub(super) struct SlowClock {
    /// The newest sample's time, and how many since are older.
    newest: Option<SampleTime>,
    behind: u32,
    /// When the newest came; `None` after a pause.
    came: Option<Duration>,
    /// How far the newest sample's time is counted ahead of the one before.
    step: Duration,
    /// How far the sensors' clock and the system's went on in this comparison.
    sensors: Duration,
    system: Duration,
    /// Whether the last comparison found it slow.
    suspected: bool,
    slow: bool,
}

impl SlowClock {
    /// Takes a sample of time `t` that came at `now`, and returns whether the sensors' clock
    /// is too slow to be believed. A clock that runs fast only shortens what is counted in it.
    pub(super) fn is_slow(&mut self, t: SampleTime, now: Duration) -> bool {
        match self.newest {
            // Alignment judges what goes back; it is no time of the system's that is not counted.
            Some(newest) if t < newest => {
                self.behind += 1;
                if self.behind >= SET_BACK {
                    // It was a stray time, and no progress.
                    self.sensors = self.sensors.saturating_sub(self.step);
                    self.reach(t, now);
                }
            }
            newest => {
                let mut counted = Duration::ZERO;
                let passed = self.came.map(|came| now.saturating_sub(came));
                // What a sensor did in a pause is not known.
                if let Some(passed) = passed.filter(|passed| *passed <= APART) {
                    let step = newest.map_or(Duration::ZERO, |newest| t.since(newest));
                    self.system += passed;
                    if step <= LONGEST_STEP.max(2 * passed) {
                        self.sensors += step;
                        counted = step;
                    }
                }
                self.reach(t, now);
                self.step = counted;
            }
        }
        if self.system >= SPAN {
            let slow = self.sensors.as_secs_f64() < SLOWEST * self.system.as_secs_f64();
            // What was held back and comes all at once is counted in the next comparison.
            self.slow = slow && (self.suspected || self.slow);
            self.suspected = slow;
            (self.sensors, self.system) = Default::default();
        }
        self.slow
    }

    /// Time until the next sample does not count.
    pub(super) fn pause(&mut self) {
        self.came = None;
    }

    fn reach(&mut self, t: SampleTime, now: Duration) {
        self.newest = Some(t);
        self.came = Some(now);
        self.behind = 0;
        self.step = Duration::ZERO;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ns(seconds: f64) -> SampleTime {
        SampleTime::from_nanos((seconds * 1e9) as i64)
    }

    /// Batches of samples of 100 Hz, one each `every` seconds, for `seconds`, on a clock of this
    /// pace; whether it was slow at the end.
    fn run(clock: &mut SlowClock, from: f64, seconds: f64, every: f64, rate: f64) -> bool {
        let mut slow = false;
        let mut at = 0.0;
        while at < seconds {
            let samples = (every * 100.0).round();
            for sample in 1..=samples as u32 {
                let t = at + every * f64::from(sample) / samples;
                let now = Duration::from_secs_f64(from + at + every);
                slow = clock.is_slow(ns((from + t) * rate), now);
            }
            at += every;
        }
        slow
    }

    #[test]
    fn a_clock_that_creeps_is_found_and_believed_again_when_it_runs() {
        for every in [0.02, 0.96, 3.5, 5.0] {
            let mut clock = SlowClock::default();
            for (from, rate, slow) in [
                (0.0, 1.0, false),
                (100.0, 0.12, true),
                (200.0, 0.97, false),
                (300.0, 0.001, true),
                (400.0, 8.0, false),
            ] {
                assert_eq!(
                    run(&mut clock, from, 60.0, every, rate),
                    slow,
                    "{rate}, a batch each {every} s"
                );
            }
        }
    }

    #[test]
    fn a_stray_stamp_now_and_then_hides_no_clock_that_creeps() {
        for stray in [0.0, 1e6] {
            let mut clock = SlowClock::default();
            for second in 0..60 {
                let second = f64::from(second);
                run(&mut clock, 100.0 + second, 1.0, 0.02, 0.25);
                if second % 5.0 == 0.0 {
                    clock.is_slow(ns(stray), Duration::from_secs_f64(101.0 + second));
                }
            }
            assert!(clock.slow, "{stray}");
        }
    }

    #[test]
    fn a_stamp_a_little_ahead_now_and_then_hides_no_clock_that_creeps() {
        for ahead in [1.0, 4.9] {
            let mut clock = SlowClock::default();
            for second in 0..120 {
                let second = f64::from(second);
                run(&mut clock, 100.0 + second, 1.0, 0.01, 0.3);
                if second % 20.0 == 0.0 {
                    let t = 0.3 * (101.0 + second) + ahead;
                    clock.is_slow(ns(t), Duration::from_secs_f64(101.0 + second));
                }
                assert!(clock.slow || second < 45.0, "{ahead} s at {second} s");
            }
        }
    }

    #[test]
    fn what_was_held_back_and_comes_at_once_is_not_slow() {
        for held_back in [6.0, 8.0, 12.0] {
            let mut clock = SlowClock::default();
            run(&mut clock, 0.0, 2.0, 0.02, 1.0);
            assert!(!run(&mut clock, 2.0, held_back, held_back, 1.0));
            for second in 0..30 {
                let from = 2.0 + held_back + f64::from(second);
                assert!(
                    !run(&mut clock, from, 1.0, 0.02, 1.0),
                    "{held_back} {second}"
                );
            }
        }
    }

    #[test]
    fn stamps_that_go_back_between_others_hide_no_clock_that_creeps() {
        let mut clock = SlowClock::default();
        for tick in 0..3_000 {
            let now = Duration::from_millis(20 * tick);
            let t = 0.3 * now.as_secs_f64();
            clock.is_slow(ns(if tick % 2 == 0 { t } else { t - 5.0 }), now);
        }
        assert!(clock.slow);
    }

    #[test]
    fn what_comes_in_batches_or_after_a_pause_is_not_slow() {
        let mut clock = SlowClock::default();
        for second in (0..60).step_by(2) {
            for _ in 0..100 {
                let now = Duration::from_secs(second);
                assert!(!clock.is_slow(ns(second as f64), now), "at {second} s");
            }
        }
        // The system was suspended, or nothing moved, and the sensors' clock stood.
        assert!(!clock.is_slow(ns(60.0), Duration::from_secs(3600)));
        assert!(!clock.is_slow(ns(61.0), Duration::from_secs(3601)));
        clock.pause();
        for second in 0..20 {
            let now = Duration::from_secs(3613 + second);
            assert!(!clock.is_slow(ns(62.0 + second as f64), now));
        }
    }
}
