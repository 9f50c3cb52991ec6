//! The lower triangle of a covariance, and solving with it.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::dot_product::DotProducts;
use super::registers::{LANES, in_registers, registers};
use crate::model::cohort::MOST;
use crate::wide_registers::{Arithmetic, in_wide_registers};

/// Rows that are multiplied at once; it divides [`LANES`].
const ROWS: usize = 4;

/// L of a covariance S = L·Lᵀ. L⁻¹·x is x in the space in which squared distances are
/// Mahalanobis'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Lower", into = "Lower")]
pub(super) struct Triangle {
    lower: Lower,
    /// L⁻¹, each row up to its diagonal and filled up with zeros to whole registers: forward
    /// substitution would wait for each number before the next. Empty if L is not sound.
    inverse: Vec<[f32; LANES]>,
}

/// L as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Lower {
    columns: usize,
    /// Row by row, without the zeros above the diagonal.
    lower: Vec<f32>,
}

impl Triangle {
    /// Of `columns` rows.
    pub(super) fn new(columns: usize, lower: Vec<f32>) -> Self {
        Lower { columns, lower }.into()
    }

    /// Length of an embedding.
    pub(super) fn columns(&self) -> usize {
        self.lower.columns
    }

    /// Writes L⁻¹·x into `point`, each number as `kept` rounds it. A triangle that is not
    /// sound, or an `x` or `point` of another length, gives fewer numbers than there are
    /// columns. Allocates nothing.
    pub(super) fn solve<T>(
        &self,
        x: ArrayView1<'_, f32>,
        point: &mut [T],
        kept: impl Fn(f64) -> T,
    ) {
        let whole = point.len().min(x.len());
        in_registers(x, |x| {
            in_wide_registers(TriangleProduct {
                rows: &self.inverse,
                x,
                point: &mut point[..whole],
                kept,
            });
        });
    }

    /// Whether lengths agree, numbers are finite and the diagonal is positive.
    pub(super) fn is_sound(&self) -> bool {
        self.lower.is_sound() && self.inverse.as_flattened().iter().all(|v| v.is_finite())
    }
}

impl Lower {
    fn is_sound(&self) -> bool {
        let d = self.columns;
        let numbers = d.checked_add(1).and_then(|n| n.checked_mul(d));
        (1..=MOST).contains(&d)
            && numbers == self.lower.len().checked_mul(2)
            && self.lower.iter().all(|v| v.is_finite())
            && (0..d).all(|row| self.row(row)[row] > 0.0)
    }

    /// A row up to its diagonal, which is included.
    fn row(&self, row: usize) -> &[f32] {
        &self.lower[row * (row + 1) / 2..][..=row]
    }

    /// L⁻¹ by forward substitution, column by column.
    fn inverse(&self) -> Vec<[f32; LANES]> {
        let d = self.columns;
        let begins: Vec<usize> = (0..d)
            .scan(0, |next, row| {
                let begin = *next;
                *next += registers(row + 1);
                Some(begin)
            })
            .collect();
        let held = begins.last().map_or(0, |last| last + registers(d));
        let mut inverse = vec![[0.0; LANES]; held];
        let mut column = vec![0.0; d];
        for first in 0..d {
            for at in first..d {
                let row = self.row(at).iter().map(|&l| f64::from(l));
                let known = row.zip(&column).skip(first).take(at - first);
                let known: f64 = known.map(|(l, x)| l * x).sum();
                let unit = if at == first { 1.0 } else { 0.0 };
                column[at] = (unit - known) / f64::from(self.row(at)[at]);
                inverse[begins[at] + first / LANES][first % LANES] = column[at] as f32;
            }
        }
        inverse
    }
}

impl From<Lower> for Triangle {
    fn from(lower: Lower) -> Self {
        Self {
            inverse: match lower.is_sound() {
                true => lower.inverse(),
                false => Vec::new(),
            },
            lower,
        }
    }
}

impl From<Triangle> for Lower {
    fn from(triangle: Triangle) -> Self {
        triangle.lower
    }
}

/// The product of a lower triangle, row by row, with a vector.
struct TriangleProduct<'a, T, K> {
    rows: &'a [[f32; LANES]],
    x: &'a [[f32; LANES]],
    point: &'a mut [T],
    kept: K,
}

impl<T, K: Fn(f64) -> T> Arithmetic for TriangleProduct<'_, T, K> {
    type Result = ();

    #[inline(always)]
    fn compute(self) {
        let mut rest = self.rows;
        for (number, numbers) in self.point.chunks_mut(ROWS).enumerate() {
            // As many for each of these rows.
            let length = number * ROWS / LANES + 1;
            let Some((block, below)) = rest.split_at_checked(numbers.len() * length) else {
                return;
            };
            rest = below;
            // Where fewer are left, the first stands in for the others.
            let mut rows = [block[..length].as_flattened(); ROWS];
            for (row, registers) in rows.iter_mut().zip(block.chunks_exact(length)) {
                *row = registers.as_flattened();
            }
            let with = self.x[..length].as_flattened();
            let products = DotProducts { rows, with }.compute();
            for (number, product) in numbers.iter_mut().zip(products) {
                *number = (self.kept)(product);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_solves() {
        // L = [[2, 0], [1, 4]].
        let triangle = Triangle::new(2, vec![2.0, 1.0, 4.0]);
        let mut point = [0.0; 2];
        triangle.solve(arr1(&[4.0, 10.0]).view(), &mut point, |z| z);
        assert!(triangle.is_sound());
        assert_eq!(point, [2.0, 2.0]);
    }

    proptest! {
        #[test]
        fn what_is_solved_multiplies_back(
            numbers in prop::collection::vec(-1f32..1.0, 55),
            x in prop::collection::vec(-5f32..5.0, 10),
        ) {
            let mut triangle = Triangle::new(10, numbers);
            for row in 0..10 {
                triangle.lower.lower[row * (row + 3) / 2] = 1.0 + row as f32;
            }
            let triangle = Triangle::from(triangle.lower);
            let mut point = [0.0; 10];
            triangle.solve(ArrayView1::from(&x), &mut point, |z| z);
            for (row, x) in x.iter().enumerate() {
                let line = triangle.lower.row(row).iter().zip(&point);
                let back: f64 = line.map(|(&l, z)| f64::from(l) * z).sum();
                prop_assert!((back - f64::from(*x)).abs() < 1e-4, "{back} {x}");
            }
        }
    }

    #[test]
    fn what_is_no_triangle_is_not_sound() {
        for (columns, lower) in [
            (0, vec![]),
            (2, vec![1.0, 0.0]),
            (2, vec![1.0, 0.0, 0.0]),
            (2, vec![1.0, f32::NAN, 1.0]),
            (usize::MAX, vec![1.0]),
        ] {
            assert!(!Triangle::new(columns, lower).is_sound());
        }
    }
}
