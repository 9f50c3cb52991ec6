//! The lower triangle of a covariance, and solving with it.

use std::borrow::Cow;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::dot_product::DotProduct;
use crate::wide_registers::{Arithmetic, in_wide_registers};

/// The numbers of an embedding next to each other; they are copied only where it is a column
/// of something.
pub(super) fn in_one_piece(x: ArrayView1<'_, f32>) -> Cow<'_, [f32]> {
    x.to_slice().map_or_else(|| x.to_vec().into(), Cow::from)
}

/// L of a covariance S = L·Lᵀ. L⁻¹·x is x in the space in which squared distances are
/// Mahalanobis'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Triangle {
    columns: usize,
    /// Row by row, without the zeros above the diagonal.
    lower: Vec<f32>,
}

impl Triangle {
    /// Of `columns` rows.
    pub(super) fn new(columns: usize, lower: Vec<f32>) -> Self {
        Self { columns, lower }
    }

    /// Length of an embedding.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Writes L⁻¹·x into `point` by forward substitution, each number as `kept` rounds it.
    /// A triangle that is not sound, or an `x` or `point` of another length, gives fewer
    /// numbers than there are columns. Allocates nothing.
    pub(super) fn solve<A, T>(&self, x: &[A], point: &mut [T], kept: impl Fn(f64) -> T)
    where
        A: Copy + Into<f64>,
        T: Copy + Into<f64>,
    {
        in_wide_registers(Substitution {
            lower: &self.lower,
            x,
            point,
            kept,
        });
    }

    /// Whether lengths agree, numbers are finite and the diagonal is positive.
    pub(super) fn is_sound(&self) -> bool {
        let d = self.columns;
        let numbers = d.checked_add(1).and_then(|n| n.checked_mul(d));
        d > 0
            && numbers == self.lower.len().checked_mul(2)
            && self.lower.iter().all(|v| v.is_finite())
            && (0..d).all(|row| self.lower[row * (row + 3) / 2] > 0.0)
    }
}

/// Forward substitution.
struct Substitution<'a, A, T, K> {
    lower: &'a [f32],
    x: &'a [A],
    point: &'a mut [T],
    kept: K,
}

impl<A, T, K> Arithmetic for Substitution<'_, A, T, K>
where
    A: Copy + Into<f64>,
    T: Copy + Into<f64>,
    K: Fn(f64) -> T,
{
    type Result = ();

    #[inline(always)]
    fn compute(self) {
        let Self { point, kept, .. } = self;
        let mut rest = self.lower;
        for (at, &x) in self.x.iter().take(point.len()).enumerate() {
            let Some((line, below)) = rest.split_at_checked(at + 1) else {
                return;
            };
            rest = below;
            let known = DotProduct(line, &point[..at]).compute();
            point[at] = kept((x.into() - known) / f64::from(line[at]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves_row_by_row() {
        // L = [[2, 0], [1, 3]].
        let triangle = Triangle::new(2, vec![2.0, 1.0, 3.0]);
        let mut point = [0.0; 2];
        triangle.solve(&[4.0, 8.0], &mut point, |z| z);
        assert!(triangle.is_sound());
        assert_eq!(point, [2.0, 2.0]);
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
