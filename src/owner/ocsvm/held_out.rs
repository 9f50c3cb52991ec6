//! The owner's scores on held-out windows, and the choice of γ by them.

use ndarray::{ArrayView2, Axis};

use super::kernel::{Distances, Kernel};
use super::kernel_sum::rbf;
use super::{FitError, Folds, Gamma, Nu, fit, smo};
use crate::owner::Score;

/// How far the share of rejected held-out windows may exceed ν: twice the
/// standard error of a share of 0.08 over some 120 windows.
pub const REJECTION_TOLERANCE: f64 = 0.05;

/// γ tried: four to a decade from 10⁻³ to 10³, the range of the recipe.
const STEPS_PER_DECADE: i32 = 4;
const DECADES: std::ops::RangeInclusive<i32> = -3..=3;

/// Result of [`choose_gamma`].
#[derive(Debug, Clone, PartialEq)]
pub struct GammaChoice {
    /// The chosen γ.
    pub gamma: Gamma,
    /// Share of the owner's held-out windows rejected at it, from 0 to 1.
    pub rejected: f64,
    /// False if no γ kept the rejections within ν + [`REJECTION_TOLERANCE`], and this is
    /// the one with the fewest.
    pub within_tolerance: bool,
    /// The held-out score of each row.
    pub scores: Vec<Score>,
}

/// The tightest (largest) γ at which models of the other blocks reject no more
/// of the owner's held-out windows than ν + [`REJECTION_TOLERANCE`].
pub fn choose_gamma(rows: ArrayView2<f32>, folds: &Folds, nu: Nu) -> Result<GammaChoice, FitError> {
    let mut distances = distances(rows, folds)?;
    let mut fewest: Option<GammaChoice> = None;
    for gamma in grid() {
        let scores = match scores(&mut distances, folds, nu, gamma) {
            // The kernel gets flatter with each smaller γ, where the solver converges
            // no better.
            Err(FitError::NotConverged { .. }) if fewest.is_some() => break,
            scores => scores?,
        };
        let rejected =
            scores.iter().filter(|score| score.0 < 0.0).count() as f64 / scores.len() as f64;
        let choice = GammaChoice {
            gamma,
            rejected,
            within_tolerance: rejected <= nu.get() + REJECTION_TOLERANCE,
            scores,
        };
        if choice.within_tolerance {
            return Ok(choice);
        }
        // Of two that reject as many the smaller γ is kept, whose kernel still differs
        // between distant embeddings.
        if fewest
            .as_ref()
            .is_none_or(|f| choice.rejected <= f.rejected)
        {
            fewest = Some(choice);
        }
    }
    // Neither the grid nor `rows` is empty, so there is one.
    fewest.ok_or(FitError::NoRows)
}

/// The score of each row by the model of the other blocks, in the order of `rows`.
pub fn held_out_scores(
    rows: ArrayView2<f32>,
    folds: &Folds,
    nu: Nu,
    gamma: Gamma,
) -> Result<Vec<Score>, FitError> {
    scores(&mut distances(rows, folds)?, folds, nu, gamma)
}

/// The [`OneClassSvm::closeness`](super::OneClassSvm::closeness) of each row to the model of
/// the other blocks, in the order of `rows`.
pub fn held_out_closeness(
    rows: ArrayView2<f32>,
    folds: &Folds,
    nu: Nu,
    gamma: Gamma,
) -> Result<Vec<f64>, FitError> {
    let mut all = Vec::with_capacity(rows.nrows());
    for (fitted, held) in folds.iter() {
        let others = fit(rows.select(Axis(0), &fitted).view(), nu, gamma)?;
        all.extend(held.map(|row| others.closeness(rows.row(row))));
    }
    Ok(all)
}

/// The γ tried, largest first.
fn grid() -> impl Iterator<Item = Gamma> {
    let step = 1.0 / f64::from(STEPS_PER_DECADE);
    let exponents = DECADES.start() * STEPS_PER_DECADE..=DECADES.end() * STEPS_PER_DECADE;
    exponents
        .rev()
        .filter_map(move |e| Gamma::new(10f64.powf(f64::from(e) * step)).ok())
}

