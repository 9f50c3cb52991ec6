//! Squared distances between rows and the RBF kernel of them, computed row by row as
//! the solver asks for them.

use std::rc::Rc;

use ndarray::ArrayView2;

use super::kernel_sum::{rbf, squared_distance};
use super::{FitError, Gamma};

/// Size limit of each of the two caches, distances and kernel, in bytes.
const CACHE_BYTES: usize = 32 << 20;

/// The squared distances between all rows of a matrix, with a cache. They do not
/// depend on γ, so that the search for γ computes them once where the cache holds all.
pub(super) struct Distances {
    rows: Vec<f32>,
    columns: usize,
    cache: RowCache,
}

impl Distances {
    /// Fails on a matrix without rows or columns, or with a number in it that is not finite.
    pub(super) fn new(rows: ArrayView2<f32>) -> Result<Self, FitError> {
        if rows.nrows() == 0 {
            return Err(FitError::NoRows);
        }
        if rows.ncols() == 0 {
            return Err(FitError::NoColumns);
        }
        let finite = |row: ndarray::ArrayView1<f32>| row.iter().all(|x| x.is_finite());
        if let Some(row) = rows.outer_iter().position(|row| !finite(row)) {
            return Err(FitError::NotFinite { row });
        }
        Ok(Self {
            columns: rows.ncols(),
            cache: RowCache::new(rows.nrows(), rows.nrows()),
            rows: rows.iter().copied().collect(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len() / self.columns
    }

    fn coordinates(&self, row: usize) -> &[f32] {
        &self.rows[row * self.columns..(row + 1) * self.columns]
    }

    /// Squared distances from row `i` to every row.
    pub(super) fn row(&mut self, i: usize) -> Rc<[f32]> {
        if let Some(row) = self.cache.get(i) {
            return row;
        }
        let from = self.coordinates(i);
        let row = (0..self.len())
            .map(|j| match self.cache.peek(j) {
                Some(mirrored) => mirrored[i],
                None => squared_distance(from, self.coordinates(j)) as f32,
            })
            .collect();
        self.cache.put(i, row)
    }
}

/// The kernel matrix over some members of [`Distances`], in f32 as libsvm keeps it.
pub(super) struct Kernel<'a> {
    distances: &'a mut Distances,
    members: &'a [usize],
    gamma: Gamma,
    cache: RowCache,
}

impl<'a> Kernel<'a> {
    pub(super) fn new(distances: &'a mut Distances, members: &'a [usize], gamma: Gamma) -> Self {
        let cache = RowCache::new(members.len(), members.len());
        Self {
            distances,
            members,
            gamma,
            cache,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Kernel values of member `i` with every member.
    pub(super) fn row(&mut self, i: usize) -> Rc<[f32]> {
        if let Some(row) = self.cache.get(i) {
            return row;
        }
        let distances = self.distances.row(self.members[i]);
        let row = self
            .members
            .iter()
            .map(|&j| rbf(self.gamma, f64::from(distances[j])) as f32)
            .collect();
        self.cache.put(i, row)
    }
}

/// Cached rows of an n × n matrix; when full, the least recently used is evicted.
struct RowCache {
    rows: Vec<Option<Rc<[f32]>>>,
    last_use: Vec<u64>,
    uses: u64,
    held: usize,
    capacity: usize,
}

impl RowCache {
    fn new(rows: usize, columns: usize) -> Self {
        Self::with_capacity(rows, CACHE_BYTES / (columns * size_of::<f32>()).max(1))
    }

    fn with_capacity(rows: usize, capacity: usize) -> Self {
        Self {
            rows: vec![None; rows],
            last_use: vec![0; rows],
            uses: 0,
            held: 0,
            capacity: capacity.max(1),
        }
    }

    fn peek(&self, i: usize) -> Option<&Rc<[f32]>> {
        self.rows[i].as_ref()
    }

    fn get(&mut self, i: usize) -> Option<Rc<[f32]>> {
        self.uses += 1;
        self.last_use[i] = self.uses;
        self.rows[i].clone()
    }

    fn put(&mut self, i: usize, row: Rc<[f32]>) -> Rc<[f32]> {
        if self.held == self.capacity {
            let oldest = (0..self.rows.len())
                .filter(|&j| self.rows[j].is_some())
                .min_by_key(|&j| self.last_use[j]);
            if let Some(oldest) = oldest {
                self.rows[oldest] = None;
                self.held -= 1;
            }
        }
        self.held += 1;
        self.rows[i] = Some(row.clone());
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_cache_forgets_what_was_used_longest_ago() {
        let mut cache = RowCache::with_capacity(3, 2);
        cache.put(0, [0.0].into());
        cache.get(1);
        cache.put(1, [1.0].into());
        cache.get(0);
        cache.put(2, [2.0].into());
        assert!(cache.peek(0).is_some() && cache.peek(2).is_some());
        assert!(cache.peek(1).is_none());
    }
}
