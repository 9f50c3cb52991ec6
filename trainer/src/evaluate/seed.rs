//! The original protocol, flaws included: people that the network was taught on,
//! one task, the owner's test windows drawn from their training windows, ν and γ
//! searched for on the test itself, and error rates of labels.
//!
//! It is here so that anyone can see what it hides. Nothing in it says how well
//! a stranger is told from an owner.

use std::collections::BTreeMap;

use graspd::model::Bundle;
use graspd::owner::ocsvm::{Gamma, Nu};
use ndarray::{Array2, Axis, concatenate};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::EvaluateError;
use super::features::{self, Gallery};
use super::fold::seen;
use super::material::EnrolmentWindows;
use super::search::{Draw, Rates, Split, best, draws, rates};
use crate::progress::Progress;
use crate::summary::Summary;

/// Times that test windows are drawn anew for the box plots.
const REPEATS: usize = 10;
/// Share of an owner's windows that the model is fitted to, and that test windows
/// are then drawn from.
const FITTED: f64 = 0.8;

/// What the recipe's notebook reports, on ten people of HMOG.
pub const PUBLISHED: [(&str, f64); 4] = [
    ("training_pair_eer", 0.0518),
    ("best_per_owner_eer_mean", 0.168),
    ("eer_mean", 0.1983),
    ("accuracy_mean", 0.8304),
];

/// `evaluate --protocol seed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedResults {
    /// The command that made this, every path left out.
    pub command: String,
    /// `seed`.
    pub protocol: String,
    /// What is wrong with it.
    pub flaws: Vec<String>,
    /// The data set.
    pub dataset: String,
    /// The bundle's name.
    pub model: String,
    /// Of the bundle.
    pub model_sha256: String,
    /// People tested that the network was taught on: all of them, in the original.
    pub seen: Vec<String>,
    /// Owners.
    pub owners: usize,
    /// Test windows, over all owners.
    pub windows: usize,
    /// Windows that the device lay still in.
    pub abstained: usize,
    /// Of everything random.
    pub seed: u64,
    /// ν that all owners have in common.
    pub nu: Nu,
    /// γ that all owners have in common.
    pub gamma: Gamma,
    /// Mean EER of labels at the common ν and γ.
    pub eer_mean: f64,
    /// By owner.
    pub eer_per_owner: BTreeMap<String, f64>,
    /// Mean share of labels that are right, at the common ν and γ.
    pub accuracy_mean: f64,
    /// Mean EER of labels, each owner with the ν and γ that their own test liked best.
    pub best_per_owner_eer_mean: f64,
    /// Of the best EERs.
    pub best_summary: Summary,
    /// Each owner.
    pub per_owner: Vec<SeedOwner>,
    /// EER of the pairs that the network was taught on, by its manifest.
    pub training_pair_eer: Option<f64>,
    /// What the notebook reports.
    pub published: BTreeMap<String, f64>,
    /// What it does not ask.
    #[serde(flatten)]
    pub not_asked: NotAsked,
}

/// Figures that every `results.json` has, and that this protocol does not ask for:
/// null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NotAsked {
    eer_ci95: (),
    eer_global_threshold: (),
    eer_30s_mean: (),
    rho: (),
    controls: (),
    decision: (),
    decision_handset_randomised: (),
}

/// One owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedOwner {
    /// Who.
    pub owner: String,
    /// Windows that the model was fitted to.
    pub fitted: usize,
    /// The search's choice.
    pub best: Draw,
    /// Its rates.
    pub best_rates: Rates,
    /// At the common ν and γ.
    pub common: Rates,
    /// At the common ν and γ, for test windows drawn anew.
    pub repeats: Vec<Rates>,
}

