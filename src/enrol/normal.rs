//! Normal random numbers for simulated sessions, with a fixed seed and so the same on
//! every device. Not for secrets.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) and the Box-Muller transform.
#[derive(Debug, Clone)]
pub(super) struct Normal(u64);

impl Normal {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A uniform number in (0, 1].
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// A normal number of mean 0 and variance 1.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_normal() {
        let mut draw = Normal::new(7);
        let values: Vec<f64> = (0..20_000).map(|_| draw.normal()).collect();
        let share =
            |least: f64| values.iter().filter(|v| **v > least).count() as f64 / values.len() as f64;
        for (least, expected) in [(-1.0, 0.8413), (0.0, 0.5), (1.0, 0.1587), (2.0, 0.0228)] {
            assert!((share(least) - expected).abs() < 0.012, "{least}");
        }
    }
}
