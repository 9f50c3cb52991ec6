//! The frames of a value, kept from one window to the next.

use super::operator::Value;
use super::reach::Splice;

/// A value of a whole window. Its rows are what lies on either side of the axis of time.
pub(super) struct Frames {
    values: Vec<f32>,
    count: usize,
    /// Numbers that follow each other at one time.
    together: usize,
}

impl Frames {
    /// Of zeros.
    pub(super) fn of(value: &Value) -> Self {
        Self {
            values: vec![0.0; value.shape.iter().product()],
            count: value.frames(),
            together: value.shape[value.time + 1..].iter().product(),
        }
    }

    pub(super) fn all(&self) -> &[f32] {
        &self.values
    }

    pub(super) fn all_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Writes the first and the last frames, as `splice` has them, to `spliced`.
    pub(super) fn splice(&self, splice: &Splice, spliced: &mut [f32]) {
        let (head, tail) = (splice.head * self.together, splice.tail * self.together);
        let row = self.count * self.together;
        let taken = spliced.chunks_exact_mut(head + row - tail);
        for (taken, row) in taken.zip(self.values.chunks_exact(row)) {
            let (first, last) = taken.split_at_mut(head);
            first.copy_from_slice(&row[..head]);
            last.copy_from_slice(&row[tail..]);
        }
    }

    /// Moves on by a hop: what is kept moves back, and what is new comes from `made`.
    pub(super) fn advance(&mut self, splice: &Splice, made: &[f32]) {
        let at = |frame: usize| frame * self.together;
        let (first, new) = (at(splice.kept.start), at(splice.kept.end));
        let (hop, resumes) = (at(splice.hop), at(splice.resumes));
        let row = self.count * self.together;
        let given = made.chunks_exact(resumes + row - new);
        for (row, given) in self.values.chunks_exact_mut(row).zip(given) {
            row.copy_within(first + hop..new + hop, first);
            row[..first].copy_from_slice(&given[..first]);
            row[new..].copy_from_slice(&given[resumes..]);
        }
    }
}
