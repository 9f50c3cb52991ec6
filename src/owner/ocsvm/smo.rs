//! Sequential minimal optimisation of the one-class SVM's dual problem:
//! minimise ½·αᵀKα over 0 ≤ αᵢ ≤ 1, Σα = ν·n, in the scaling of libsvm and
//! scikit-learn. Two α move at a time, chosen by second-order information
//! (Fan, Chen & Lin, "Working set selection using second order information for
//! training support vector machines", JMLR 6, 2005, algorithm 2), from libsvm's
//! starting point and with its tie-breaking, so that the same support vectors
//! come out. Among equal rows, where the optimum is not unique, the last bit of a
//! sum may still choose another of them; no score depends on which.

use super::kernel::Kernel;
use super::{FitError, Nu};

/// Greatest violation of the optimality conditions left at the end, in units of
/// the decision value. libsvm's default of 1e-3 leaves scores uncertain in the
/// third digit; the linear convergence makes this cost a few times more steps.
pub(super) const TOLERANCE: f64 = 1e-8;
/// Replaces a curvature of zero or less, which equal rows have (libsvm's τ).
const LEAST_CURVATURE: f64 = 1e-12;

pub(super) struct Solution {
    /// One α per row.
    pub alphas: Vec<f64>,
    /// ρ: the value of (Kα)ᵢ at the boundary of the region.
    pub rho: f64,
}

pub(super) fn solve(kernel: &mut Kernel, nu: Nu) -> Result<Solution, FitError> {
    let mut state = State::start(kernel, nu);
    let limit = (1000 * kernel.len()).max(1_000_000);
    for _ in 0..limit {
        if !state.step(kernel) {
            return Ok(Solution {
                rho: state.rho(),
                alphas: state.alphas,
            });
        }
    }
    Err(FitError::NotConverged { steps: limit })
}

struct State {
    alphas: Vec<f64>,
    /// Kα.
    gradient: Vec<f64>,
}

impl State {
    /// The first ⌊ν·n⌋ α at 1, the next takes what remains, the others 0.
    fn start(kernel: &mut Kernel, nu: Nu) -> Self {
        let n = kernel.len();
        let sum = nu.get() * n as f64;
        let alphas: Vec<f64> = (0..n).map(|i| (sum - i as f64).clamp(0.0, 1.0)).collect();
        let mut gradient = vec![0.0; n];
        for (i, &alpha) in alphas.iter().enumerate().filter(|&(_, &alpha)| alpha > 0.0) {
            add(&mut gradient, alpha, &kernel.row(i));
        }
        Self { alphas, gradient }
    }

    /// Changes the pair of α with the largest estimated decrease of the objective. False
    /// once no pair violates the optimality conditions by [`TOLERANCE`].
    fn step(&mut self, kernel: &mut Kernel) -> bool {
        let Some(i) = self.first() else { return false };
        let row_i = kernel.row(i);
        let Some(j) = self.second(i, &row_i) else {
            return false;
        };
        let row_j = kernel.row(j);

        let sum = self.alphas[i] + self.alphas[j];
        let gain = (self.gradient[j] - self.gradient[i]) / curvature(row_i[j]);
        let new_i = (self.alphas[i] + gain).clamp((sum - 1.0).max(0.0), sum.min(1.0));
        let new_j = sum - new_i;
        let (change_i, change_j) = (new_i - self.alphas[i], new_j - self.alphas[j]);
        self.alphas[i] = new_i;
        self.alphas[j] = new_j;
        add(&mut self.gradient, change_i, &row_i);
        add(&mut self.gradient, change_j, &row_j);
        true
    }

    /// Of the α below 1, the one with the least gradient; the last of equals.
    fn first(&self) -> Option<usize> {
        let mut best = None;
        let mut least = f64::INFINITY;
        for (i, (&alpha, &gradient)) in self.alphas.iter().zip(&self.gradient).enumerate() {
            if alpha < 1.0 && gradient <= least {
                least = gradient;
                best = Some(i);
            }
        }
        best
    }

    /// Of the α above 0, the one whose exchange with `i` decreases the objective most; the
    /// last of equals. `None` if the optimality conditions hold.
    fn second(&self, i: usize, row_i: &[f32]) -> Option<usize> {
        let mut best = None;
        let mut most = 0.0;
        let mut violation = f64::NEG_INFINITY;
        for (j, (&alpha, &gradient)) in self.alphas.iter().zip(&self.gradient).enumerate() {
            if alpha <= 0.0 {
                continue;
            }
            let difference = gradient - self.gradient[i];
            violation = violation.max(difference);
            if difference > 0.0 {
                let gain = difference * difference / curvature(row_i[j]);
                if gain >= most {
                    most = gain;
                    best = Some(j);
                }
            }
        }
        best.filter(|_| violation >= TOLERANCE)
    }

    /// The mean of Kα over the free α, where it must equal ρ; without free α,
    /// the middle of the interval that the bounded ones allow.
    fn rho(&self) -> f64 {
        let (mut sum, mut free) = (0.0, 0usize);
        let (mut above, mut below) = (f64::INFINITY, f64::NEG_INFINITY);
        for (&alpha, &gradient) in self.alphas.iter().zip(&self.gradient) {
            if alpha >= 1.0 {
                below = below.max(gradient);
            } else if alpha <= 0.0 {
                above = above.min(gradient);
            } else {
                sum += gradient;
                free += 1;
            }
        }
        if free > 0 {
            sum / free as f64
        } else if above.is_finite() {
            (above + below) / 2.0
        } else {
            // ν·n rounded up to n: every row is at its bound.
            below
        }
    }
}

/// Second derivative of the objective along the exchange of two α whose kernel value is
/// `k`; the diagonal of an RBF kernel is 1.
fn curvature(k: f32) -> f64 {
    let curvature = 2.0 - 2.0 * f64::from(k);
    if curvature > 0.0 {
        curvature
    } else {
        LEAST_CURVATURE
    }
}

fn add(gradient: &mut [f64], factor: f64, row: &[f32]) {
    for (gradient, &k) in gradient.iter_mut().zip(row) {
        *gradient += factor * f64::from(k);
    }
}
