//! Detects a device at rest, whose windows hold nobody's motion.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::CHANNELS;
use crate::wide_registers::{Arithmetic, in_wide_registers};

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
        let limits = [self.accelerometer_m_s2, self.gyroscope_rad_s];
        variances(window)
            .iter()
            .enumerate()
            .all(|(channel, variance)| variance.sqrt() <= f64::from(limits[channel / 3]))
    }
}

/// The variance of each axis. Squares are of differences from the mean, so that gravity
/// cancels nothing.
fn variances(window: ArrayView2<'_, f32>) -> [f64; CHANNELS] {
    let window = window.as_standard_layout();
    let (frames, _) = window.as_slice().unwrap_or_default().as_chunks();
    in_wide_registers(Variances(frames))
}

struct Variances<'a>(&'a [[f32; CHANNELS]]);

impl Arithmetic for Variances<'_> {
    type Result = [f64; CHANNELS];

    #[inline(always)]
    fn compute(self) -> [f64; CHANNELS] {
        let count = self.0.len().max(1) as f64;
        let (mut means, mut squares) = ([0.0; CHANNELS], [0.0; CHANNELS]);
        for frame in self.0 {
            for (sum, &x) in means.iter_mut().zip(frame) {
                *sum += f64::from(x);
            }
        }
        for sum in &mut means {
            *sum /= count;
        }
        for frame in self.0 {
            for (sum, (&x, mean)) in squares.iter_mut().zip(frame.iter().zip(&means)) {
                let apart = f64::from(x) - mean;
                *sum += apart * apart;
            }
        }
        for sum in &mut squares {
            *sum /= count;
        }
        squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn the_axis_that_moves_more_than_its_sensors_noise_is_motion() {
        let limits = RestLimits::default();
        for (axis, limit) in [(1, limits.accelerometer_m_s2), (4, limits.gyroscope_rad_s)] {
            // A square wave's standard deviation is its amplitude.
            let still = |amplitude: f32| {
                let window = Array2::from_shape_fn((500, CHANNELS), |(at, channel)| {
                    let side = if at % 2 == 0 { amplitude } else { -amplitude };
                    9.81 + if channel == axis { side } else { 0.0 }
                });
                limits.at_rest(window.view()) && limits.at_rest(window.t().to_owned().t())
            };
            assert!(still(0.99 * limit) && !still(1.01 * limit), "axis {axis}");
        }
    }
}
