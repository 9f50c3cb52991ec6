//! Linear functions of an embedding.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::owner::dot_product::DotProducts;
use crate::wide_registers::in_wide_registers;

/// Functions that are computed at once.
const AT_ONCE: usize = 4;

/// Any number of linear functions of an embedding, each a slope and an offset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Lines {
    /// Function by function, each as long as an embedding.
    slopes: Vec<f32>,
    /// Value of each function at the zero embedding.
    offsets: Vec<f64>,
}

impl Lines {
    /// Adds a function.
    pub(super) fn push(&mut self, slope: impl Iterator<Item = f64>, offset: f64) {
        self.slopes.extend(slope.map(|w| w as f32));
        self.offsets.push(offset);
    }

    /// The value of each function at `x`, whose length must be that of a slope.
    pub(super) fn values<'a>(
        &'a self,
        x: ArrayView1<'a, f32>,
    ) -> impl Iterator<Item = f64> + use<'a> {
        let length = x.len().max(1);
        let dots = self
            .slopes
            .chunks(AT_ONCE * length)
            .flat_map(move |slopes| {
                // Where fewer are left, the first stands in for the others.
                let mut rows = [&slopes[..length.min(slopes.len())]; AT_ONCE];
                let count = slopes.len() / length;
                for (row, slope) in rows.iter_mut().zip(slopes.chunks_exact(length)) {
                    *row = slope;
                }
                let dots = match x.to_slice() {
                    Some(with) => in_wide_registers(DotProducts { rows, with }),
                    None => rows.map(|row| {
                        let both = row.iter().zip(x);
                        both.map(|(&w, &x)| f64::from(w) * f64::from(x)).sum()
                    }),
                };
                dots.into_iter().take(count)
            });
        dots.zip(&self.offsets).map(|(dot, offset)| dot + offset)
    }

    /// Number of functions.
    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether there is one at least, each of `columns` finite numbers.
    pub(super) fn is_sound(&self, columns: usize) -> bool {
        self.len() > 0
            && self.len().checked_mul(columns) == Some(self.slopes.len())
            && self.slopes.iter().all(|w| w.is_finite())
            && self.offsets.iter().all(|b| b.is_finite())
    }
}
