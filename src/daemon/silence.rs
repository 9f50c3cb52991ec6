//! How long a live source has given no frame and no window, as the system measures it.
//!
//! Samples carry their own times, and a faulty source's times may stand still, creep or
//! jump. These ages depend on the system's clock alone, so nothing that arrives can hold
//! them back except a frame that alignment accepted.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::decide::Silence;
use crate::motion::SampleTime;

/// The system's clocks at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Now {
    /// CLOCK_MONOTONIC: does not run while the system is suspended. Graces are measured
    /// by it. clock_gettime(2)
    pub monotonic: Duration,
    /// CLOCK_BOOTTIME: runs on while suspended, as most sensors' clocks do.
    pub boottime: Duration,
}

impl Now {
    /// Reads both clocks.
    pub(super) fn read() -> Self {
        let read = |id| {
            let t = clock_gettime(id);
            // Neither clock is ever negative.
            Duration::new(t.tv_sec.unsigned_abs(), t.tv_nsec as u32)
        };
        Self {
            monotonic: read(ClockId::Monotonic),
            boottime: read(ClockId::Boottime),
        }
    }
}

/// Counts the time since the newest frame and the newest window, while decisions are made.
#[derive(Debug)]
pub(super) struct SilenceClock {
    /// Time counted up to `running`.
    counted: Duration,
    /// CLOCK_MONOTONIC when counting last began; `None` in a pause.
    running: Option<Duration>,
    /// Counted time at the newest frame, or at the start.
    frame: Duration,
    /// Counted time at the newest window, or at the start.
    window: Duration,
    /// The newest accepted frame's time, or in a pause the newest sample's, and boottime
    /// when it came; before the first, boottime twice, which is the clock of most sensors.
    newest: (SampleTime, Duration),
}

impl SilenceClock {
    pub(super) fn start(now: Now) -> Self {
        let nanos = i64::try_from(now.boottime.as_nanos()).unwrap_or(i64::MAX);
        Self {
            counted: Duration::ZERO,
            running: Some(now.monotonic),
            frame: Duration::ZERO,
            window: Duration::ZERO,
            newest: (SampleTime::from_nanos(nanos), now.boottime),
        }
    }

    fn counted(&self, now: Now) -> Duration {
        let running = self
            .running
            .map(|since| now.monotonic.saturating_sub(since));
        self.counted + running.unwrap_or_default()
    }

    /// Stops counting: decisions are paused, so no grace may run out.
    pub(super) fn pause(&mut self, now: Now) {
        self.counted = self.counted(now);
        self.running = None;
    }

    /// Counts on from where [`SilenceClock::pause`] stopped.
    pub(super) fn resume(&mut self, now: Now) {
        self.running.get_or_insert(now.monotonic);
    }

    /// Sets both ages to zero, so both graces begin again.
    pub(super) fn restart(&mut self, now: Now) {
        let counted = self.counted(now);
        (self.frame, self.window) = (counted, counted);
    }

    /// Notes that the sensors' clock shows `t` now; the ages do not change.
    pub(super) fn set(&mut self, t: SampleTime, now: Now) {
        self.newest = (t, now.boottime);
    }

    /// Alignment accepted a frame of time `t`.
    pub(super) fn frame(&mut self, t: SampleTime, now: Now) {
        self.frame = self.counted(now);
        self.newest = (t, now.boottime);
    }

    /// A sample of time `t` was passed over in a pause.
    pub(super) fn passed_over(&mut self, t: SampleTime, now: Now) {
        self.newest = (t, now.boottime);
    }

    /// A window was completed.
    pub(super) fn window(&mut self, now: Now) {
        self.window = self.counted(now);
    }

    /// Counted time since the newest frame and since the newest window.
    pub(super) fn silence(&self, now: Now) -> Silence {
        let counted = self.counted(now);
        Silence {
            frame: counted.saturating_sub(self.frame),
            window: counted.saturating_sub(self.window),
        }
    }

    /// The sensors' clock now: the newest sample's time plus the boottime since it came.
    pub(super) fn sensor_time(&self, now: Now) -> SampleTime {
        let (t, at) = self.newest;
        t.after(now.boottime.saturating_sub(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Now {
        Now {
            monotonic: Duration::from_secs(seconds),
            boottime: Duration::from_secs(seconds),
        }
    }

    fn ages(clock: &SilenceClock, seconds: u64) -> (u64, u64) {
        let silence = clock.silence(at(seconds));
        (silence.frame.as_secs(), silence.window.as_secs())
    }

    #[test]
    fn ages_grow_unless_paused_and_only_what_was_accepted_ends_them() {
        let mut clock = SilenceClock::start(at(100));
        assert_eq!(ages(&clock, 107), (7, 7));
        clock.frame(SampleTime::from_nanos(5), at(110));
        assert_eq!(ages(&clock, 112), (2, 12));
        clock.pause(at(112));
        clock.pause(at(150));
        assert_eq!(ages(&clock, 500), (2, 12));
        clock.resume(at(500));
        clock.resume(at(501));
        assert_eq!(ages(&clock, 503), (5, 15));
        clock.window(at(503));
        assert_eq!(ages(&clock, 504), (6, 1));
        clock.restart(at(510));
        assert_eq!(ages(&clock, 511), (1, 1));
    }

    #[test]
    fn the_sensors_clock_is_that_of_the_newest_frame_and_runs_on_in_a_suspend() {
        let mut clock = SilenceClock::start(at(100));
        assert_eq!(clock.sensor_time(at(101)).nanos(), 101_000_000_000);
        clock.frame(SampleTime::from_nanos(7), at(110));
        let woken = Now {
            monotonic: Duration::from_secs(111),
            boottime: Duration::from_secs(3711),
        };
        assert_eq!(clock.sensor_time(woken).nanos(), 3_601_000_000_007);
        assert_eq!(clock.silence(woken).frame, Duration::from_secs(1));
    }
}
