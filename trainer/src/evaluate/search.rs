//! The recipe's random search of ν and γ, and the two ways to take an error rate
//! from a one-class SVM.

use std::collections::BTreeSet;

use graspd::owner::ocsvm::{FitError, Gamma, Nu, fit};
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::trials::{ScoredSession, Trials};

/// Draws of a search.
pub const DRAWS: usize = 50;
/// Places on each axis of the grid that is drawn from: γ from 10⁻³ to 10³ in equal
/// ratios, ν from 0.0001 to 0.3 in equal steps.
const GRID: usize = 50;

/// One choice of both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Draw {
    /// ν.
    pub nu: Nu,
    /// γ.
    pub gamma: Gamma,
}

impl Draw {
    /// The recipe's common choice.
    pub const COMMON: Self = Self {
        nu: Nu::RECIPE,
        gamma: Gamma::RECIPE,
    };
}

/// Rows to fit to, and rows to score with whether they are the owner's.
#[derive(Debug, Clone)]
pub struct Split {
    /// The owner's.
    pub fitted: Array2<f32>,
    /// The owner's and others'.
    pub tested: Array2<f32>,
    /// Whose those are.
    pub genuine: Vec<bool>,
}

/// What one model does on its split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// EER of the labels +1 and −1, as the recipe takes it: a curve of one point.
    pub label_eer: f64,
    /// EER of the scores.
    pub score_eer: f64,
    /// Share of labels that are right.
    pub accuracy: f64,
}

/// The draws of a seed, no two alike: scikit-learn's random search, too, draws from
/// lists without putting back.
pub fn draws(seed: u64) -> Vec<Draw> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let share = |place: usize| place as f64 / (GRID - 1) as f64;
    let mut tried = BTreeSet::new();
    let mut draw = || {
        let (gamma, nu) = (rng.random_range(0..GRID), rng.random_range(0..GRID));
        if !tried.insert((gamma, nu)) {
            return None;
        }
        Some(Draw {
            nu: Nu::new(1e-4 + (0.3 - 1e-4) * share(nu)).ok()?,
            gamma: Gamma::new(10f64.powf(-3.0 + 6.0 * share(gamma))).ok()?,
        })
    };
    std::iter::repeat_with(&mut draw)
        .flatten()
        .take(DRAWS)
        .collect()
}

/// Fits and scores.
pub fn rates(split: &Split, draw: Draw) -> Result<Rates, FitError> {
    let svm = fit(split.fitted.view(), draw.nu, draw.gamma)?;
    let scores: Vec<f64> = split
        .tested
        .outer_iter()
        .map(|row| svm.score(row).0)
        .collect();
    let eer = |value: fn(f64) -> f64| {
        let of = |genuine: bool| ScoredSession {
            genuine,
            scores: (scores.iter().zip(&split.genuine))
                .filter(|(_, kind)| **kind == genuine)
                .map(|(score, _)| value(*score))
                .collect(),
        };
        Trials::new(vec![of(true), of(false)]).eer()
    };
    let right = (scores.iter().zip(&split.genuine))
        .filter(|(score, genuine)| (label(**score) > 0.0) == **genuine)
        .count();
    Ok(Rates {
        label_eer: eer(label).unwrap_or(f64::NAN),
        score_eer: eer(|score| score).unwrap_or(f64::NAN),
        accuracy: right as f64 / scores.len().max(1) as f64,
    })
}

fn label(score: f64) -> f64 {
    if score >= 0.0 { 1.0 } else { -1.0 }
}

/// The draw with the least EER of labels; the first of several. A draw that no
/// model can be fitted with is passed over.
pub fn best(split: &Split, draws: &[Draw]) -> Option<(Draw, Rates)> {
    draws
        .iter()
        .filter_map(|draw| Some((*draw, rates(split, *draw).ok()?)))
        .min_by(|a, b| a.1.label_eer.total_cmp(&b.1.label_eer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_is_another_and_on_the_grid() {
        for seed in 0..20 {
            let draws = draws(seed);
            assert_eq!(draws.len(), DRAWS);
            for (at, draw) in draws.iter().enumerate() {
                assert!((1e-4..=0.3).contains(&draw.nu.get()), "{draw:?}");
                assert!((1e-3..=1e3 + 1e-9).contains(&draw.gamma.get()), "{draw:?}");
                assert!(!draws[..at].contains(draw), "{draw:?} twice, seed {seed}");
            }
        }
    }
}
