//! Seeded random numbers, the same on every machine.

use std::ops::Range;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::box_muller::box_muller;

/// Purposes of random numbers. Each has a stream of its own, so that person 1, handset 1 and
/// session 1 are independent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Person,
    Handset,
    Script,
    Body,
    Sensing,
}

/// A stream of random numbers for one purpose.
pub(super) struct SeededRng(ChaCha8Rng);

impl SeededRng {
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

    /// Uniform in `range`.
    pub(super) fn within(&mut self, range: Range<f64>) -> f64 {
        range.start + (range.end - range.start) * self.unit()
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// 1 or −1, equally likely.
    pub(super) fn sign(&mut self) -> f64 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    /// Standard normal.
    pub(super) fn normal(&mut self) -> f64 {
        box_muller(1.0 - self.unit(), self.unit())
    }

    /// Exponentially distributed with this mean: the time to the next random event.
    pub(super) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
}
