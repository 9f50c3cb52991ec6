//! Whether a device lies still, so that nobody's motion is in a window.

use ndarray::{ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// What counts as lying still. Sensors' own noise is well below both figures,
/// and a hand above at least one: no window of HMOG's in-hand sessions that
/// tests/e2e/recorded.rs reads lies still.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestLimits {
    /// Largest standard deviation of an acceleration axis, m/s².
    pub accelerometer_m_s2: f32,
    /// Largest standard deviation of a rate-of-turn axis, rad/s.
    pub gyroscope_rad_s: f32,
}

impl Default for RestLimits {
    fn default() -> Self {
        Self {
            accelerometer_m_s2: 0.05,
            gyroscope_rad_s: 0.01,
        }
    }
}

impl RestLimits {
    /// Whether every axis of a frames × 6 window stays within the limits.
    pub fn at_rest(&self, window: ArrayView2<'_, f32>) -> bool {
        window
            .axis_iter(Axis(1))
            .enumerate()
            .all(|(channel, axis)| {
                let limit = if channel < 3 {
                    self.accelerometer_m_s2
                } else {
                    self.gyroscope_rad_s
                };
                axis.std(0.0) <= limit
            })
    }
}
