//! Chance, from seeds: the same seeds give the same numbers on any machine.

use std::ops::Range;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What numbers are drawn for. Each has a stream of its own, so that person 1
/// has nothing in common with handset 1 or session 1.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Person,
    Handset,
    Script,
    Body,
    Sensing,
}

/// A stream of random numbers.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(purpose: Purpose, seeds: [u64; 2]) -> Self {
        let mut key = [0; 32];
        for (bytes, seed) in key.chunks_exact_mut(8).zip(seeds) {
            bytes.copy_from_slice(&seed.to_le_bytes());
        }
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(purpose as u64);
        Self(rng)
    }

    /// Uniform in [0, 1), in steps of 2⁻⁵³.
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn within(&mut self, range: Range<f64>) -> f64 {
        range.start + (range.end - range.start) * self.unit()
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub(super) fn sign(&mut self) -> f64 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    /// Of the standard normal distribution (Box & Muller 1958,
    /// <https://doi.org/10.1214/aoms/1177706645>).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// The time to the next of events that come at random, `mean` apart.
    pub(super) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
}
