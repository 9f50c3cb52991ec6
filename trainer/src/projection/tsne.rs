//! t-distributed stochastic neighbour embedding.

use ndarray::{Array2, ArrayView2};

use super::{ProjectError, centred, pca, squared_distances};

/// Steps in all, and those in which near rows are drawn together.
const STEPS: usize = 1000;
const EARLY: usize = 250;
const EXAGGERATION: f64 = 12.0;
/// How near to its aim the logarithm of a row's perplexity comes.
const ENTROPY: f64 = 1e-6;

/// Rows as points that keep their neighbours.
#[derive(Debug, Clone, PartialEq)]
pub struct Tsne {
    /// Rows × 2, without unit.
    pub points: Array2<f64>,
    /// Kullback-Leibler divergence of the points' neighbourhoods from the rows',
    /// in nats: what the picture does not show.
    pub divergence: f64,
}

/// Exact t-SNE of `rows`, of which there must be five (van der Maaten and Hinton,
/// Journal of Machine Learning Research 9, 2008). It starts from the principal
/// components and learns at the rate of Belkina et al. (Nature Communications 10,
/// 2019). `perplexity` is about how many neighbours count; it is held to a third
/// of the rows. Time and memory grow with the square of the rows: 1,500 take some 20 s.
pub fn tsne(rows: ArrayView2<f32>, perplexity: f64) -> Result<Tsne, ProjectError> {
    let near = affinities(&squared_distances(&centred(rows, 5)?), perplexity);
    let count = rows.nrows();
    let mut points = pca(rows)?.points;
    let spread = (points.column(0).mapv(|x| x * x).sum() / count as f64).sqrt();
    points *= 1e-4 / spread.max(f64::MIN_POSITIVE);
    let rate = (count as f64 / EXAGGERATION / 4.0).max(50.0);
    let mut velocity = Array2::<f64>::zeros((count, 2));
    let mut gains = Array2::<f64>::ones((count, 2));
    for step in 0..STEPS {
        let (exaggeration, momentum) = if step < EARLY {
            (EXAGGERATION, 0.5)
        } else {
            (1.0, 0.8)
        };
        let slope = gradient(&near, &points, exaggeration);
        ndarray::Zip::from(&mut points)
            .and(&mut velocity)
            .and(&mut gains)
            .and(&slope)
            .for_each(|point, velocity, gain, &slope| {
                // What keeps its way gains speed (Jacobs 1988).
                *gain = if *velocity * slope < 0.0 {
                    *gain + 0.2
                } else {
                    (*gain * 0.8).max(0.01)
                };
                *velocity = momentum * *velocity - rate * *gain * slope;
                *point += *velocity;
            });
    }
    let divergence = divergence(&near, &points);
    Ok(Tsne { points, divergence })
}

/// How likely each two rows are neighbours: over all pairs, the sum is 1.
fn affinities(distances: &Array2<f64>, perplexity: f64) -> Array2<f64> {
    let count = distances.nrows();
    let perplexity = perplexity.min((count - 1) as f64 / 3.0).max(1.0);
    let mut of_row = Array2::zeros((count, count));
    for row in 0..count {
        let near = neighbourhood(
            distances.row(row).as_slice().unwrap_or(&[]),
            row,
            perplexity,
        );
        of_row
            .row_mut(row)
            .iter_mut()
            .zip(near)
            .for_each(|(to, p)| *to = p);
    }
    (&of_row + &of_row.t()) / (2.0 * count as f64)
}

/// The normal kernel around `row` that is as wide as makes its perplexity so.
fn neighbourhood(distances: &[f64], row: usize, perplexity: f64) -> Vec<f64> {
    let others = || (0..distances.len()).filter(|&other| other != row);
    let nearest = others()
        .map(|other| distances[other])
        .fold(f64::INFINITY, f64::min);
    let mean = others()
        .map(|other| distances[other] - nearest)
        .sum::<f64>();
    let mean = mean / (distances.len() - 1) as f64;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut beta = 1.0 / mean.max(1e-200);
    let mut near = vec![0.0; distances.len()];
    for _ in 0..100 {
        let (mut sum, mut moment) = (0.0, 0.0);
        for other in others() {
            let beyond = distances[other] - nearest;
            near[other] = (-beta * beyond).exp();
            sum += near[other];
            moment += near[other] * beyond;
        }
        near.iter_mut().for_each(|p| *p /= sum);
        let entropy = sum.ln() + beta * moment / sum;
        let off = entropy - perplexity.ln();
        if off.abs() < ENTROPY {
            break;
        }
        if off > 0.0 {
            low = beta;
            beta = if high.is_finite() {
                (low + high) / 2.0
            } else {
                beta * 2.0
            };
        } else {
            high = beta;
            beta = (low + high) / 2.0;
        }
    }
    near
}

