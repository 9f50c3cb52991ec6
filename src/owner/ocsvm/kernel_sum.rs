//! The RBF kernel of an embedding with many others, which is most of what a score costs.

use super::Gamma;
use crate::wide_registers::{Arithmetic, in_wide_registers};

/// Partial sums kept side by side, so that the compiler may use vector registers, and how
/// many of them go on with what is left over.
const LANES: usize = 16;
const REGISTER: usize = 4;
/// Numbers after which the f32 partial sums are added to the f64 total.
const FOLD: usize = 32 * LANES;
/// exp of less is 0 in double precision.
const VANISHES: f64 = -745.2;

/// exp(−γ·d²).
#[inline(always)]
pub(super) fn rbf(gamma: Gamma, squared_distance: f64) -> f64 {
    let exponent = -gamma.get() * squared_distance;
    // Looked at first, because an underflow is slow to come by.
    if exponent < VANISHES {
        return 0.0;
    }
    exponent.exp()
}

/// ‖a − b‖², over the length of the shorter. Differences are squared, rather than dot
/// products subtracted, to avoid cancellation between close vectors: the relative error
/// stays near 1e-7 at any norm.
pub(super) fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    in_wide_registers(SquaredDistance(a, b))
}

/// Σ αᵢ·k(xᵢ, x).
pub(super) struct KernelSum<'a> {
    /// The xᵢ, one after another.
    pub support: &'a [f32],
    /// Of the length of an xᵢ.
    pub x: &'a [f32],
    /// The αᵢ.
    pub alphas: &'a [f64],
    /// Of the kernel.
    pub gamma: Gamma,
}

impl Arithmetic for KernelSum<'_> {
    type Result = f64;

    #[inline(always)]
    fn compute(self) -> f64 {
        let mut sum = 0.0;
        let rows = self.support.chunks_exact(self.x.len().max(1));
        for (row, alpha) in rows.zip(self.alphas) {
            sum += alpha * rbf(self.gamma, SquaredDistance(row, self.x).compute());
        }
        sum
    }
}

struct SquaredDistance<'a>(&'a [f32], &'a [f32]);

impl Arithmetic for SquaredDistance<'_> {
    type Result = f64;

    #[inline(always)]
    fn compute(self) -> f64 {
        let mut total = 0.0;
        for (a, b) in self.0.chunks(FOLD).zip(self.1.chunks(FOLD)) {
            let (a, a_rest) = a.as_chunks::<LANES>();
            let (b, b_rest) = b.as_chunks::<LANES>();
            let mut whole = [0.0f32; LANES];
            for (a, b) in a.iter().zip(b) {
                for (sum, (a, b)) in whole.iter_mut().zip(a.iter().zip(b)) {
                    *sum += (a - b) * (a - b);
                }
            }
            let (a, a_rest) = a_rest.as_chunks::<REGISTER>();
            let (b, b_rest) = b_rest.as_chunks::<REGISTER>();
            // A copy, so that those above stay in registers.
            let mut lanes = whole;
            let (registers, _) = lanes.as_chunks_mut::<REGISTER>();
            for (sums, (a, b)) in registers.iter_mut().zip(a.iter().zip(b)) {
                for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                    *sum += (a - b) * (a - b);
                }
            }
            for (sum, (a, b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
                *sum += (a - b) * (a - b);
            }
            // Halved again and again, because a sum waits for each of its additions.
            let mut eight = [0.0; LANES / 2];
            let (low, high) = lanes.split_at(LANES / 2);
            for (sum, (&low, &high)) in eight.iter_mut().zip(low.iter().zip(high)) {
                *sum = f64::from(low) + f64::from(high);
            }
            let mut four = [0.0; LANES / 4];
            let (low, high) = eight.split_at(LANES / 4);
            for (sum, (low, high)) in four.iter_mut().zip(low.iter().zip(high)) {
                *sum = low + high;
            }
            total += (four[0] + four[2]) + (four[1] + four[3]);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vectors() -> impl Strategy<Value = (Vec<f32>, Vec<f32>)> {
        let vector = |length| prop::collection::vec(-10f32..10.0, length);
        (1usize..1200).prop_flat_map(move |length| (vector(length), vector(length)))
    }

    proptest! {
        #[test]
        fn distances_keep_their_digits((a, b) in vectors()) {
            let naive: f64 = a.iter().zip(&b)
                .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
                .sum();
            prop_assert!((squared_distance(&a, &b) - naive).abs() <= 1e-6 * naive);
        }

        #[test]
        fn wide_registers_change_no_bit((a, b) in vectors()) {
            let narrow = SquaredDistance(&a, &b).compute();
            prop_assert_eq!(squared_distance(&a, &b).to_bits(), narrow.to_bits());
        }
    }

    #[test]
    fn a_kernel_that_vanishes_is_zero_as_its_exponential_is() {
        let gamma = Gamma::new(1.0).unwrap();
        for square in [
            0.0,
            1.0,
            700.0,
            745.0,
            745.1,
            -VANISHES,
            746.0,
            1e9,
            f64::INFINITY,
        ] {
            assert_eq!(rbf(gamma, square), (-square).exp());
        }
        assert!(rbf(gamma, f64::NAN).is_nan());
    }
}
