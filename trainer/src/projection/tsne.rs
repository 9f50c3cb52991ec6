//! t-distributed stochastic neighbour embedding.

use bhtsne::tSNE;
use ndarray::{Array2, ArrayView2};
use rayon::ThreadPoolBuilder;

use super::{ProjectError, centred, pca};

/// Fewest rows: each needs neighbours.
const LEAST_ROWS: usize = 5;
/// Accuracy of the Barnes-Hut approximation; 0 is exact.
const THETA: f64 = 0.5;

/// Barnes-Hut t-SNE of `rows`, of which there must be five (van der Maaten, Journal of
/// Machine Learning Research 15, 2014), from the principal components on. `perplexity` is
/// about how many neighbours count; it is limited to a third of the rows. The points are
/// rows × 2, without unit.
pub fn tsne(rows: ArrayView2<f32>, perplexity: f64) -> Result<Array2<f64>, ProjectError> {
    let centred = centred(rows, LEAST_ROWS)?;
    let size = centred.norm();
    if size == 0.0 {
        // Equal rows have no neighbourhoods to keep.
        return Ok(Array2::zeros((rows.nrows(), 2)));
    }
    // The library's search for the kernels' widths begins at 1.
    let samples: Vec<Vec<f64>> = (centred / size)
        .row_iter()
        .map(|row| row.iter().copied().collect())
        .collect();
    let count = samples.len();
    let mut start = pca(rows)?.points;
    let deviation = (start.column(0).mapv(|x| x * x).sum() / count as f64).sqrt();
    start *= 1e-4 / deviation.max(f64::MIN_POSITIVE);
    // Sums over several threads round differently each time.
    let thread = ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .map_err(|e| ProjectError::Thread(e.to_string()))?;
    let points = thread.install(|| {
        let mut tsne = tSNE::<f64, Vec<f64>>::new(&samples);
        tsne.perplexity(perplexity.min((count - 1) as f64 / 3.0).max(1.0))
            .initial_embedding(start.iter().copied().collect::<Vec<f64>>())
            .barnes_hut(THETA, |a, b| distance(a, b));
        tsne.embedding()
    });
    Ok(Array2::from_shape_vec((count, 2), points).unwrap_or_default())
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f64>().sqrt()
}
