//! `--protocol seed`: the original notebook's protocol with its flaws. People whom the
//! network was trained on, one task, the owner's test windows drawn from their training
//! windows, ν and γ chosen on the test itself, and error rates of labels.
//!
//! It reproduces published figures; it does not measure how well strangers are rejected.

use std::collections::BTreeMap;

use graspd::model::Bundle;
use graspd::owner::ocsvm::{Gamma, Nu};
use ndarray::{Array2, Axis, concatenate};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::EvaluateError;
use super::person_features::{PersonFeatures, embed};
use super::random_search::{Candidate, Rates, Split, best, candidates, rates};
use super::test_set::{TestSet, seen_in_training};
use crate::progress::Progress;
use crate::summary::Summary;

/// Number of random test draws for the box plots.
const REPEATS: usize = 10;
/// Share of an owner's windows that the model is fitted to; its test windows are drawn from
/// the same.
const FITTED: f64 = 0.8;

/// Figures of the original notebook, on ten people of HMOG.
pub const PUBLISHED: [(&str, f64); 4] = [
    ("training_pair_eer", 0.0518),
    ("best_per_owner_eer_mean", 0.168),
    ("eer_mean", 0.1983),
    ("accuracy_mean", 0.8304),
];

/// `results.json` of `--protocol seed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedResults {
    /// The command, without paths.
    pub command: String,
    /// `seed`.
    pub protocol: String,
    /// Flaws of the protocol, in words.
    pub flaws: Vec<String>,
    /// Name of the data set.
    pub dataset: String,
    /// Name of the bundle.
    pub model: String,
    /// SHA-256 that identifies the bundle.
    pub model_sha256: String,
    /// Tested people whom the network was trained on; in the original, all of them.
    pub seen: Vec<String>,
    /// Number of owners.
    pub owners: usize,
    /// Number of test windows, over all owners.
    pub windows: usize,
    /// Number of windows left out because the device lay still.
    pub abstained: usize,
    /// Seed of the splits and of the search.
    pub seed: u64,
    /// ν common to all owners.
    pub nu: Nu,
    /// γ common to all owners.
    pub gamma: Gamma,
    /// Mean label EER at the common ν and γ.
    pub eer_mean: f64,
    /// Label EER at the common ν and γ, by owner.
    pub eer_per_owner: BTreeMap<String, f64>,
    /// Mean share of correct labels at the common ν and γ.
    pub accuracy_mean: f64,
    /// Mean label EER, each owner with the ν and γ that are best on their own test.
    pub best_per_owner_eer_mean: f64,
    /// Summary statistics of the owners' best label EERs.
    pub best_summary: Summary,
    /// Figures of each owner.
    pub per_owner: Vec<SeedOwner>,
    /// EER of the network's training pairs, by its manifest. `None` if that has none.
    pub training_pair_eer: Option<f64>,
    /// Figures of the original notebook, by key of this file.
    pub published: BTreeMap<String, f64>,
    /// Keys of the other protocol, null.
    #[serde(flatten)]
    pub not_evaluated: NotEvaluated,
}

/// Keys that every `results.json` has and that this protocol does not compute: null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NotEvaluated {
    eer_ci95: (),
    eer_global_threshold: (),
    eer_30s_mean: (),
    rho: (),
    controls: (),
    decision: (),
    decision_handset_randomised: (),
}

/// Figures of one owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeedOwner {
    /// Id of the owner.
    pub owner: String,
    /// Number of windows that the model was fitted to.
    pub fitted: usize,
    /// Best ν and γ of the search.
    pub best: Candidate,
    /// Error rates at these.
    pub best_rates: Rates,
    /// Error rates at the common ν and γ.
    pub common: Rates,
    /// The same for each of [`REPEATS`] random test draws.
    pub repeats: Vec<Rates>,
}

/// Evaluates `bundle` by the original protocol, on map-navigation sessions only where the
/// data set has tasks.
pub fn evaluate(
    bundle: &Bundle,
    test_set: &TestSet,
    seed: u64,
    progress: Progress,
) -> Result<SeedResults, EvaluateError> {
    let mut test_set = test_set.clone();
    for person in &mut test_set.people {
        let set = test_set.set;
        person
            .sessions
            .retain(|session| set.is_map(&session.recording.session));
    }
    test_set.people.retain(|person| !person.sessions.is_empty());
    let rows: Vec<(String, Array2<f32>)> = embed(bundle, &test_set, progress)?
        .into_iter()
        .filter_map(rows_of)
        .collect();
    if rows.len() < 2 {
        return Err(EvaluateError::NoOwner);
    }
    let candidates = candidates(seed);
    let bar = progress.bar("searching", rows.len());
    let mut per_owner = Vec::new();
    for owner in 0..rows.len() {
        bar.step(1, &rows[owner].0);
        let split = |repeat: usize| split(&rows, owner, seed, repeat);
        let first = split(0);
        let Some((best, best_rates)) = best(&first, &candidates) else {
            continue;
        };
        per_owner.push(SeedOwner {
            owner: rows[owner].0.clone(),
            fitted: first.fitted.nrows(),
            best,
            best_rates,
            common: rates(&first, Candidate::COMMON)?,
            repeats: (0..REPEATS)
                .map(|repeat| rates(&split(repeat), Candidate::COMMON))
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
            "the network was trained on the people it is tested on",
            "test windows of the owner are among the windows that the model was fitted to",
            "nu and gamma of the best per owner were chosen on the test itself",
            "error rates are those of labels, a curve of one point, not of scores",
            "sessions are not kept apart",
        ]
        .map(str::to_owned)
        .into(),
        dataset: test_set.set.name().into(),
        model: bundle.manifest().name.clone(),
        model_sha256: bundle.id().to_string(),
        seen: seen_in_training(bundle, test_set.set, &test_set.ids()),
        owners: per_owner.len(),
        windows: (0..rows.len())
            .map(|owner| split(&rows, owner, seed, 0).genuine.len())
            .sum(),
        abstained: test_set
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
        not_evaluated: NotEvaluated::default(),
        published: PUBLISHED
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
    })
}

/// Id and finite rows of a person, all sessions together. `None` without any.
fn rows_of(person: PersonFeatures) -> Option<(String, Array2<f32>)> {
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

/// Random split of one owner: training windows, test windows drawn from these, and as many
/// impostor windows of others.
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
