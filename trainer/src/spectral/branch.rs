//! The graph: log power in bands, its standard deviation within the window, and the
//! correlations of axes.

use std::f64::consts::TAU;

use burn::module::Module;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData, s};
use graspd::motion::{Channels, RATE_HZ};

use crate::arch::Served;

/// Frames of a segment, and from one to the next.
const SEGMENT: usize = 128;
const HOP: usize = 32;
/// Triangular bands, evenly spaced in log frequency between these (Hz).
const BANDS: usize = 14;
const LOWEST_HZ: f64 = 0.8;
const HIGHEST_HZ: f64 = 45.0;
/// Frequencies of a segment, 0 to half the rate.
const BINS: usize = SEGMENT / 2 + 1;
/// Power added before the logarithm, about the sensor's noise, (m/s²)² or (rad/s)².
const FLOOR: f64 = 1e-5;
/// Added to standard deviations, so that still axes do not divide by zero.
const STILL: f64 = 1e-3;

/// Length of an embedding.
pub fn columns(channels: Channels) -> usize {
    let axes = channels.count();
    2 * BANDS * axes + axes * (axes - 1) / 2
}

/// The branch, with the scaling of its output.
#[derive(Module, Debug)]
pub struct Spectral {
    /// Windowed cosines and sines: 2·bins × 1 × segment × 1.
    waves: Tensor<4>,
    /// Bands × bins × 1 × 1.
    bands: Tensor<4>,
    /// Selects the first, and the second, axis of each pair: pairs × 1 × 1 × axes.
    first: Tensor<4>,
    second: Tensor<4>,
    /// Mean and standard deviation of each output over the people it was made with.
    mean: Tensor<2>,
    deviation: Tensor<2>,
}

impl Spectral {
    /// The branch with unscaled output.
    pub fn new(channels: Channels, device: &Device) -> Self {
        let columns = columns(channels);
        Self::scaled(channels, &vec![0.0; columns], &vec![1.0; columns], device)
    }

    /// The branch with each output less its mean, divided by its standard deviation.
    pub fn scaled(channels: Channels, mean: &[f32], deviation: &[f32], device: &Device) -> Self {
        let row = |values: &[f32]| {
            Tensor::from_data(TensorData::new(values.to_vec(), [1, values.len()]), device)
        };
        let kernels = |values: Vec<f32>, shape: [usize; 4]| {
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let axes = channels.count();
        let [first, second] =
            pairs(axes).map(|picks| kernels(picks.concat(), [picks.len(), 1, 1, axes]));
        Self {
            waves: kernels(waves(), [2 * BINS, 1, SEGMENT, 1]),
            bands: kernels(bands(), [BANDS, BINS, 1, 1]),
            first,
            second,
            mean: row(mean),
            deviation: row(deviation),
        }
    }

    /// Power in bands of `batch × 1 × frames × axes`: batch × bands × segments × axes.
    fn power(&self, moved: Tensor<4>) -> Tensor<4> {
        let waves = convolve(moved, &self.waves, HOP);
        let cosines = waves.clone().slice(s![.., ..BINS, .., ..]);
        let sines = waves.slice(s![.., BINS.., .., ..]);
        let power = cosines.clone() * cosines + sines.clone() * sines;
        convolve(power, &self.bands, 1)
    }

    /// Fisher's z of the correlation of each pair of axes: batch × pairs × 1 × 1.
    fn together(&self, moved: Tensor<4>) -> Tensor<4> {
        let deviation = mean_over_time(moved.clone() * moved.clone()).sqrt() + STILL;
        let both = |values: Tensor<4>| {
            convolve(values.clone(), &self.first, 1) * convolve(values, &self.second, 1)
        };
        // Scaled down a little, so that no logarithm is of zero.
        let correlation = mean_over_time(both(moved)) / both(deviation) * 0.99;
        ((correlation.clone() + 1.0).log() - (correlation * -1.0 + 1.0).log()) * 0.5
    }
}

impl Served for Spectral {
    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        let [batch, frames, channels] = windows.dims();
        let windows = windows.reshape([batch, 1, frames, channels]);
        let moved = windows.clone() - mean_over_time(windows);
        let power = self.power(moved.clone());
        let level = (mean_over_time(power.clone()) + FLOOR).log();
        let log = (power + FLOOR).log();
        let apart = log.clone() - mean_over_time(log);
        let varies = mean_over_time(apart.clone() * apart).sqrt();
        let flat = |values: Tensor<4>| values.flatten::<2>(1, 3);
        let all = Tensor::cat(
            vec![flat(level), flat(varies), flat(self.together(moved))],
            1,
        );
        (all - self.mean.clone()) / self.deviation.clone()
    }
}

fn convolve(input: Tensor<4>, kernels: &Tensor<4>, hop: usize) -> Tensor<4> {
    let options = ConvOptions::new([hop, 1], [0, 0], [1, 1], 1);
    conv2d(input, kernels.clone(), None, options)
}

/// Mean over the third dimension; as a sum, because the exporter does not support mean.
fn mean_over_time(values: Tensor<4>) -> Tensor<4> {
    let count = values.dims()[2];
    values.sum_dim(2) / count as f32
}

