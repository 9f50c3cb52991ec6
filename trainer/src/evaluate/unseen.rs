//! `--protocol unseen`: owners whom the network was not trained on, enrolled on their
//! earlier sessions and tested on later ones, against impostors whom it was not trained on
//! either.

use graspd::enrol::GammaRule;
use graspd::model::Bundle;
use graspd::motion::RATE_HZ;
use rayon::prelude::*;

use super::EvaluateError;
use super::comparison::{self, several_an_owner};
use super::controls::Controls;
use super::fold::FoldResult;
use super::fold_source::{FoldSource, FoldTest, open_bundles};
use super::person_index::PersonId;
use super::pooled::{MeanEer, Pooled, far_at_frr, rate};
use super::protocol::Protocol;
use super::replay_cache::ReplayCache;
use super::results::{EnrolmentPoint, FoldPeople, Results};
use super::test_delay::TestDelay;
use super::test_set::TestSet;
use super::trials::{Trials, eer_global_threshold};
use super::undated;
use super::verification::test_sessions;
use crate::data::Skipped;
use crate::progress::Progress;

/// Time over which scores are averaged for the 30 s figures.
const FUSED_S: f64 = 30.0;

/// One fold's results, with what is told of its bundle and people.
pub(super) struct Fold {
    /// `None` if nobody in it can be an owner.
    pub(super) result: Option<FoldResult>,
    pub(super) people: FoldPeople,
    /// The people, then strangers, by their numbers in trials.
    pub(super) numbered: Vec<PersonId>,
    /// How long after their enrolment each of the people is tested.
    pub(super) delays: Vec<Option<TestDelay>>,
    /// Windows of test sessions that were not scored because the device lay still.
    pub(super) abstained: usize,
    pub(super) skipped: Vec<Skipped>,
}

/// Evaluates one bundle, or those of several folds with all their owners together, and
/// compares with the `other` one. Folds are evaluated side by side, as many as rayon has
/// threads.
pub fn evaluate(
    sources: &[FoldSource],
    other: Option<&Bundle>,
    protocol: Protocol,
    allow_seen: bool,
    cache: &ReplayCache,
    progress: Progress,
) -> Result<Results, EvaluateError> {
    let (bundles, seen) = open_bundles(sources, allow_seen)?;
    let (Some(first), Some(source)) = (bundles.first(), sources.first()) else {
        return Err(EvaluateError::NoOwner);
    };
    let frames = first.manifest().input.frames;
    let seen_by_other = other
        .map(|other| comparison::check_other(other, sources, frames, allow_seen))
        .transpose()?;
    let folds = evaluate_folds(sources, other, protocol, cache, progress)?;
    let pooled = Pooled::of(&folds, fused_windows(frames), protocol.seed);
    if pooled.folds.is_empty() {
        let folds = folds.iter().map(|fold| (&fold.people, &fold.skipped[..]));
        let error = EvaluateError::if_nobody_is_tested(source.tested.set, folds);
        return Err(error.unwrap_or(EvaluateError::NoOwner));
    }
    let tested = Tested {
        source,
        bundles: &bundles,
        first,
        seen,
    };
    let mut results = results(&pooled, &folds, protocol, tested);
    let tested = sources.iter().map(|one| &one.tested);
    let undated = undated::warning(tested, &results.skipped)?;
    results.warnings.extend(undated);
    results.against = other.map(|other| {
        let seen = seen_by_other.unwrap_or_default();
        comparison::against(other, &pooled.trials, &pooled.others, seen, protocol.seed)
    });
    Ok(results)
}

/// Who was tested, and by which bundles.
struct Tested<'a> {
    source: &'a FoldSource,
    bundles: &'a [Bundle],
    first: &'a Bundle,
    /// Those of them whom a bundle was trained on.
    seen: Vec<String>,
}

