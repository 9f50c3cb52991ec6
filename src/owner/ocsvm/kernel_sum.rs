//! The RBF kernel of an embedding with many others, which is most of what a score costs.

use super::Gamma;
use crate::owner::registers::LANES;
use crate::wide_registers::{Arithmetic, in_wide_registers};

/// Partial sums that go on with what is left over.
const REGISTER: usize = 4;
/// Rows whose distances are computed at once.
const ROWS: usize = 4;
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
    /// The xᵢ, one after another, each in as many registers as `x`.
    pub support: &'a [[f32; LANES]],
    /// Not empty.
    pub x: &'a [[f32; LANES]],
    /// The αᵢ.
    pub alphas: &'a [f64],
    /// Of the kernel.
    pub gamma: Gamma,
}

impl Arithmetic for KernelSum<'_> {
    type Result = f64;

    #[inline(always)]
    fn compute(self) -> f64 {
        let length = self.x.len().max(1);
        let (fours, rest) = self.alphas.as_chunks::<ROWS>();
        let mut blocks = self.support.chunks(ROWS * length);
        let mut sum = 0.0;
        for (alphas, block) in fours.iter().zip(blocks.by_ref()) {
            let squares = squared_distances::<ROWS>(block, self.x);
            for (alpha, square) in alphas.iter().zip(squares) {
                sum += alpha * rbf(self.gamma, square);
            }
        }
        let rows = blocks.flat_map(|block| block.chunks(length));
        for (alpha, row) in rest.iter().zip(rows) {
            let [square] = squared_distances::<1>(row, self.x);
            sum += alpha * rbf(self.gamma, square);
        }
        sum
    }
}

/// The squared distance of `x` from each of as many rows of its length. Several at once,
/// because each sum waits for its additions.
#[inline(always)]
fn squared_distances<const N: usize>(rows: &[[f32; LANES]], x: &[[f32; LANES]]) -> [f64; N] {
    let mut totals = [0.0; N];
    let length = rows.len() / N;
    for (part, x) in x.chunks(FOLD / LANES).enumerate() {
        let mut sums = [[0.0f32; LANES]; N];
        let mut parts: [&[[f32; LANES]]; N] = [&[]; N];
        for (number, row) in parts.iter_mut().enumerate() {
            *row = &rows[number * length..][part * (FOLD / LANES)..][..x.len()];
        }
        for (at, x) in x.iter().enumerate() {
            for (sums, row) in sums.iter_mut().zip(parts) {
                for (sum, (row, x)) in sums.iter_mut().zip(row[at].iter().zip(x)) {
                    *sum += (row - x) * (row - x);
                }
            }
        }
        for (total, lanes) in totals.iter_mut().zip(sums) {
            *total += summed(lanes);
        }
    }
    totals
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
            let mut lanes = [0.0f32; LANES];
            for (a, b) in a.iter().zip(b) {
                for (sum, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
                    *sum += (a - b) * (a - b);
                }
            }
            let (a, a_rest) = a_rest.as_chunks::<REGISTER>();
            let (b, b_rest) = b_rest.as_chunks::<REGISTER>();
            let (registers, _) = lanes.as_chunks_mut::<REGISTER>();
            for (sums, (a, b)) in registers.iter_mut().zip(a.iter().zip(b)) {
                for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                    *sum += (a - b) * (a - b);
                }
            }
            for (sum, (a, b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
                *sum += (a - b) * (a - b);
            }
            total += summed(lanes);
        }
        total
    }
}

/// The sum of partial sums, halved again and again, because a sum waits for each of its
/// additions.
#[inline(always)]
fn summed(lanes: [f32; LANES]) -> f64 {
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
    (four[0] + four[2]) + (four[1] + four[3])
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;
    use proptest::prelude::*;

    use super::*;
    use crate::owner::registers::in_registers;

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

        #[test]
        fn a_sum_is_of_all_rows_however_many_are_computed_at_once(
            (rows, length) in (1usize..12, 1usize..40),
            scale in 0.01f32..3.0,
        ) {
            let row = |number: usize| {
                let numbers = number * length..(number + 1) * length;
                Array1::from_iter(numbers.map(|at| scale * ((at * at) as f32 * 0.37).sin()))
            };
            let x = Array1::from_iter((0..length).map(|at| (at as f32 * 1.3).cos()));
            let alphas: Vec<f64> = (0..rows).map(|row| 0.1 + row as f64).collect();
            let gamma = Gamma::new(0.5).unwrap();
            let (mut support, mut expected) = (Vec::new(), 0.0);
            for (number, alpha) in alphas.iter().enumerate() {
                in_registers(row(number).view(), |row| support.extend_from_slice(row));
                let row = row(number).to_vec();
                expected += alpha * rbf(gamma, squared_distance(&row, &x.to_vec()));
            }
            let (support, alphas) = (&support[..], &alphas[..]);
            let sum = in_registers(x.view(), |x| {
                in_wide_registers(KernelSum { support, x, alphas, gamma })
            });
            prop_assert!((sum - expected).abs() <= 1e-6 * expected.abs().max(1e-9));
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
