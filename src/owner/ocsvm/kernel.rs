//! Squared distances between rows and the RBF kernel of them, computed row by row as
//! the solver asks for them.

use std::rc::Rc;

use ndarray::ArrayView2;

use super::{FitError, Gamma};

/// Partial sums kept side by side, so that the compiler may use vector registers, and how
/// many of them go on with what is left over.
const LANES: usize = 16;
const REGISTER: usize = 4;
/// Numbers after which the f32 partial sums are added to the f64 total.
const FOLD: usize = 32 * LANES;
/// Size limit of each of the two caches, distances and kernel, in bytes.
const CACHE_BYTES: usize = 32 << 20;

/// ‖a − b‖², over the length of the shorter. Differences are squared, rather than dot
/// products subtracted, to avoid cancellation between close vectors: the relative error
/// stays near 1e-7 at any norm.
pub(super) fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    let square = |a: f32, b: f32| (a - b) * (a - b);
    let mut total = 0.0;
    for (a, b) in a.chunks(FOLD).zip(b.chunks(FOLD)) {
        let mut lanes = [0.0f32; LANES];
        let (a, a_rest) = a.as_chunks::<LANES>();
        let (b, b_rest) = b.as_chunks::<LANES>();
        for (a, b) in a.iter().zip(b) {
            for (i, lane) in lanes.iter_mut().enumerate() {
                *lane += square(a[i], b[i]);
            }
        }
        let (a, a_rest) = a_rest.as_chunks::<REGISTER>();
        let (b, b_rest) = b_rest.as_chunks::<REGISTER>();
        let (registers, _) = lanes.as_chunks_mut::<REGISTER>();
        for (lanes, (a, b)) in registers.iter_mut().zip(a.iter().zip(b)) {
            for (i, lane) in lanes.iter_mut().enumerate() {
                *lane += square(a[i], b[i]);
            }
        }
        for (lane, (&a, &b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
            *lane += square(a, b);
        }
        // Halved again and again, because a sum waits for each of its additions.
        let mut eight = [0.0; LANES / 2];
        for (i, sum) in eight.iter_mut().enumerate() {
            *sum = f64::from(lanes[i]) + f64::from(lanes[i + LANES / 2]);
        }
        let mut four = [0.0; LANES / 4];
        for (i, sum) in four.iter_mut().enumerate() {
            *sum = eight[i] + eight[i + LANES / 4];
        }
        total += (four[0] + four[2]) + (four[1] + four[3]);
    }
    total
}

/// exp(−γ·d²).
pub(super) fn rbf(gamma: Gamma, squared_distance: f64) -> f64 {
    (-gamma.get() * squared_distance).exp()
}

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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn distances_keep_their_digits(
            (a, b) in (1usize..1200).prop_flat_map(|d| (
                prop::collection::vec(-10f32..10.0, d),
                prop::collection::vec(-10f32..10.0, d),
            ))
        ) {
            let naive: f64 = a.iter().zip(&b)
                .map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2))
                .sum();
            prop_assert!((squared_distance(&a, &b) - naive).abs() <= 1e-6 * naive);
        }
    }

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
