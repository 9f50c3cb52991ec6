//! Trustworthiness of a projection: whether neighbours in the plane are neighbours in the
//! original space.

use ndarray::{Array2, ArrayView2};

use super::divergence::squared_distances;

/// Trustworthiness of `points` over the `nearest` neighbours of each, from 0 to 1 (Venna and
/// Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001). It is 1
/// if all are among the `nearest` of their row too. `nearest` is limited to half of the rows.
pub(super) fn trustworthiness(rows: ArrayView2<f32>, points: &Array2<f64>, nearest: usize) -> f64 {
    let distances = squared_distances(&rows.mapv(f64::from));
    let shown = squared_distances(points);
    let count = rows.nrows();
    let nearest = nearest.clamp(1, (count - 1) / 2);
    let mut charge = 0;
    for row in 0..count {
        let mut rank = vec![0; count];
        for (place, &other) in by_distance(&distances, row).iter().enumerate() {
            rank[other] = place + 1;
        }
        let shown = by_distance(&shown, row);
        charge += (shown.iter().take(nearest))
            .map(|&other: &usize| usize::saturating_sub(rank[other], nearest))
            .sum::<usize>();
    }
    let most = count * nearest * (2 * count - 3 * nearest - 1);
    1.0 - 2.0 * charge as f64 / most as f64
}

/// All other rows, nearest first.
fn by_distance(distances: &Array2<f64>, row: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..distances.nrows())
        .filter(|&other| other != row)
        .collect();
    others.sort_by(|&a, &b| distances[(row, a)].total_cmp(&distances[(row, b)]));
    others
}