/// Student's kernel of two points.
fn kernel(points: &Array2<f64>, a: usize, b: usize) -> (f64, [f64; 2]) {
    let way = [0, 1].map(|k| points[(a, k)] - points[(b, k)]);
    (1.0 / (1.0 + way[0] * way[0] + way[1] * way[1]), way)
}

/// Sum of the kernel over all pairs.
fn kernel_sum(points: &Array2<f64>) -> f64 {
    let pairs = (0..points.nrows()).flat_map(|a| (0..a).map(move |b| (a, b)));
    2.0 * pairs.map(|(a, b)| kernel(points, a, b).0).sum::<f64>()
}

fn gradient(near: &Array2<f64>, points: &Array2<f64>, exaggeration: f64) -> Array2<f64> {
    let mut pull = Array2::<f64>::zeros(points.raw_dim());
    let mut push = pull.clone();
    let mut all = 0.0;
    for a in 0..points.nrows() {
        let (mut pulled, mut pushed) = ([0.0; 2], [0.0; 2]);
        for b in 0..a {
            let (kernel, way) = kernel(points, a, b);
            all += 2.0 * kernel;
            let (near, far) = (near[(a, b)] * kernel, kernel * kernel);
            for k in 0..2 {
                pulled[k] += near * way[k];
                pushed[k] += far * way[k];
                pull[(b, k)] -= near * way[k];
                push[(b, k)] -= far * way[k];
            }
        }
        for k in 0..2 {
            pull[(a, k)] += pulled[k];
            push[(a, k)] += pushed[k];
        }
    }
    4.0 * (pull * exaggeration - push / all)
}

fn divergence(near: &Array2<f64>, points: &Array2<f64>) -> f64 {
    let all = kernel_sum(points);
    let of = |((a, b), &p): ((usize, usize), &f64)| {
        if a == b || p <= 0.0 {
            return 0.0;
        }
        p * (p * all / kernel(points, a, b).0).ln()
    };
    near.indexed_iter().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_has_the_perplexity_asked_for(
            values in prop::collection::vec(-3.0..3.0_f64, 40 * 3),
            perplexity in 2.0..13.0_f64,
            scale in prop::sample::select(vec![1e-3, 1.0, 1e4]),
        ) {
            let rows = Array2::from_shape_fn((40, 3), |(r, c)| values[r * 3 + c] * scale);
            let distances = squared_distances(&rows);
            for row in 0..40 {
                let near = neighbourhood(distances.row(row).to_slice().unwrap(), row, perplexity);
                let positive = near.iter().filter(|&&p| p > 0.0);
                let entropy: f64 = positive.map(|p| -p * p.ln()).sum();
                prop_assert!((entropy.exp() / perplexity - 1.0).abs() < 1e-4);
            }
            let all = affinities(&distances, perplexity);
            prop_assert!((all.sum() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_divergence() {
        let rows = Array2::from_shape_fn((8, 3), |(r, c)| ((r * 3 + c) as f64 * 1.7).sin());
        let near = affinities(&squared_distances(&rows), 2.0);
        let points = Array2::from_shape_fn((8, 2), |(r, c)| ((r * 2 + c) as f64 * 2.3).cos());
        let slope = gradient(&near, &points, 1.0);
        let step = 1e-5;
        for ((row, k), slope) in slope.indexed_iter() {
            let at = |by: f64| {
                let mut moved = points.clone();
                moved[(row, k)] += by;
                divergence(&near, &moved)
            };
            let measured = (at(step) - at(-step)) / (2.0 * step);
            assert!((measured - slope).abs() < 1e-8, "{measured} for {slope}");
        }
    }
}
