//! The kernel's clocks as times of samples.

use rustix::time::{ClockId, clock_gettime};

use crate::motion::SampleTime;

/// Time since boot, suspend included (CLOCK_BOOTTIME).
pub(super) fn boottime() -> SampleTime {
    read(ClockId::Boottime)
}

/// Time since boot, suspend left out (CLOCK_MONOTONIC).
pub(super) fn monotonic() -> SampleTime {
    read(ClockId::Monotonic)
}

fn read(clock: ClockId) -> SampleTime {
    let now = clock_gettime(clock);
    SampleTime::from_nanos(now.tv_sec * 1_000_000_000 + now.tv_nsec)
}
