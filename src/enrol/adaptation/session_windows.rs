//! The embeddings of the windows of one session.

use ndarray::{ArrayView1, ArrayView2};

/// Embeddings of a session's first windows, in a buffer of a fixed size.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionWindows {
    columns: usize,
    most: usize,
    embeddings: Vec<f32>,
}

impl SessionWindows {
    /// A buffer for `most` embeddings of `columns` numbers, all of it allocated now.
    pub fn with_room(columns: usize, most: usize) -> Self {
        Self {
            columns: columns.max(1),
            most,
            embeddings: Vec::with_capacity(columns.max(1) * most),
        }
    }

    /// Adds a window's embedding; `false` where there is no room, the length is another, or
    /// a number is not finite. Allocates nothing.
    pub fn push(&mut self, embedding: ArrayView1<'_, f32>) -> bool {
        let sound = !self.is_full()
            && embedding.len() == self.columns
            && embedding.iter().all(|v| v.is_finite());
        if sound {
            self.embeddings.extend(embedding);
        }
        sound
    }

    /// Whether there is no room for another.
    pub fn is_full(&self) -> bool {
        self.len() >= self.most
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.embeddings.len() / self.columns
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.embeddings.is_empty()
    }

    /// Forgets all windows, and keeps the room for others.
    pub fn clear(&mut self) {
        self.embeddings.clear();
    }

    /// The first `count` windows, or all.
    pub fn first(&self, count: usize) -> Self {
        let end = self.len().min(count) * self.columns;
        Self {
            embeddings: self.embeddings[..end].to_vec(),
            ..*self
        }
    }

    /// Takes the windows out, and leaves as much room for others.
    pub fn take(&mut self) -> Self {
        let empty = Self::with_room(self.columns, self.most);
        std::mem::replace(self, empty)
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The embeddings, oldest first.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = ArrayView1<'_, f32>> {
        self.embeddings
            .chunks_exact(self.columns)
            .map(ArrayView1::from)
    }

    /// At most `count` embeddings, spread evenly over all, one after another.
    pub fn thinned(&self, count: usize) -> Vec<f32> {
        let (all, kept) = (self.len(), self.len().min(count));
        let of = |i: usize| &self.embeddings[i * self.columns..][..self.columns];
        (0..kept)
            .flat_map(|i| of(i * all / kept))
            .copied()
            .collect()
    }
}

impl From<ArrayView2<'_, f32>> for SessionWindows {
    fn from(rows: ArrayView2<'_, f32>) -> Self {
        let mut windows = Self::with_room(rows.ncols(), rows.nrows());
        for row in rows.outer_iter() {
            windows.push(row);
        }
        windows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, arr1};

    #[test]
    fn the_buffer_never_grows_and_takes_sound_embeddings_only() {
        let mut windows = SessionWindows::with_room(2, 3);
        let room = windows.embeddings.capacity();
        assert!(!windows.push(arr1(&[1.0]).view()));
        assert!(!windows.push(arr1(&[1.0, f32::NAN]).view()));
        for _ in 0..10 {
            windows.push(arr1(&[1.0, 2.0]).view());
        }
        assert_eq!((windows.len(), windows.embeddings.capacity()), (3, room));
        assert_eq!(windows.take().len(), 3);
        assert!(windows.is_empty() && windows.embeddings.capacity() == room);
    }

    #[test]
    fn what_is_kept_is_spread_over_the_session() {
        let rows = Array2::from_shape_fn((10, 1), |(row, _)| row as f32);
        let windows = SessionWindows::from(rows.view());
        assert_eq!(windows.thinned(4), [0.0, 2.0, 5.0, 7.0]);
        assert_eq!(windows.thinned(99).len(), 10);
    }
}
