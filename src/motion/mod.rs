//! Samples of the accelerometer and the gyroscope, their common 100 Hz grid, and the
//! windows made of it.
//!
//! Axes are Android's (x right, y up, z out of the screen, the device upright in its
//! natural orientation), accelerations are in m/s² *with* gravity, angular rates in
//! rad/s. Sources convert to these, so that no later stage depends on the source.
//! <https://developer.android.com/develop/sensors-and-location/sensors/sensors_overview#sensors-coords>

pub mod activity;
pub mod align;
mod channels;
pub mod framing;
pub mod rest;
pub mod window;

use std::fmt;
use std::time::Duration;

pub use channels::Channels;
use serde::{Deserialize, Serialize};

/// Spacing of the common time grid: 10 ms, that is 100 Hz.
pub const GRID: Duration = Duration::from_millis(10);
/// Frames per second on the grid.
pub const RATE_HZ: u32 = 100;
/// Channels of a frame, in this order: ax ay az (m/s²) gx gy gz (rad/s).
pub const CHANNELS: usize = 6;
/// Names of the channels, as a model bundle's manifest must spell them.
pub const CHANNEL_ORDER: [&str; CHANNELS] = ["ax", "ay", "az", "gx", "gy", "gz"];
/// Frames of a window: 5 s.
pub const WINDOW_FRAMES: usize = 500;
/// Frames from one window to the next: 0.96 s.
pub const DEFAULT_HOP: usize = 96;

/// The sensor a sample came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensor {
    /// Specific force, gravity included, in m/s².
    Accelerometer,
    /// Angular rate in rad/s.
    Gyroscope,
}

impl Sensor {
    /// Both sensors, in channel order.
    pub const ALL: [Sensor; 2] = [Sensor::Accelerometer, Sensor::Gyroscope];

    /// Position in [`Sensor::ALL`].
    pub const fn index(self) -> usize {
        match self {
            Sensor::Accelerometer => 0,
            Sensor::Gyroscope => 1,
        }
    }
}

impl fmt::Display for Sensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sensor::Accelerometer => "accelerometer",
            Sensor::Gyroscope => "gyroscope",
        })
    }
}

/// An instant on the sensors' own clock, in nanoseconds from that clock's zero.
///
/// The zero is arbitrary (boot, for most devices), so only differences and order are
/// meaningful.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct SampleTime(i64);

impl SampleTime {
    /// From nanoseconds of the sensor clock.
    pub const fn from_nanos(ns: i64) -> Self {
        Self(ns)
    }

    /// Nanoseconds of the sensor clock.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Time passed since `earlier`; zero where `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        if self.0 <= earlier.0 {
            return Duration::ZERO;
        }
        Duration::from_nanos(self.0.abs_diff(earlier.0))
    }

    /// The instant `span` later, saturating at the largest.
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(nanos(span)))
    }

    /// The instant `span` earlier, saturating at the smallest.
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(span)))
    }
}

fn nanos(span: Duration) -> i64 {
    let whole = i64::try_from(span.as_secs()).ok();
    let whole = whole.and_then(|seconds| seconds.checked_mul(1_000_000_000));
    let all = whole.and_then(|nanos| nanos.checked_add(i64::from(span.subsec_nanos())));
    all.unwrap_or(i64::MAX)
}

/// One reading of one sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The sensor.
    pub sensor: Sensor,
    /// Time on the sensor's clock.
    pub t: SampleTime,
    /// x y z, in m/s² for the accelerometer and rad/s for the gyroscope.
    pub xyz: [f32; 3],
}

/// A position on the 10 ms grid: the instant `index × 10 ms` of the sensor clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameIndex(i64);

const GRID_NS: i64 = GRID.as_nanos() as i64;

impl FrameIndex {
    /// The first grid point at or after `t`.
    pub const fn at_or_after(t: SampleTime) -> Self {
        let whole = t.0.div_euclid(GRID_NS);
        Self(if t.0.rem_euclid(GRID_NS) == 0 {
            whole
        } else {
            whole + 1
        })
    }

    /// The instant of this grid point.
    pub const fn time(self) -> SampleTime {
        SampleTime(self.0.saturating_mul(GRID_NS))
    }

    /// The next grid point.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Grid points from `earlier` to this one; `None` if that is no earlier one.
    pub fn frames_after(self, earlier: Self) -> Option<usize> {
        let frames = self.0.checked_sub(earlier.0).filter(|&frames| frames > 0)?;
        usize::try_from(frames).ok()
    }
}

/// The sensors at one grid point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// The grid point.
    pub index: FrameIndex,
    /// The six channels in [`CHANNEL_ORDER`]; zero where they are of no sensor that is aligned.
    pub channels: [f32; CHANNELS],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_points_round_up_on_both_sides_of_zero() {
        for (ns, expected) in [
            (0, 0),
            (1, 10_000_000),
            (10_000_000, 10_000_000),
            (-1, 0),
            (-10_000_001, -10_000_000),
        ] {
            let index = FrameIndex::at_or_after(SampleTime::from_nanos(ns));
            assert_eq!(index.time().nanos(), expected, "{ns} ns");
        }
    }

    #[test]
    fn spans_never_go_below_zero_or_overflow() {
        let first = SampleTime::from_nanos(i64::MIN);
        let last = SampleTime::from_nanos(i64::MAX);
        assert_eq!(first.since(last), Duration::ZERO);
        assert_eq!(last.since(first), Duration::from_nanos(u64::MAX));
        assert_eq!(last.after(Duration::MAX), last);
    }
}
