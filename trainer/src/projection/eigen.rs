//! Eigenvectors of small symmetric matrices, and bases of columns.

use ndarray::{Array1, Array2};

/// Turns after which even a hopeless matrix is diagonal to rounding.
const SWEEPS: usize = 60;

/// Eigenvalues, the greatest first, and an eigenvector a column, by Jacobi's
/// rotations (Golub and Van Loan, Matrix Computations, 8.5).
pub(super) fn symmetric(mut a: Array2<f64>) -> (Array1<f64>, Array2<f64>) {
    let n = a.nrows();
    let mut vectors = Array2::eye(n);
    for _ in 0..SWEEPS {
        let scale = a.diag().mapv(f64::abs).sum().max(f64::MIN_POSITIVE);
        let mut off = 0.0_f64;
        for p in 0..n {
            for q in p + 1..n {
                off = off.max(a[(p, q)].abs());
                rotate(&mut a, &mut vectors, p, q);
            }
        }
        if off <= scale * 1e-15 {
            break;
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&p, &q| a[(q, q)].total_cmp(&a[(p, p)]));
    let values = order.iter().map(|&k| a[(k, k)]).collect();
    (values, vectors.select(ndarray::Axis(1), &order))
}

/// Makes the element at `p`, `q` nought.
fn rotate(a: &mut Array2<f64>, vectors: &mut Array2<f64>, p: usize, q: usize) {
    if a[(p, q)] == 0.0 {
        return;
    }
    let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * a[(p, q)]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    let n = a.nrows();
    let turn = |x: f64, y: f64| (c * x - s * y, s * x + c * y);
    for k in 0..n {
        (a[(k, p)], a[(k, q)]) = turn(a[(k, p)], a[(k, q)]);
    }
    for k in 0..n {
        (a[(p, k)], a[(q, k)]) = turn(a[(p, k)], a[(q, k)]);
        (vectors[(k, p)], vectors[(k, q)]) = turn(vectors[(k, p)], vectors[(k, q)]);
    }
}

/// Makes the columns orthonormal, each against those before it. A column that
/// those before it span becomes nought.
pub(super) fn orthonormalise(columns: &mut Array2<f64>) {
    for k in 0..columns.ncols() {
        let before = columns.column(k).dot(&columns.column(k)).sqrt();
        // Twice, because once leaves what rounding put there.
        for _ in 0..2 {
            for j in 0..k {
                let along = columns.column(j).dot(&columns.column(k));
                let taken = &columns.column(j) * along;
                columns.column_mut(k).zip_mut_with(&taken, |x, t| *x -= t);
            }
        }
        let left = columns.column(k).dot(&columns.column(k)).sqrt();
        let by = if left > before * 1e-12 {
            1.0 / left
        } else {
            0.0
        };
        columns.column_mut(k).mapv_inplace(|x| x * by);
    }
}
