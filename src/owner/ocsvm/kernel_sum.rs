//! The RBF kernel of an embedding with many others, which is most of what a score costs.

use super::Gamma;
use crate::wide_registers::{Arithmetic, in_wide_registers};

/// Partial sums kept side by side, so that the compiler may use vector registers, and how
/// many of them go on with what is left over.
const LANES: usize = 16;
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

struct SquaredDistance<'a>(&'a [f32], &'a [f32]);

impl Arithmetic for SquaredDistance<'_> {
    type Result = f64;

    #[inline(always)]
    fn compute(self) -> f64 {
        let length = self.0.len().min(self.1.len());
        let [square] = squared_distances::<1>(&self.0[..length], &self.1[..length]);
        square
    }
}

/// The squared distance of `x` from each of the rows of its length that `rows` holds. Several
/// at once, because each sum waits for its additions.
#[inline(always)]
fn squared_distances<const N: usize>(rows: &[f32], x: &[f32]) -> [f64; N] {
    let mut totals = [0.0; N];
    let mut from = 0;
    for x in x.chunks(FOLD) {
        let (whole, x_rest) = x.as_chunks::<LANES>();
        let mut sums = [[0.0f32; LANES]; N];
        let mut parts: [&[f32]; N] = [&[]; N];
        let mut rests = parts;
        let length = rows.len() / N;
        for (number, (part, rest)) in parts.iter_mut().zip(&mut rests).enumerate() {
            let row = &rows[number * length..][from..from + x.len()];
            (*part, *rest) = row.split_at(whole.len() * LANES);
        }
        for (at, x) in whole.iter().enumerate() {
            for (sums, part) in sums.iter_mut().zip(parts) {
                let row = &part[at * LANES..][..LANES];
                for (sum, (row, x)) in sums.iter_mut().zip(row.iter().zip(x)) {
                    *sum += (row - x) * (row - x);
                }
            }
        }
        for ((total, sums), rest) in totals.iter_mut().zip(sums).zip(rests) {
            *total += with_rest(sums, rest, x_rest);
        }
        from += x.len();
    }
    totals
}

/// The sum of `lanes` and of what is left of a row, fewer numbers than there are lanes.
#[inline(always)]
fn with_rest(mut lanes: [f32; LANES], row: &[f32], x: &[f32]) -> f64 {
    let (row, row_rest) = row.as_chunks::<REGISTER>();
    let (x, x_rest) = x.as_chunks::<REGISTER>();
    let (registers, _) = lanes.as_chunks_mut::<REGISTER>();
    for (sums, (row, x)) in registers.iter_mut().zip(row.iter().zip(x)) {
        for (sum, (row, x)) in sums.iter_mut().zip(row.iter().zip(x)) {
            *sum += (row - x) * (row - x);
        }
    }
    for (sum, (row, x)) in lanes.iter_mut().zip(row_rest.iter().zip(x_rest)) {
        *sum += (row - x) * (row - x);
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
    (four[0] + four[2]) + (four[1] + four[3])
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

        #[test]
        fn rows_are_summed_one_after_another_however_many_are_computed_at_once(
            (rows, length) in (1usize..12, 1usize..40),
            scale in 0.01f32..3.0,
        ) {
            let support: Vec<f32> = (0..rows * length)
                .map(|at| scale * ((at * at) as f32 * 0.37).sin())
                .collect();
            let x: Vec<f32> = (0..length).map(|at| (at as f32 * 1.3).cos()).collect();
            let alphas: Vec<f64> = (0..rows).map(|row| 0.1 + row as f64).collect();
            let gamma = Gamma::new(0.5).unwrap();
            let mut expected = 0.0;
            for (row, alpha) in support.chunks(length).zip(&alphas) {
                expected += alpha * rbf(gamma, squared_distance(row, &x));
            }
            let (support, x, alphas) = (&support[..], &x[..], &alphas[..]);
            let sum = in_wide_registers(KernelSum { support, x, alphas, gamma });
            prop_assert_eq!(sum.to_bits(), expected.to_bits());
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
