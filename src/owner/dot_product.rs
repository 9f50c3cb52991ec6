//! Dot products in double precision.

use crate::wide_registers::{Arithmetic, in_wide_registers};

/// Partial sums kept side by side: one sum alone waits for each addition.
const LANES: usize = 8;

/// Σ aᵢ·bᵢ over the length of the shorter.
pub(super) fn dot_product<A, B>(a: &[A], b: &[B]) -> f64
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    let length = a.len().min(b.len());
    let [product] = in_wide_registers(DotProducts {
        rows: [&a[..length]],
        with: &b[..length],
    });
    product
}

/// The dot product of each row with the same numbers. Several at once, because each sum waits
/// for its additions.
pub(super) struct DotProducts<'a, A, B, const N: usize> {
    /// Each as long as `with`.
    pub rows: [&'a [A]; N],
    /// What they are multiplied with.
    pub with: &'a [B],
}

impl<A, B, const N: usize> Arithmetic for DotProducts<'_, A, B, N>
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    type Result = [f64; N];

    #[inline(always)]
    fn compute(self) -> [f64; N] {
        let (whole, rest) = self.with.as_chunks::<LANES>();
        let mut sums = [[0.0; LANES]; N];
        for (at, with) in whole.iter().enumerate() {
            for (sums, row) in sums.iter_mut().zip(self.rows) {
                let row = &row[at * LANES..][..LANES];
                for (sum, (&a, &b)) in sums.iter_mut().zip(row.iter().zip(with)) {
                    *sum += a.into() * b.into();
                }
            }
        }
        let mut products = [0.0; N];
        for ((product, lanes), row) in products.iter_mut().zip(sums).zip(self.rows) {
            *product = with_rest(lanes, &row[whole.len() * LANES..], rest);
        }
        products
    }
}

/// The sum of `lanes` and of what is left of a row, fewer numbers than there are lanes.
#[inline(always)]
fn with_rest<A, B>(lanes: [f64; LANES], a: &[A], b: &[B]) -> f64
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    let mut halves = [0.0; LANES / 2];
    let (low, high) = lanes.split_at(LANES / 2);
    for (sum, (low, high)) in halves.iter_mut().zip(low.iter().zip(high)) {
        *sum = low + high;
    }
    let (a_half, a_rest) = a.as_chunks::<{ LANES / 2 }>();
    let (b_half, b_rest) = b.as_chunks::<{ LANES / 2 }>();
    for (a, b) in a_half.iter().zip(b_half) {
        for (sum, (&a, &b)) in halves.iter_mut().zip(a.iter().zip(b)) {
            *sum += a.into() * b.into();
        }
    }
    for (sum, (&a, &b)) in halves.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *sum += a.into() * b.into();
    }
    (halves[0] + halves[2]) + (halves[1] + halves[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_summed_whole() {
        for length in 0..40 {
            let a: Vec<f32> = (0..length).map(|at| at as f32).collect();
            let expected: usize = (0..length).map(|at| at * at).sum();
            assert_eq!(dot_product(&a, &a), expected as f64);
        }
        assert_eq!(dot_product(&[1.0f32, 2.0], &[3.0f64]), 3.0);
    }

    #[test]
    fn several_at_once_are_as_each_alone() {
        for length in 0..40 {
            let row = |from: usize| -> Vec<f32> {
                (0..length)
                    .map(|at| ((from + at) as f32 * 0.7).sin())
                    .collect()
            };
            let (a, b, with) = (row(1), row(2), row(3));
            let rows = [&a[..], &b];
            let found = in_wide_registers(DotProducts { rows, with: &with });
            let expected = [dot_product(&a, &with), dot_product(&b, &with)];
            assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
        }
    }
}
