//! Anti-aliasing low-pass for decimation: a Hann-windowed sinc evaluated at the samples'
//! own times, so that irregular sampling needs no intermediate grid.
//!
//! The kernel is symmetric: no phase shift, at the price of [`REACH`] of delay.
//! Cut-off 40 Hz, flat to 25 Hz, more than 40 dB down from 60 Hz, so that what
//! would alias below 40 Hz at 100 Hz is suppressed (windows: Harris 1978). Each sample
//! is weighted by the length of time that it represents.

use std::f64::consts::PI;
use std::time::Duration;

/// Half the kernel's length, and the delay of the filter.
pub(super) const REACH: Duration = Duration::from_millis(80);

const CUTOFF_HZ: f64 = 40.0;

/// The kernel `dt` seconds from its centre, not normalised.
fn kernel(dt: f64) -> f64 {
    let reach = REACH.as_secs_f64();
    if dt.abs() >= reach {
        return 0.0;
    }
    let x = 2.0 * CUTOFF_HZ * dt;
    let sinc = if x.abs() < 1e-9 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    };
    sinc * (0.5 + 0.5 * (PI * dt / reach).cos())
}

/// The filtered value at time zero of `samples`: their times in seconds
/// relative to it, ascending, and their values. `None` where the samples do
/// not surround it.
pub(super) fn filtered(samples: impl Iterator<Item = (f64, [f32; 3])> + Clone) -> Option<[f32; 3]> {
    let mut sum = [0.0f64; 3];
    let mut weight = 0.0;
    let before = samples.clone();
    let here = samples.clone().skip(1);
    let after = samples.skip(2);
    for (((t0, _), (t, xyz)), (t2, _)) in before.zip(here).zip(after) {
        let w = kernel(t) * (t2 - t0);
        weight += w;
        for (s, v) in sum.iter_mut().zip(xyz) {
            *s += w * f64::from(v);
        }
    }
    (weight > 0.0).then(|| sum.map(|s| (s / weight) as f32))
}
