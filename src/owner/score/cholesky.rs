//! Cholesky decomposition, to solve with a covariance. Written here because the daemon
//! needs nothing else of a linear algebra library.

/// The lower triangle L of a positive definite matrix S = L·Lᵀ.
#[derive(Debug, Clone)]
pub(super) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// Decomposes `matrix`, size × size and row by row, of which the lower triangle is
    /// read. `None` if it is not positive definite.
    pub(super) fn of(mut matrix: Vec<f64>, size: usize) -> Option<Self> {
        for row in 0..size {
            for column in 0..=row {
                let (above, below) = matrix.split_at(row * size);
                let dot = |left: &[f64], right: &[f64]| -> f64 {
                    left.iter().zip(right).map(|(a, b)| a * b).sum()
                };
                let left = &below[..column];
                if column == row {
                    let square = below[row] - dot(left, left);
                    let positive = square > 0.0 && square.is_finite();
                    if !positive {
                        return None;
                    }
                    matrix[row * size + row] = square.sqrt();
                } else {
                    let other = &above[column * size..][..=column];
                    let value = (below[column] - dot(left, &other[..column])) / other[column];
                    matrix[row * size + column] = value;
                }
            }
        }
        Some(Self {
            size,
            lower: matrix,
        })
    }

    /// Number of rows.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Row of L up to its diagonal, which is included.
    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.lower[row * self.size..][..=row]
    }

    /// L row by row, without the zeros above the diagonal.
    pub(super) fn lower(&self) -> Vec<f32> {
        let rows = (0..self.size).flat_map(|row| self.row(row));
        rows.map(|&l| l as f32).collect()
    }

    /// Mahalanobis distance of two points: √((a − b)ᵀ·S⁻¹·(a − b)).
    pub(super) fn distance(&self, a: &[f64], b: &[f64]) -> f64 {
        let apart: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        let solved = self.solve(&apart);
        let square: f64 = apart.iter().zip(&solved).map(|(x, y)| x * y).sum();
        square.max(0.0).sqrt()
    }

    /// S⁻¹·b.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = self.size;
        let at = |row: usize, column: usize| self.lower[row * n + column];
        let mut x = b.to_vec();
        for row in 0..n {
            let known: f64 = (0..row).map(|column| at(row, column) * x[column]).sum();
            x[row] = (x[row] - known) / at(row, row);
        }
        for row in (0..n).rev() {
            let known: f64 = (row + 1..n).map(|below| at(below, row) * x[below]).sum();
            x[row] = (x[row] - known) / at(row, row);
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_solved_multiplies_back(
            values in prop::collection::vec(-2.0..2.0f64, 36),
            b in prop::collection::vec(-5.0..5.0f64, 6),
        ) {
            // A·Aᵀ + I is positive definite.
            let at = |i: usize, j: usize| values[i * 6 + j];
            let matrix: Vec<f64> = (0..36)
                .map(|k| {
                    let (i, j) = (k / 6, k % 6);
                    let sum: f64 = (0..6).map(|m| at(i, m) * at(j, m)).sum();
                    sum + f64::from(u8::from(i == j))
                })
                .collect();
            let x = Cholesky::of(matrix.clone(), 6).unwrap().solve(&b);
            for i in 0..6 {
                let back: f64 = (0..6).map(|j| matrix[i * 6 + j] * x[j]).sum();
                prop_assert!((back - b[i]).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(Cholesky::of(vec![1.0, 0.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::of(vec![f64::NAN], 1).is_none());
    }
}
