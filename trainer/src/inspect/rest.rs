//! Sensor values at rest: the quietest twentieth of the seconds.

use graspd::motion::CHANNELS;
use graspd::motion::rest::RestLimits;
use graspd::owner::score::median;
use ndarray::{ArrayView2, Axis};
use serde::Serialize;

/// One in this many seconds is used, the quietest.
const ONE_IN: usize = 20;

/// Sensor values over the quietest twentieth of some seconds.
///
/// At rest a gyroscope measures its offset, and an accelerometer gravity with its own scale
/// error and offset: properties of the handset, not of the person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rest {
    /// Number of seconds used.
    pub seconds: usize,
    /// Number of seconds, of all, that the daemon takes for a device lying still.
    pub still: usize,
    /// Median of |a|, m/s².
    pub acceleration: f64,
    /// Median angular rate of each axis, rad/s.
    pub gyroscope_offset: [f64; 3],
}

impl Rest {
    /// Of `seconds`, which are sorted, quietest first. `None` without any.
    pub(super) fn of(seconds: &mut [Second]) -> Option<Self> {
        seconds.sort_by(|a, b| a.unrest.total_cmp(&b.unrest));
        let quiet = &seconds[..seconds.len().div_ceil(ONE_IN)];
        let median_of = |value: &dyn Fn(&Second) -> f64| {
            median(&mut quiet.iter().map(value).collect::<Vec<_>>())
        };
        let axis = |k: usize| median_of(&|second| second.turn[k]);
        Some(Self {
            seconds: quiet.len(),
            still: seconds.partition_point(|second| second.unrest <= 1.0),
            acceleration: median_of(&|second| second.acceleration)?,
            gyroscope_offset: [axis(0)?, axis(1)?, axis(2)?],
        })
    }
}

/// Statistics of one second without a gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Second {
    /// Largest standard deviation of a channel, relative to the daemon's limit for rest.
    unrest: f64,
    /// Mean |a|, m/s².
    acceleration: f64,
    /// Mean angular rate, rad/s.
    turn: [f64; 3],
}

impl Second {
    /// Of a matrix of frames × 6.
    pub(super) fn of(frames: ArrayView2<'_, f32>) -> Self {
        let limits = RestLimits::default();
        let frames = frames.mapv(f64::from);
        let mean = |channel: usize| frames.column(channel).mean().unwrap_or(f64::NAN);
        let unrest = |channel: usize| {
            let limit = if channel < 3 {
                limits.accelerometer_m_s2
            } else {
                limits.gyroscope_rad_s
            };
            frames.column(channel).std(0.0) / f64::from(limit)
        };
        let size = |[x, y, z]: [f64; 3]| (x * x + y * y + z * z).sqrt();
        let sizes = frames.axis_iter(Axis(0)).map(|f| size([f[0], f[1], f[2]]));
        Self {
            unrest: (0..CHANNELS).map(unrest).fold(0.0, f64::max),
            acceleration: sizes.sum::<f64>() / frames.nrows().max(1) as f64,
            turn: [mean(3), mean(4), mean(5)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// A second that swings by `swing` about |a| = `level` and a turn of `turn`.
    fn second(swing: f32, level: f32, turn: f32) -> Second {
        let value = |(frame, channel)| {
            let sign = if frame % 2 == 0 { 1.0 } else { -1.0 };
            match channel {
                2 => level + sign * swing,
                4 => turn + sign * swing,
                _ => 0.0,
            }
        };
        Second::of(Array2::from_shape_fn((100, CHANNELS), value).view())
    }

    #[test]
    fn rest_is_the_quietest_twentieth() {
        let mut seconds: Vec<_> = (0..38).map(|_| second(2.0, 11.0, 0.5)).collect();
        seconds.push(second(0.001, 9.7, 0.02));
        seconds.push(second(0.1, 9.9, 0.04));
        let rest = Rest::of(&mut seconds).unwrap();
        assert_eq!((rest.seconds, rest.still), (2, 1));
        assert!((rest.acceleration - 9.8).abs() < 1e-5, "{rest:?}");
        assert!((rest.gyroscope_offset[1] - 0.03).abs() < 1e-6, "{rest:?}");
        assert_eq!(rest.gyroscope_offset[0], 0.0);
    }

    #[test]
    fn nothing_has_no_rest() {
        assert_eq!(Rest::of(&mut []), None);
    }
}
