//! Control: simulated sensor errors, another handset for each session.
//!
//! In a data set where each person has one handset, a network may tell handsets apart
//! instead of people. With a random handset in each session it cannot.

use graspd::motion::{CHANNELS, Sample, Sensor};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::data::Windows;

/// Largest error of an accelerometer axis's scale.
const SCALE: f32 = 0.03;
/// Largest offset of a gyroscope axis, rad/s.
const GYROSCOPE_OFFSET: f32 = 0.03;

/// Scale and offset of each channel of one handset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handset {
    scale: [f32; CHANNELS],
    offset: [f32; CHANNELS],
}

impl Handset {
    /// Draws the handset of session number `session` of `person`: scale errors of up to
    /// ±3 % on accelerometer axes, offsets of up to ±0.03 rad/s on gyroscope axes.
    pub fn draw(seed: u64, person: &str, session: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // One stream a session, so that the draw does not depend on who else is tested.
        let name = person.bytes().fold(0u64, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        rng.set_stream(name.wrapping_mul(1009).wrapping_add(session as u64));
        let mut handset = Self {
            scale: [1.0; CHANNELS],
            offset: [0.0; CHANNELS],
        };
        for axis in 0..3 {
            handset.scale[axis] += rng.random_range(-SCALE..=SCALE);
            handset.offset[3 + axis] = rng.random_range(-GYROSCOPE_OFFSET..=GYROSCOPE_OFFSET);
        }
        handset
    }

    /// Applies the errors to a sample.
    pub fn distort(&self, sample: &mut Sample) {
        let first = match sample.sensor {
            Sensor::Accelerometer => 0,
            Sensor::Gyroscope => 3,
        };
        for (axis, value) in sample.xyz.iter_mut().enumerate() {
            *value = self.measured(first + axis, *value);
        }
    }

    /// Windows with the errors applied.
    pub fn record(&self, windows: &Windows, frames: usize) -> Windows {
        let mut recorded = Windows::new(frames);
        for window in windows.iter() {
            recorded.push(
                window
                    .iter()
                    .enumerate()
                    .map(|(at, value)| self.measured(at % CHANNELS, *value)),
            );
        }
        recorded
    }

    fn measured(&self, channel: usize, value: f32) -> f32 {
        value * self.scale[channel] + self.offset[channel]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_has_a_handset_of_its_own_and_the_seed_decides() {
        let draw = |seed, person, session| Handset::draw(seed, person, session);
        assert_eq!(draw(1, "a", 0), draw(1, "a", 0));
        assert_ne!(draw(1, "a", 0), draw(1, "a", 1));
        assert_ne!(draw(1, "a", 0), draw(1, "b", 0));
        assert_ne!(draw(1, "a", 0), draw(2, "a", 0));
    }

    #[test]
    fn accelerometers_are_scaled_and_gyroscopes_shifted() {
        let mut windows = Windows::new(1);
        windows.push([10.0, 10.0, 10.0, 0.0, 0.0, 0.0]);
        let recorded = Handset::draw(1, "a", 0).record(&windows, 1);
        let frame = recorded.iter().next().unwrap();
        for (channel, value) in frame.iter().enumerate() {
            let (from, most) = if channel < 3 {
                (10.0, 0.3)
            } else {
                (0.0, 0.03)
            };
            assert!(
                *value != from && (value - from).abs() <= most + 1e-5,
                "{channel}: {value}"
            );
        }
    }
}
