//! Fisher's z of the correlation of each pair of axes over a window.

use super::{FRAMES, pairs};
use crate::motion::CHANNELS;

/// Added to standard deviations, so that still axes do not divide by zero.
const STILL: f64 = 1e-3;
/// Correlations are scaled down a little, so that no logarithm is of zero.
const BELOW_ONE: f64 = 0.99;
/// Partial sums kept side by side, so that the compiler may use vector registers.
const LANES: usize = 16;
/// Frames, filled up with zeros.
const PADDED: usize = FRAMES.next_multiple_of(LANES);

/// Writes Fisher's z of the correlation of each pair of axes of a window of frames × 6.
#[inline(always)]
pub(super) fn of_pairs(window: &[f32], together: &mut [f32]) {
    let axes = centred(window);
    let covariance = |i: usize, j: usize| dot(&axes[i], &axes[j]) / FRAMES as f64;
    let deviations: [f64; CHANNELS] = std::array::from_fn(|i| covariance(i, i).sqrt() + STILL);
    for (pair, [i, j]) in together.iter_mut().zip(pairs(CHANNELS)) {
        let correlation = covariance(i, j) / (deviations[i] * deviations[j]) * BELOW_ONE;
        *pair = correlation.atanh() as f32;
    }
}

/// Axis by axis, each less its mean.
#[inline(always)]
fn centred(window: &[f32]) -> [[f32; PADDED]; CHANNELS] {
    let (frames, _) = window.as_chunks::<CHANNELS>();
    let mean = mean(window);
    let mut axes = [[0.0; PADDED]; CHANNELS];
    for (at, frame) in frames.iter().enumerate().take(PADDED) {
        for (axis, values) in axes.iter_mut().enumerate() {
            values[at] = frame[axis] - mean[axis];
        }
    }
    axes
}

/// The mean of each axis. Its rounding to f32 changes a covariance by its square only.
#[inline(always)]
fn mean(window: &[f32]) -> [f32; CHANNELS] {
    // Two frames side by side, because each addition waits for the one before.
    let (twos, odd) = window.as_chunks::<{ 2 * CHANNELS }>();
    let mut sums = [0.0; 2 * CHANNELS];
    for two in twos {
        for (sum, &value) in sums.iter_mut().zip(two) {
            *sum += f64::from(value);
        }
    }
    for (sum, &value) in sums.iter_mut().zip(odd) {
        *sum += f64::from(value);
    }
    let count = (window.len() / CHANNELS) as f64;
    std::array::from_fn(|axis| ((sums[axis] + sums[axis + CHANNELS]) / count) as f32)
}

#[inline(always)]
fn dot(a: &[f32; PADDED], b: &[f32; PADDED]) -> f64 {
    let mut lanes = [0.0f32; LANES];
    for (a, b) in a
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(b.as_chunks::<LANES>().0)
    {
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane += a[i] * b[i];
        }
    }
    lanes.iter().map(|&lane| f64::from(lane)).sum()
}
