//! The lower triangle of a covariance, and solving with it.

use serde::{Deserialize, Serialize};

use super::dot_product::dot_product;

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
    pub(super) fn solve<T: Copy + Into<f64>>(
        &self,
        x: impl Iterator<Item = f64>,
        point: &mut [T],
        kept: impl Fn(f64) -> T,
    ) {
        let mut rest = self.lower.as_slice();
        for (at, x) in x.take(point.len()).enumerate() {
            let Some((line, below)) = rest.split_at_checked(at + 1) else {
                return;
            };
            rest = below;
            let known = dot_product(line, &point[..at]);
            point[at] = kept((x - known) / f64::from(line[at]));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves_row_by_row() {
        // L = [[2, 0], [1, 3]].
        let triangle = Triangle::new(2, vec![2.0, 1.0, 3.0]);
        let mut point = [0.0; 2];
        triangle.solve([4.0, 8.0].into_iter(), &mut point, |z| z);
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
