//! Fourier's transform of a segment, all six axes at once.

use std::f64::consts::TAU;

use super::column::SEGMENT;
use crate::motion::CHANNELS;

/// Frequencies of a segment, from 0 to half the rate.
pub(super) const BINS: usize = SEGMENT / 2 + 1;
/// Axes of a sensor, filled up to what vector registers hold.
const LANES: usize = 4;

/// One complex number for each axis: acceleration is the real part and angular rate the
/// imaginary one, so that one transform serves both.
#[derive(Debug, Clone, Copy, Default)]
struct Point {
    re: [f64; LANES],
    im: [f64; LANES],
}

/// The transform, with its tables and its working space.
pub(super) struct Fourier {
    /// A Hann window, scaled so that squares of the transform are power.
    taper: [f64; SEGMENT],
    /// e^(−2πi·k/128): cosine and sine.
    twiddles: [(f64, f64); SEGMENT / 2],
    points: [Point; SEGMENT],
}

impl Default for Fourier {
    fn default() -> Self {
        let angle = |at: usize| TAU * at as f64 / SEGMENT as f64;
        let hann: [f64; SEGMENT] = std::array::from_fn(|at| 0.5 - 0.5 * angle(at).cos());
        let unit = hann.iter().map(|h| h * h).sum::<f64>().sqrt();
        Self {
            taper: hann.map(|h| h / unit),
            twiddles: std::array::from_fn(|at| (angle(at).cos(), -angle(at).sin())),
            points: [Point::default(); SEGMENT],
        }
    }
}

impl Fourier {
    /// Power of each axis at each frequency of a segment (frames × 6), less its mean.
    #[inline(always)]
    pub(super) fn power(&mut self, segment: &[f32]) -> [[f64; CHANNELS]; BINS] {
        self.lay_out(segment);
        self.transform();
        let mut power = [[0.0; CHANNELS]; BINS];
        for (bin, power) in power.iter_mut().enumerate() {
            let (here, mirrored) = (self.points[bin], self.points[(SEGMENT - bin) % SEGMENT]);
            let (acceleration, rate) = power.split_at_mut(CHANNELS / 2);
            // A real signal's transform is symmetric, so that the two parts come apart.
            for (axis, power) in acceleration.iter_mut().enumerate() {
                let re = here.re[axis] + mirrored.re[axis];
                let im = here.im[axis] - mirrored.im[axis];
                *power = 0.25 * (re * re + im * im);
            }
            for (axis, power) in rate.iter_mut().enumerate() {
                let re = here.im[axis] + mirrored.im[axis];
                let im = mirrored.re[axis] - here.re[axis];
                *power = 0.25 * (re * re + im * im);
            }
        }
        power
    }

    /// Centres and tapers the frames, in the order of reversed bits.
    #[inline(always)]
    fn lay_out(&mut self, segment: &[f32]) {
        let (frames, _) = segment.as_chunks::<CHANNELS>();
        let mut mean = [0.0; CHANNELS];
        for frame in frames {
            for (mean, &value) in mean.iter_mut().zip(frame) {
                *mean += f64::from(value);
            }
        }
        let mean = mean.map(|sum| sum / SEGMENT as f64);
        for (at, (frame, taper)) in frames.iter().zip(self.taper).enumerate() {
            let value = |axis: usize| (f64::from(frame[axis]) - mean[axis]) * taper;
            let reversed = at.reverse_bits() >> (usize::BITS - SEGMENT.ilog2());
            self.points[reversed] = Point {
                re: [value(0), value(1), value(2), 0.0],
                im: [value(3), value(4), value(5), 0.0],
            };
        }
    }

    /// Cooley and Tukey's transform, radix 2, in place.
    #[inline(always)]
    fn transform(&mut self) {
        let mut half = 1;
        while half < SEGMENT {
            let stride = SEGMENT / 2 / half;
            for block in self.points.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                let twiddles = self.twiddles.iter().step_by(stride);
                for ((low, high), &twiddle) in low.iter_mut().zip(high).zip(twiddles) {
                    butterfly(low, high, twiddle);
                }
            }
            half *= 2;
        }
    }
}

#[inline(always)]
fn butterfly(low: &mut Point, high: &mut Point, (cosine, sine): (f64, f64)) {
    let (a, b) = (*low, *high);
    for axis in 0..LANES {
        let re = b.re[axis] * cosine - b.im[axis] * sine;
        let im = b.re[axis] * sine + b.im[axis] * cosine;
        low.re[axis] = a.re[axis] + re;
        low.im[axis] = a.im[axis] + im;
        high.re[axis] = a.re[axis] - re;
        high.im[axis] = a.im[axis] - im;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_power_of_the_sums_written_out() {
        let segment: Vec<f32> = (0..SEGMENT * CHANNELS)
            .map(|at| 9.81 + ((at * at) as f32 * 0.37).sin() * (at % CHANNELS) as f32)
            .collect();
        let mut fourier = Fourier::default();
        let power = fourier.power(&segment);
        for axis in 0..CHANNELS {
            let values: Vec<f64> = (0..SEGMENT)
                .map(|at| f64::from(segment[at * CHANNELS + axis]))
                .collect();
            let mean = values.iter().sum::<f64>() / SEGMENT as f64;
            for (bin, power) in power.iter().enumerate() {
                let sum = |wave: fn(f64) -> f64| -> f64 {
                    let term = |at: usize| {
                        let angle = TAU * ((bin * at) % SEGMENT) as f64 / SEGMENT as f64;
                        (values[at] - mean) * fourier.taper[at] * wave(angle)
                    };
                    (0..SEGMENT).map(term).sum()
                };
                let expected = sum(f64::cos).powi(2) + sum(f64::sin).powi(2);
                let found = power[axis];
                assert!(
                    (found - expected).abs() < 1e-11 * (1.0 + expected),
                    "bin {bin}, axis {axis}: {found} {expected}"
                );
            }
        }
    }
}
