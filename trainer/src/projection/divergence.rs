//! Kullback-Leibler divergence of a t-SNE, exactly; the library's own figure after a
//! Barnes-Hut run is another.

use ndarray::{Array2, ArrayView2};

/// Divergence of the `points`' neighbourhoods from those of `rows` at this perplexity, in
/// nats (van der Maaten and Hinton, Journal of Machine Learning Research 9, 2008).
pub(super) fn divergence(rows: ArrayView2<f32>, points: &Array2<f64>, perplexity: f64) -> f64 {
    let near = affinities(&squared_distances(&rows.mapv(f64::from)), perplexity);
    let kernel = squared_distances(points).mapv(|square| 1.0 / (1.0 + square));
    let all = kernel.sum() - kernel.diag().sum();
    let of = |((a, b), &p): ((usize, usize), &f64)| {
        if a == b || p <= 0.0 {
            return 0.0;
        }
        p * (p * all / kernel[(a, b)]).ln()
    };
    near.indexed_iter().map(of).sum()
}

/// Squared Euclidean distance of every two of `rows`.
pub(super) fn squared_distances(rows: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn((rows.nrows(), rows.nrows()), |(a, b)| {
        (&rows.row(a) - &rows.row(b)).mapv(|x| x * x).sum()
    })
}

/// Probability that each two rows are neighbours; they sum to 1.
fn affinities(distances: &Array2<f64>, perplexity: f64) -> Array2<f64> {
    let count = distances.nrows();
    let mut of_row = Array2::zeros((count, count));
    for row in 0..count {
        let near = neighbourhood(distances, row, perplexity);
        (of_row.row_mut(row).iter_mut())
            .zip(near)
            .for_each(|(to, p)| *to = p);
    }
    (&of_row + &of_row.t()) / (2.0 * count as f64)
}

/// The normal kernel around `row` whose width gives this perplexity, by bisection.
fn neighbourhood(distances: &Array2<f64>, row: usize, perplexity: f64) -> Vec<f64> {
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut beta: f64 = 1.0;
    let mut near = Vec::new();
    for _ in 0..200 {
        let weight = |other: usize| match other == row {
            true => 0.0,
            false => (-beta * distances[(row, other)]).exp(),
        };
        near = (0..distances.nrows()).map(weight).collect();
        let sum: f64 = near.iter().sum();
        near.iter_mut().for_each(|p| *p /= sum);
        let entropy: f64 = (near.iter().filter(|p| **p > 0.0))
            .map(|p| -p * p.ln())
            .sum();
        if entropy > perplexity.ln() {
            low = beta;
            beta = match high.is_finite() {
                true => f64::midpoint(low, high),
                false => 2.0 * beta,
            };
        } else {
            high = beta;
            beta = f64::midpoint(low, high);
        }
    }
    near
}
