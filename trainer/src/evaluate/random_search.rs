//! Random search of the one-class SVM's ν and γ, as the original notebook does it, with
//! error rates of labels and of scores.

use std::collections::BTreeSet;

use graspd::owner::ocsvm::{FitError, Gamma, Nu, fit};
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::trials::{ScoredSession, Trials};

/// Candidates of a search.
pub const DRAWS: usize = 50;
/// Values of each parameter that are drawn from: γ from 10⁻³ to 10³ in equal
/// ratios, ν from 0.0001 to 0.3 in equal steps.
const GRID: usize = 50;

/// One combination of ν and γ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    /// ν.
    pub nu: Nu,
    /// γ.
    pub gamma: Gamma,
}

impl Candidate {
    /// The original protocol's common choice.
    pub const COMMON: Self = Self {
        nu: Nu::RECIPE,
        gamma: Gamma::RECIPE,
    };
}

/// Training and test embeddings of one owner.
#[derive(Debug, Clone)]
pub struct Split {
    /// Training rows, all of the owner.
    pub fitted: Array2<f32>,
    /// Test rows, of the owner and of others.
    pub tested: Array2<f32>,
    /// Whether each test row is the owner's.
    pub genuine: Vec<bool>,
}

/// Error rates of one fitted model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// EER of the predicted labels +1 and −1, as in the original: a ROC of one point.
    pub label_eer: f64,
    /// EER of the scores.
    pub score_eer: f64,
    /// Share of labels that are correct.
    pub accuracy: f64,
}

/// [`DRAWS`] different candidates; drawn without replacement, as scikit-learn's random
/// search does.
pub fn candidates(seed: u64) -> Vec<Candidate> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let share = |place: usize| place as f64 / (GRID - 1) as f64;
    let mut tried = BTreeSet::new();
    let mut draw = || {
        let (gamma, nu) = (rng.random_range(0..GRID), rng.random_range(0..GRID));
        if !tried.insert((gamma, nu)) {
            return None;
        }
        Some(Candidate {
            nu: Nu::new(1e-4 + (0.3 - 1e-4) * share(nu)).ok()?,
            gamma: Gamma::new(10f64.powf(-3.0 + 6.0 * share(gamma))).ok()?,
        })
    };
    std::iter::repeat_with(&mut draw)
        .flatten()
        .take(DRAWS)
        .collect()
}

/// Fits a model to the split's training rows and scores its test rows.
pub fn rates(split: &Split, candidate: Candidate) -> Result<Rates, FitError> {
    let svm = fit(split.fitted.view(), candidate.nu, candidate.gamma)?;
    let scores: Vec<f64> = split
        .tested
        .outer_iter()
        .map(|row| svm.score(row).0)
        .collect();
    let eer = |value: fn(f64) -> f64| {
        let of = |genuine: bool| ScoredSession {
            person: usize::from(!genuine),
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

/// The candidate with the least label EER, the first of several. Candidates that cannot be
/// fitted are skipped; `None` if none can.
pub fn best(split: &Split, candidates: &[Candidate]) -> Option<(Candidate, Rates)> {
    candidates
        .iter()
        .filter_map(|candidate| Some((*candidate, rates(split, *candidate).ok()?)))
        .min_by(|a, b| a.1.label_eer.total_cmp(&b.1.label_eer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_draw_is_another_and_on_the_grid() {
        for seed in 0..20 {
            let candidates = candidates(seed);
            assert_eq!(candidates.len(), DRAWS);
            for (at, candidate) in candidates.iter().enumerate() {
                assert!((1e-4..=0.3).contains(&candidate.nu.get()), "{candidate:?}");
                assert!(
                    (1e-3..=1e3 + 1e-9).contains(&candidate.gamma.get()),
                    "{candidate:?}"
                );
                assert!(
                    !candidates[..at].contains(candidate),
                    "{candidate:?} twice, seed {seed}"
                );
            }
        }
    }
}