/// The figures of all folds together, without a comparison.
fn results(pooled: &Pooled<'_>, folds: &[Fold], protocol: Protocol, tested: Tested<'_>) -> Results {
    let window = MeanEer::of(&pooled.trials, protocol.seed);
    let half_minute = MeanEer::of(&pooled.fused, protocol.seed);
    let [eer_handset_randomised, eer_30s_handset_randomised] = pooled.eers(|fold| &fold.handset);
    let mut enrolment_curve = pooled.curve();
    enrolment_curve.push(EnrolmentPoint {
        windows: protocol.enrolment.windows,
        eer_mean: window.mean,
        eer_30s_mean: half_minute.mean,
    });
    let (per_owner, pairs, controls) = (pooled.per_owner(), pooled.pairs(), pooled.controls());
    let Tested {
        source,
        bundles,
        first,
        seen,
    } = tested;
    Results {
        command: String::new(),
        protocol: if seen.is_empty() { "unseen" } else { "seen" }.into(),
        dataset: source.tested.set.name().into(),
        model_sha256: joined(bundles.iter().map(|bundle| bundle.id().to_string())),
        model: first.manifest().name.clone(),
        window_s: window_s(first.manifest().input.frames),
        folds: folds.iter().map(|fold| fold.people.clone()).collect(),
        seen,
        owners: per_owner.len(),
        windows: pooled.trials.iter().map(Trials::windows).sum(),
        abstained: folds
            .iter()
            .filter(|fold| fold.result.is_some())
            .map(|fold| fold.abstained)
            .sum(),
        enrolment_windows: protocol.enrolment.windows,
        gamma: match protocol.enrolment.gamma {
            GammaRule::HeldOut => "auto".into(),
            GammaRule::Fixed(gamma) => gamma.get().to_string(),
        },
        seed: protocol.seed,
        eer_mean: window.mean,
        eer_ci95: window.ci95,
        eer_crossed_ci95: window.crossed_ci95,
        eer_per_owner: per_owner.iter().map(|o| (o.owner.clone(), o.eer)).collect(),
        eer_global_threshold: rate([eer_global_threshold(&pooled.trials)]),
        eer_30s_mean: half_minute.mean,
        eer_30s_ci95: half_minute.ci95,
        eer_30s_crossed_ci95: half_minute.crossed_ci95,
        eer_pairs_mean: rate(pairs.iter().map(|pair| pair.eer)),
        eer_30s_pairs_mean: rate(pairs.iter().map(|pair| pair.eer_30s)),
        pairs,
        eer_matched_motion: pooled.over(|fold| fold.matched.clone()),
        eer_handset_randomised,
        eer_30s_handset_randomised,
        far_at_frr: far_at_frr(&pooled.trials),
        rho: rate(pooled.trials.iter().map(Trials::session_correlation)),
        enrolment_curve,
        strangers: (source.strangers.as_ref())
            .map(|spec| pooled.against_strangers(spec.set.name())),
        per_owner,
        failures: controls.failures(),
        warnings: warnings(&controls, window.mean, &pooled.trials, folds),
        controls,
        decision: pooled.decisions(|fold| &fold.decisions),
        decision_handset_randomised: pooled.decisions(|fold| &fold.decisions_handset),
        skipped: folds.iter().flat_map(|fold| fold.skipped.clone()).collect(),
        against: None,
    }
}

fn warnings(controls: &Controls, eer_mean: f64, trials: &[Trials], folds: &[Fold]) -> Vec<String> {
    let mut warnings = controls.warnings(eer_mean);
    let without = folds.iter().filter(|fold| fold.result.is_none()).count();
    if without > 0 {
        warnings.push(format!(
            "nobody could be tested in {without} of {} folds, for want of sessions that can be used",
            folds.len()
        ));
    }
    if several_an_owner(trials) {
        warnings.push(
            "each owner is enrolled once for each pair, and their sessions are replayed as often: \
             intervals of false locks are too narrow"
                .into(),
        );
    }
    warnings
}

/// All folds, in their order. Recordings of one that is evaluated are let go of.
fn evaluate_folds(
    sources: &[FoldSource],
    other: Option<&Bundle>,
    protocol: Protocol,
    cache: &ReplayCache,
    progress: Progress,
) -> Result<Vec<Fold>, EvaluateError> {
    // Of several folds at once, only the number that are done is shown.
    let within = match sources.len() {
        1 => progress,
        _ => Progress::Silent,
    };
    let bar = match sources.len() {
        1 => Progress::Silent.bar("folds", 1),
        folds => progress.bar("folds", folds),
    };
    let folds = sources
        .par_iter()
        .map(|source| {
            let test = source.open(within)?;
            for skipped in &test.test_set.skipped {
                within.say(&format!("skipped {}: {}", skipped.session, skipped.why));
            }
            let result = FoldResult::evaluate(&test, other, protocol, cache, within)?;
            bar.step(1, &test.test_set.ids().join(", "));
            let sets = std::iter::once(&test.test_set).chain(&test.strangers);
            Ok(Fold {
                people: fold_people(&test),
                numbered: sets.flat_map(TestSet::person_ids).collect(),
                delays: delays(&test),
                abstained: abstained(&test),
                skipped: test.test_set.skipped.clone(),
                result,
            })
        })
        .collect();
    bar.finish();
    folds
}

fn window_s(frames: usize) -> f64 {
    frames as f64 / f64::from(RATE_HZ)
}

/// Number of windows of `frames` frames whose scores are averaged.
pub(super) fn fused_windows(frames: usize) -> usize {
    (FUSED_S / window_s(frames)).round().max(1.0) as usize
}

/// Who was trained on and who is tested.
pub(super) fn fold_people(test: &FoldTest) -> FoldPeople {
    let training = &test.bundle.manifest().training;
    let of_set = |data: &graspd::model::TrainingData| {
        let name = |person: &String| format!("{} {person}", data.name);
        data.people.iter().map(name).collect::<Vec<_>>()
    };
    FoldPeople {
        model_sha256: test.bundle.id().to_string(),
        taught: training.data.iter().flat_map(of_set).collect(),
        tested: test
            .test_set
            .people
            .iter()
            .map(|person| person.id.clone())
            .collect(),
    }
}

fn delays(test: &FoldTest) -> Vec<Option<TestDelay>> {
    let people = test.test_set.people.iter();
    people
        .map(|person| TestDelay::of(&person.sessions))
        .collect()
}

fn abstained(test: &FoldTest) -> usize {
    let people = test.test_set.people.iter();
    people
        .flat_map(|person| test_sessions(&person.sessions))
        .map(|session| session.at_rest)
        .sum()
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_seconds_are_as_many_windows_as_they_take() {
        assert_eq!([500, 128, 3000, 4096].map(fused_windows), [6, 23, 1, 1]);
    }
}
