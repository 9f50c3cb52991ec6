//! Detects a device at rest, whose windows hold nobody's motion.

use ndarray::{ArrayView2, Axis};
use serde::{Deserialize, Serialize};

/// Limits below which a device is at rest. Sensor noise is well below both, motion in a
/// hand above at least one: no window of HMOG's in-hand sessions that
/// tests/e2e/recorded.rs reads is at rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestLimits {
    /// Largest standard deviation of an acceleration axis, m/s².
    pub accelerometer_m_s2: f32,
    /// Largest standard deviation of an angular-rate axis, rad/s.
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
