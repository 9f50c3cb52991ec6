//! Windows as a cheaper sensor would have given them.

use graspd::motion::CHANNELS;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::box_muller::box_muller;
use crate::data::Windows;

/// Standard deviation of a cheap sensor's white noise: m/s² for the accelerometer, rad/s for
/// the gyroscope, at 100 Hz.
const CHEAP: [f64; CHANNELS] = [0.03, 0.03, 0.03, 0.003, 0.003, 0.003];
/// Levels drawn, as multiples of that: from a good sensor's to twice a cheap one's.
const LEAST: f64 = 0.1;
const MOST: f64 = 2.0;

/// The windows, of `frames` frames, each with white noise of a level of its own, drawn
/// evenly in its logarithm.
pub(super) fn add(windows: &Windows, frames: usize, rng: &mut ChaCha8Rng) -> Windows {
    let mut noisy = Windows::new(frames);
    for window in windows.iter() {
        let level = rng.random_range(LEAST.ln()..MOST.ln()).exp();
        noisy.push(window.iter().enumerate().map(|(at, value)| {
            let u = rng.random_range(f64::MIN_POSITIVE..1.0);
            let noise = level * CHEAP[at % CHANNELS] * box_muller(u, rng.random());
            value + noise as f32
        }));
    }
    noisy
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn noise_is_of_the_drawn_levels_and_the_seed_decides() {
        let mut still = Windows::new(500);
        for _ in 0..20 {
            still.push((0..500 * CHANNELS).map(|at| if at % CHANNELS == 2 { 9.8 } else { 0.0 }));
        }
        let draw = |seed| add(&still, 500, &mut ChaCha8Rng::seed_from_u64(seed));
        let values = |windows: &Windows| windows.iter().flatten().copied().collect::<Vec<f32>>();
        assert_eq!(values(&draw(1)), values(&draw(1)));
        assert_ne!(values(&draw(1)), values(&draw(2)));
        for window in draw(1).iter() {
            let spread = |channel: usize| {
                let all = || window.iter().skip(channel).step_by(CHANNELS);
                let mean = all().sum::<f32>() / 500.0;
                f64::from(all().map(|v| (v - mean).powi(2)).sum::<f32>() / 500.0).sqrt()
            };
            let (acceleration, rate) = (spread(2), spread(3));
            assert!((0.0025..0.07).contains(&acceleration), "{acceleration}");
            // One level for both sensors.
            assert!((acceleration / rate / 10.0 - 1.0).abs() < 0.2);
        }
    }
}
