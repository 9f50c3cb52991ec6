//! Input normalisation: mean and standard deviation of each channel over the training
//! windows.

use graspd::motion::CHANNELS;

/// Mean and standard deviation of each channel, in its unit (m/s² or rad/s).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelScale {
    /// Means.
    pub mean: [f32; CHANNELS],
    /// Standard deviations, at least 1e-3.
    pub deviation: [f32; CHANNELS],
}

/// Least standard deviation, m/s² or rad/s: noise of a channel without motion is not
/// amplified further.
const LEAST_DEVIATION: f64 = 1e-3;

impl ChannelScale {
    /// Over all frames of the windows.
    pub fn of<'a>(windows: impl IntoIterator<Item = &'a [f32]>) -> Self {
        let mut sums = [[0.0f64; CHANNELS]; 2];
        let mut frames = 0.0f64;
        for window in windows {
            let (rows, _) = window.as_chunks::<CHANNELS>();
            for row in rows {
                frames += 1.0;
                for (channel, &value) in row.iter().enumerate() {
                    let value = f64::from(value);
                    sums[0][channel] += value;
                    sums[1][channel] += value * value;
                }
            }
        }
        let mean = sums[0].map(|sum| sum / frames.max(1.0));
        let deviation = |channel: usize| {
            let mean_square = sums[1][channel] / frames.max(1.0);
            let variance = mean_square - mean[channel] * mean[channel];
            variance.max(0.0).sqrt().max(LEAST_DEVIATION) as f32
        };
        Self {
            mean: mean.map(|mean| mean as f32),
            deviation: std::array::from_fn(deviation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_mean_and_deviation_of_each_channel() {
        let windows: [&[f32]; 2] = [
            &[1.0, 0.0, 5.0, 0.0, -1.0, 100.0],
            &[3.0, 0.0, 5.0, 4.0, 1.0, 300.0],
        ];
        let scale = ChannelScale::of(windows);
        assert_eq!(scale.mean, [2.0, 0.0, 5.0, 2.0, 0.0, 200.0]);
        assert_eq!(scale.deviation, [1.0, 1e-3, 1e-3, 2.0, 1.0, 100.0]);
    }
}
