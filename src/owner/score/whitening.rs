//! The space in which one person's windows spread alike in all directions.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::cholesky::Cholesky;
use crate::model::cohort::MOST;
use crate::owner::triangle::Triangle;

/// Length of embeddings up to which a small array is used, because all of it is cleared first.
const USUAL: usize = 256;

/// Whitening by a covariance S = L·Lᵀ: x becomes L⁻¹·x, so that squared distances are
/// Mahalanobis'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whitening(Triangle);

impl Whitening {
    pub(super) fn by(covariance: &Cholesky) -> Self {
        Self(Triangle::new(covariance.size(), covariance.lower()))
    }

    /// Gives `read` the whitened `x`. `None` if `x` has another length. Allocates nothing.
    pub fn of<T>(
        &self,
        x: ArrayView1<'_, f32>,
        read: impl FnOnce(ArrayView1<'_, f32>) -> T,
    ) -> Option<T> {
        if x.len() != self.columns() {
            return None;
        }
        // On the stack: the length of an embedding is only known when a bundle is opened.
        match self.columns() {
            ..=USUAL => self.in_room(&mut [0.0; USUAL], x, read),
            _ => self.in_room(&mut [0.0; MOST], x, read),
        }
    }

    fn in_room<T>(
        &self,
        room: &mut [f32],
        x: ArrayView1<'_, f32>,
        read: impl FnOnce(ArrayView1<'_, f32>) -> T,
    ) -> Option<T> {
        let whitened = room.get_mut(..self.columns())?;
        self.0.solve(x, whitened, |z| z as f32);
        Some(read(ArrayView1::from(&*whitened)))
    }

    /// All of `rows` whitened; `None` if they have another length.
    pub fn rows(&self, rows: ArrayView2<'_, f32>) -> Option<Array2<f32>> {
        let mut all = Array2::zeros(rows.dim());
        for (row, mut whitened) in rows.outer_iter().zip(all.outer_iter_mut()) {
            self.of(row, |of| whitened.assign(&of))?;
        }
        Some(all)
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.0.columns()
    }

    /// Whether lengths agree and numbers are finite.
    pub(super) fn is_sound(&self) -> bool {
        self.columns() <= MOST && self.0.is_sound()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr1;

    #[test]
    fn distances_are_mahalanobis() {
        let covariance = vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
        let shared = Cholesky::of(covariance, 3).unwrap();
        let whitening = Whitening::by(&shared);
        assert!(whitening.is_sound());
        let (a, b) = ([1.0f32, -2.0, 0.5], [0.0f32, 1.5, 3.0]);
        let whitened = |x: [f32; 3]| whitening.of(arr1(&x).view(), |x| x.to_owned()).unwrap();
        let apart = whitened(a) - whitened(b);
        let found = f64::from(apart.dot(&apart)).sqrt();
        let expected = shared.distance(&a.map(f64::from), &b.map(f64::from));
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        assert!(whitening.of(arr1(&[1.0f32]).view(), |_| ()).is_none());
    }
}