fn distances(rows: ArrayView2<f32>, folds: &Folds) -> Result<Distances, FitError> {
    if rows.nrows() != folds.rows() {
        return Err(FitError::FoldsMismatch {
            rows: rows.nrows(),
            folds: folds.rows(),
        });
    }
    Distances::new(rows)
}

fn scores(
    distances: &mut Distances,
    folds: &Folds,
    nu: Nu,
    gamma: Gamma,
) -> Result<Vec<Score>, FitError> {
    let mut scores = Vec::with_capacity(distances.len());
    for (fitted, held) in folds.iter() {
        let model = smo::solve(&mut Kernel::new(distances, &fitted, gamma), nu)?;
        let mut block = vec![-model.rho; held.len()];
        for (&row, alpha) in fitted.iter().zip(model.alphas) {
            if alpha > 0.0 {
                let distances = distances.row(row);
                for (score, &d) in block.iter_mut().zip(&distances[held.clone()]) {
                    *score += alpha * rbf(gamma, f64::from(d));
                }
            }
        }
        scores.extend(block.into_iter().map(Score));
    }
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// A random walk with jitter, one step a row, from a multiplicative generator.
    fn walk(rows: usize, columns: usize) -> Array2<f32> {
        let mut state = 1u32;
        let mut noise = move || {
            state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        let mut here = vec![0.0; columns];
        Array2::from_shape_fn((rows, columns), |(_, column)| {
            here[column] = 0.5 * here[column] + noise();
            here[column]
        })
    }

    #[test]
    fn each_row_is_scored_by_the_model_of_the_others() {
        let rows = walk(60, 8);
        let sessions: Vec<u32> = (0..60).map(|row| row / 20).collect();
        let folds = Folds::new(&sessions, 6).unwrap();
        let (nu, gamma) = (Nu::RECIPE, Gamma::new(0.5).unwrap());
        let scores = held_out_scores(rows.view(), &folds, nu, gamma).unwrap();
        for row in [0, 19, 20, 59] {
            let others: Vec<usize> = (0..60).filter(|other| other / 20 != row / 20).collect();
            let model = fit(rows.select(Axis(0), &others).view(), nu, gamma).unwrap();
            assert!((model.score(rows.row(row)).0 - scores[row].0).abs() < 1e-5);
        }
    }

    #[test]
    fn the_chosen_gamma_is_the_tightest_that_keeps_the_owner_in() {
        let rows = walk(200, 4);
        let folds = Folds::new(&[0; 200], 6).unwrap();
        let nu = Nu::new(0.2).unwrap();
        let choice = choose_gamma(rows.view(), &folds, nu).unwrap();
        assert!(choice.within_tolerance && choice.rejected <= 0.25);
        assert!(choice.gamma.get() > 1e-3 && choice.gamma.get() < 1e3);
        let tighter = Gamma::new(choice.gamma.get() * 10f64.powf(0.25)).unwrap();
        let scores = held_out_scores(rows.view(), &folds, nu, tighter).unwrap();
        let rejected = scores.iter().filter(|score| score.0 < 0.0).count();
        assert!(rejected as f64 > 0.25 * 200.0, "{rejected}");
    }

    #[test]
    fn an_owner_who_never_resembles_himself_is_reported_as_such() {
        let rows = Array2::from_shape_fn((40, 40), |(r, c)| if r == c { 1e3 } else { 0.0 });
        let folds = Folds::new(&[0; 40], 5).unwrap();
        let choice = choose_gamma(rows.view(), &folds, Nu::RECIPE).unwrap();
        assert!(!choice.within_tolerance);
        assert_eq!(choice.scores.len(), 40);
    }

    #[test]
    fn folds_of_other_rows_are_refused() {
        let folds = Folds::new(&[0; 40], 5).unwrap();
        assert_eq!(
            held_out_scores(walk(41, 2).view(), &folds, Nu::RECIPE, Gamma::RECIPE),
            Err(FitError::FoldsMismatch {
                rows: 41,
                folds: 40
            })
        );
    }
}