/// Evaluates `bundle` as its authors did. Only map sessions count where the data
/// set knows tasks.
pub fn evaluate(
    bundle: &Bundle,
    material: &EnrolmentWindows,
    seed: u64,
    progress: Progress,
) -> Result<SeedResults, EvaluateError> {
    let mut material = material.clone();
    for person in &mut material.people {
        let set = material.set;
        person
            .sessions
            .retain(|session| set.is_map(&session.recording.session));
    }
    material.people.retain(|person| !person.sessions.is_empty());
    let rows: Vec<(String, Array2<f32>)> = features::embed(bundle, &material, progress)?
        .into_iter()
        .filter_map(rows_of)
        .collect();
    if rows.len() < 2 {
        return Err(EvaluateError::NoOwner);
    }
    let draws = draws(seed);
    let bar = progress.bar("searching", rows.len());
    let mut per_owner = Vec::new();
    for owner in 0..rows.len() {
        bar.step(1, &rows[owner].0);
        let split = |repeat: usize| split(&rows, owner, seed, repeat);
        let first = split(0);
        let Some((best, best_rates)) = best(&first, &draws) else {
            continue;
        };
        per_owner.push(SeedOwner {
            owner: rows[owner].0.clone(),
            fitted: first.fitted.nrows(),
            best,
            best_rates,
            common: rates(&first, Draw::COMMON)?,
            repeats: (0..REPEATS)
                .map(|repeat| rates(&split(repeat), Draw::COMMON))
                .collect::<Result<_, _>>()?,
        });
    }
    bar.finish();
    let mean = |of: fn(&SeedOwner) -> f64| {
        per_owner.iter().map(of).sum::<f64>() / per_owner.len().max(1) as f64
    };
    let bests: Vec<f64> = per_owner.iter().map(|o| o.best_rates.label_eer).collect();
    Ok(SeedResults {
        command: String::new(),
        protocol: "seed".into(),
        flaws: [
            "the network was taught on the people it is tested on",
            "test windows of the owner are among the windows that the model was fitted to",
            "nu and gamma of the best per owner were chosen on the test itself",
            "error rates are those of labels, a curve of one point, not of scores",
            "sessions are not kept apart",
        ]
        .map(str::to_owned)
        .into(),
        dataset: material.set.name().into(),
        model: bundle.manifest().name.clone(),
        model_sha256: bundle.id().to_string(),
        seen: seen(bundle, &material),
        owners: per_owner.len(),
        windows: (0..rows.len())
            .map(|owner| split(&rows, owner, seed, 0).genuine.len())
            .sum(),
        abstained: material
            .people
            .iter()
            .flat_map(|p| &p.sessions)
            .map(|s| s.at_rest)
            .sum(),
        seed,
        nu: Nu::RECIPE,
        gamma: Gamma::RECIPE,
        eer_mean: mean(|o| o.common.label_eer),
        eer_per_owner: per_owner
            .iter()
            .map(|o| (o.owner.clone(), o.common.label_eer))
            .collect(),
        accuracy_mean: mean(|o| o.common.accuracy),
        best_per_owner_eer_mean: mean(|o| o.best_rates.label_eer),
        best_summary: Summary::of(bests).ok_or(EvaluateError::NoOwner)?,
        per_owner,
        training_pair_eer: bundle
            .manifest()
            .figures
            .get("training_pair_eer_after")
            .copied(),
        not_asked: NotAsked::default(),
        published: PUBLISHED
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
    })
}

/// All rows of a person that are finite.
fn rows_of(person: Gallery) -> Option<(String, Array2<f32>)> {
    let finite = |row: &ndarray::ArrayView1<'_, f32>| row.iter().all(|v| v.is_finite());
    let rows: Vec<_> = person
        .sessions
        .iter()
        .flat_map(|s| s.outer_iter())
        .filter(finite)
        .collect();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| row.insert_axis(Axis(0)))
        .collect();
    let rows = concatenate(Axis(0), &rows).ok()?;
    Some((person.id, rows))
}

/// The owner's test windows are drawn from those that the model is fitted to; as
/// many of others' are drawn from all of theirs.
fn split(rows: &[(String, Array2<f32>)], owner: usize, seed: u64, repeat: usize) -> Split {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream((owner * REPEATS + repeat) as u64 + 1);
    let own = &rows[owner].1;
    let mut places: Vec<usize> = (0..own.nrows()).collect();
    places.shuffle(&mut rng);
    let fitted = (own.nrows() as f64 * FITTED).ceil() as usize;
    let fitted = &places[..fitted];
    let count = (own.nrows() - fitted.len()).max(1);
    let mut tested = Vec::new();
    for _ in 0..count {
        tested.push(own.row(fitted[rng.random_range(0..fitted.len())]));
    }
    for _ in 0..count {
        let step = rng.random_range(1..rows.len());
        let other = &rows[(owner + step) % rows.len()].1;
        tested.push(other.row(rng.random_range(0..other.nrows())));
    }
    let tested: Vec<_> = tested
        .into_iter()
        .map(|row| row.insert_axis(Axis(0)))
        .collect();
    Split {
        fitted: own.select(Axis(0), fitted),
        tested: concatenate(Axis(0), &tested).unwrap_or_default(),
        genuine: (0..2 * count).map(|place| place < count).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_test_windows_come_from_those_fitted_to() {
        let person = |n: usize| {
            let rows = Array2::from_shape_fn((50, 2), |(r, c)| (n * 1000 + r * 2 + c) as f32);
            (n.to_string(), rows)
        };
        let rows: Vec<_> = (0..3).map(person).collect();
        let split = split(&rows, 1, 7, 0);
        assert_eq!((split.fitted.nrows(), split.tested.nrows()), (40, 20));
        for (row, genuine) in split.tested.outer_iter().zip(&split.genuine) {
            let among = split.fitted.outer_iter().any(|fitted| fitted == row);
            assert_eq!(among, *genuine);
        }
    }
}