/// Cosines, then sines, of each frequency under a Hann window, with zero mean and scaled so
/// that squares are power.
fn waves() -> Vec<f32> {
    let hann: Vec<f64> = (0..SEGMENT)
        .map(|t| 0.5 - 0.5 * (TAU * t as f64 / SEGMENT as f64).cos())
        .collect();
    let unit = hann.iter().map(|w| w * w).sum::<f64>().sqrt();
    let mut all = Vec::with_capacity(2 * BINS * SEGMENT);
    for wave in [f64::cos, f64::sin] {
        for bin in 0..BINS {
            let angle = |t: usize| TAU * ((bin * t) % SEGMENT) as f64 / SEGMENT as f64;
            let kernel: Vec<f64> = (0..SEGMENT)
                .map(|t| hann[t] * wave(angle(t)) / unit)
                .collect();
            let mean = kernel.iter().sum::<f64>() / SEGMENT as f64;
            all.extend(kernel.iter().map(|k| (k - mean) as f32));
        }
    }
    all
}

/// The weight of each frequency in each band; a band's weights sum to 1.
fn bands() -> Vec<f32> {
    let edge = |at: f64| LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ).powf(at / BANDS as f64);
    let hertz = |bin: usize| (bin as f64 * f64::from(RATE_HZ) / SEGMENT as f64).max(1e-3);
    let mut all = Vec::with_capacity(BANDS * BINS);
    for band in 0..BANDS {
        let at = band as f64;
        let (low, top, high) = (
            edge(at - 1.0).ln(),
            edge(at + 0.5).ln(),
            edge(at + 2.0).ln(),
        );
        let mut weights: Vec<f64> = (0..BINS)
            .map(|bin| {
                let f = hertz(bin).ln();
                ((f - low) / (top - low))
                    .min((high - f) / (high - top))
                    .max(0.0)
            })
            .collect();
        let sum: f64 = weights.iter().sum();
        if sum == 0.0 {
            let nearest = edge(at + 0.5) * SEGMENT as f64 / f64::from(RATE_HZ);
            weights[nearest.round() as usize] = 1.0;
        }
        let sum = weights.iter().sum::<f64>();
        all.extend(weights.iter().map(|w| (w / sum) as f32));
    }
    all
}

/// Picks the first, and the second, of each pair of so many axes.
fn pairs(axes: usize) -> [Vec<Vec<f32>>; 2] {
    let pick = |picked: usize| {
        (0..axes)
            .map(|at| f32::from(u8::from(at == picked)))
            .collect()
    };
    let all = (0..axes).flat_map(|i| (i + 1..axes).map(move |j| (i, j)));
    let (first, second) = all.map(|(i, j)| (pick(i), pick(j))).unzip();
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;
    use graspd::motion::CHANNELS;

    fn embed(frame: impl Fn(f64) -> [f32; CHANNELS]) -> Vec<f32> {
        embed_first(Channels::AccelerometerAndGyroscope, frame)
    }

    fn embed_first(channels: Channels, frame: impl Fn(f64) -> [f32; CHANNELS]) -> Vec<f32> {
        let axes = channels.count();
        let values: Vec<f32> = (0..500)
            .flat_map(|t| frame(t as f64 / 100.0).into_iter().take(axes))
            .collect();
        let device = Device::flex();
        let window = Tensor::from_data(TensorData::new(values, [1, 500, axes]), &device);
        let embedding = Spectral::new(channels, &device).embed(window);
        embedding.into_data().iter::<f32>().collect()
    }

    #[test]
    fn a_tone_is_in_its_band_and_axis_and_gravity_in_none() {
        // Centres of the bands are half a step above their edges.
        let ratio: f64 = HIGHEST_HZ / LOWEST_HZ;
        let hertz = LOWEST_HZ * ratio.powf(6.5 / BANDS as f64);
        let tone = |t: f64| (TAU * hertz * t).sin() as f32;
        let e = embed(|t| [0.3, 9.8, 0.1, 0.0, tone(t), 0.0]);
        let level = |band: usize, axis: usize| e[band * CHANNELS + axis];
        for band in 0..BANDS {
            assert!(level(band, 1) < -11.0, "gravity in band {band}");
        }
        let loudest = (0..BANDS).max_by(|a, b| level(*a, 4).total_cmp(&level(*b, 4)));
        assert_eq!(loudest, Some(6));
        assert!(level(6, 4) > 0.0);
        assert_eq!(e.len(), columns(Channels::AccelerometerAndGyroscope));
    }

    #[test]
    fn the_accelerometers_numbers_are_among_those_of_both_sensors() {
        let moving = |t: f64| {
            let wave = |hertz: f64| (TAU * hertz * t).sin() as f32;
            [
                wave(1.3),
                9.8 + wave(2.1),
                wave(1.3) + wave(7.0),
                0.3,
                wave(3.0),
                wave(2.1),
            ]
        };
        let (both, alone) = (embed(moving), embed_first(Channels::Accelerometer, moving));
        let levels = (0..2 * BANDS).flat_map(|row| (0..3).map(move |axis| row * CHANNELS + axis));
        // Of ax with ay and az, and of ay with az.
        let pairs = [0, 1, 5].map(|pair| 2 * BANDS * CHANNELS + pair);
        let picked: Vec<f32> = levels.chain(pairs).map(|at| both[at]).collect();
        assert_eq!(alone.len(), columns(Channels::Accelerometer));
        assert_eq!(alone.len(), picked.len());
        for (a, b) in alone.iter().zip(picked) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn axes_that_move_together_are_seen_to() {
        let e = embed(|t| {
            let v = (TAU * 2.0 * t).sin() as f32;
            [v, 2.0 * v, -v, 0.0, 0.0, 0.0]
        });
        let z = &e[2 * BANDS * CHANNELS..];
        // ax with ay, then ax with az.
        assert!(z[0] > 2.0 && z[1] < -2.0, "{z:?}");
        assert!(z[2].abs() < 1e-3);
    }
}
