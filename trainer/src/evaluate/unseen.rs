//! `--protocol unseen`: owners whom the network was not trained on, enrolled on their
//! earlier sessions and tested on later ones, against impostors whom it was not trained on
//! either.

use std::collections::BTreeMap;

use graspd::enrol::GammaRule;
use graspd::model::Bundle;
use graspd::motion::RATE_HZ;
use rayon::prelude::*;

use super::EvaluateError;
use super::bootstrap::{self, Interval};
use super::comparison::{self, several_an_owner};
use super::controls::{Controls, Probe, Shuffled};
use super::crossed_bootstrap::{self, Impostors};
use super::decision::{DecisionFigures, OwnerOutcome};
use super::fold::{CURVE, FoldResult};
use super::fold_source::{FoldSource, FoldTest};
use super::owner_figures::{ScoredOwner, of_owner, of_pairs};
use super::person_index::{PersonId, PersonIndex};
use super::protocol::Protocol;
use super::replay::Outcomes;
use super::replay_cache::ReplayCache;
use super::results::{EnrolmentPoint, FoldPeople, OwnerFigures, Results, StrangerFigures};
use super::test_set::TestSet;
use super::trials::{Trials, eer_global_threshold};
use super::verification::{VerifiedOwner, mean, test_sessions};
use crate::data::Skipped;
use crate::progress::Progress;

/// Time over which scores are averaged for the 30 s figures.
const FUSED_S: f64 = 30.0;
/// False rejection rates at which the false acceptance rate is given, with their keys.
const FRR: [(&str, f64); 3] = [("0.01", 0.01), ("0.05", 0.05), ("0.10", 0.10)];

/// One fold's results, with what is told of its bundle and people.
struct Fold {
    /// `None` if nobody in it can be an owner.
    result: Option<FoldResult>,
    people: FoldPeople,
    /// The people, then strangers, by their numbers in trials.
    numbered: Vec<PersonId>,
    abstained: usize,
    skipped: Vec<Skipped>,
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
    let mut bundles = Vec::new();
    let mut seen = Vec::new();
    for source in sources {
        let bundle = Bundle::open(&source.bundle)?;
        seen.extend(source.seen_by(&bundle)?);
        bundles.push(bundle);
    }
    let (Some(first), Some(source)) = (bundles.first(), sources.first()) else {
        return Err(EvaluateError::NoOwner);
    };
    seen.sort_unstable();
    seen.dedup();
    if !seen.is_empty() && !allow_seen {
        return Err(EvaluateError::Seen(seen));
    }
    let frames = first.manifest().input.frames;
    let seen_by_other = other
        .map(|other| comparison::check_other(other, sources, frames, allow_seen))
        .transpose()?;
    let run = fused_windows(frames);
    let folds = evaluate_folds(sources, other, protocol, cache, progress)?;
    let results: Vec<&FoldResult> = folds.iter().filter_map(|f| f.result.as_ref()).collect();
    if results.is_empty() {
        let folds = folds.iter().map(|fold| (&fold.people, &fold.skipped[..]));
        let error = EvaluateError::if_nobody_is_tested(source.tested.set, folds);
        return Err(error.unwrap_or(EvaluateError::NoOwner));
    }

    let mut people = PersonIndex::default();
    let mut scored = |of: fn(&FoldResult) -> Option<&Vec<VerifiedOwner>>| -> Vec<ScoredOwner> {
        let mut all = Vec::new();
        for fold in &folds {
            for owner in fold.result.iter().filter_map(of).flatten() {
                all.push(ScoredOwner {
                    id: fold.numbered[owner.person].1.clone(),
                    gamma: owner.gamma,
                    from_cohort: owner.from_cohort,
                    svms_alone: owner.svms_alone,
                    trials: people.renumber(owner.trials.clone(), &fold.numbered),
                });
            }
        }
        all
    };
    let owners = scored(|fold| Some(&fold.verified));
    let against_strangers = scored(|fold| fold.strangers.as_ref());
    let others = scored(|fold| fold.other.as_ref());
    let trials_of = |all: &[ScoredOwner]| -> Vec<Trials> {
        all.iter().map(|owner| owner.trials.clone()).collect()
    };
    let trials = trials_of(&owners);
    let fused: Vec<Trials> = trials.iter().map(|owner| owner.fused(run)).collect();
    let rate = |of: Option<f64>| of.unwrap_or(f64::NAN);
    let over = |of: &dyn Fn(&FoldResult) -> Vec<Option<f64>>| {
        rate(mean(results.iter().flat_map(|fold| of(fold))))
    };
    let per_owner = per_owner(&owners, run);
    let pairs = of_pairs(&owners, people.people(), run);
    let shuffled: Vec<Shuffled> = results.iter().filter_map(|fold| fold.shuffled).collect();
    let controls = Controls {
        shuffled: Shuffled::over(&shuffled),
        gravity_only: over(&|fold| eers(&fold.gravity)),
        causal_windows: results.iter().map(|fold| fold.causal_windows).sum(),
        session_probe: probe(results.iter().map(|fold| fold.session_probe)),
        handset_probe: probe(results.iter().map(|fold| fold.handset_probe)),
    };
    let eer_mean = rate(mean(trials.iter().map(Trials::eer)));
    let mut warnings = controls.warnings(eer_mean);
    warnings.extend(without_owner(&folds));
    if several_an_owner(&trials) {
        warnings.push(
            "each owner is enrolled once for each pair, and their sessions are replayed as often: \
             intervals of false locks are too narrow"
                .into(),
        );
    }
    Ok(Results {
        command: String::new(),
        protocol: if seen.is_empty() { "unseen" } else { "seen" }.into(),
        dataset: source.tested.set.name().into(),
        model_sha256: joined(bundles.iter().map(|bundle| bundle.id().to_string())),
        model: first.manifest().name.clone(),
        window_s: window_s(frames),
        folds: folds.iter().map(|fold| fold.people.clone()).collect(),
        seen,
        owners: per_owner.len(),
        windows: trials.iter().map(Trials::windows).sum(),
        abstained: folds.iter().map(|fold| fold.abstained).sum(),
        enrolment_windows: protocol.enrolment.windows,
        gamma: match protocol.enrolment.gamma {
            GammaRule::HeldOut => "auto".into(),
            GammaRule::Fixed(gamma) => gamma.get().to_string(),
        },
        seed: protocol.seed,
        eer_mean,
        eer_ci95: interval(&trials, protocol.seed),
        eer_crossed_ci95: crossed(&trials, protocol.seed),
        eer_per_owner: per_owner.iter().map(|o| (o.owner.clone(), o.eer)).collect(),
        eer_global_threshold: rate(eer_global_threshold(&trials)),
        eer_30s_mean: rate(mean(fused.iter().map(Trials::eer))),
        eer_30s_ci95: interval(&fused, protocol.seed),
        eer_30s_crossed_ci95: crossed(&fused, protocol.seed),
        eer_pairs_mean: rate(mean(pairs.iter().map(|pair| pair.eer))),
        eer_30s_pairs_mean: rate(mean(pairs.iter().map(|pair| pair.eer_30s))),
        pairs,
        eer_matched_motion: over(&|fold| fold.matched.clone()),
        eer_handset_randomised: over(&|fold| eers(&fold.handset)),
        eer_30s_handset_randomised: over(&|fold| fused_eers(&fold.handset, run)),
        far_at_frr: far_at_frr(&trials),
        rho: rate(mean(trials.iter().map(Trials::session_correlation))),
        enrolment_curve: (0..CURVE.len())
            .map(|at| EnrolmentPoint {
                windows: CURVE[at],
                eer_mean: over(&|fold| eers(&fold.curve[at])),
                eer_30s_mean: over(&|fold| fused_eers(&fold.curve[at], run)),
            })
            .chain([EnrolmentPoint {
                windows: protocol.enrolment.windows,
                eer_mean,
                eer_30s_mean: rate(mean(fused.iter().map(Trials::eer))),
            }])
            .collect(),
        strangers: source.strangers.as_ref().map(|spec| {
            let trials = trials_of(&against_strangers);
            stranger_figures(spec.set.name(), &trials, run, protocol.seed)
        }),
        per_owner,
        failures: controls.failures(),
        warnings,
        controls,
        decision: decision(results.iter().map(|fold| &fold.decisions)),
        decision_handset_randomised: decision(results.iter().map(|fold| &fold.decisions_handset)),
        skipped: folds.iter().flat_map(|fold| fold.skipped.clone()).collect(),
        against: other.map(|other| {
            let (seen, seed) = (seen_by_other.unwrap_or_default(), protocol.seed);
            comparison::against(other, &trials, &trials_of(&others), seen, seed)
        }),
    })
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
                abstained: abstained(&test),
                skipped: test.test_set.skipped.clone(),
                result,
            })
        })
        .collect();
    bar.finish();
    folds
}

/// A warning if there are folds in which nobody can be an owner.
fn without_owner(folds: &[Fold]) -> Option<String> {
    let without = folds.iter().filter(|fold| fold.result.is_none()).count();
    (without > 0).then(|| {
        format!(
            "nobody could be tested in {without} of {} folds, for want of sessions that can be used",
            folds.len()
        )
    })
}

fn per_owner(owners: &[ScoredOwner], run: usize) -> Vec<OwnerFigures> {
    let mut by_id: BTreeMap<usize, Vec<&ScoredOwner>> = BTreeMap::new();
    for owner in owners {
        let number = owner.trials.owner().unwrap_or_default();
        by_id.entry(number).or_default().push(owner);
    }
    let figures = by_id.values().map(|all| of_owner(all, run));
    figures.flatten().collect()
}

/// Interval over owners and sessions, impostors being who they are.
fn interval(trials: &[Trials], seed: u64) -> Interval {
    let interval = match several_an_owner(trials) {
        true => crossed_bootstrap::of_mean_eer(trials, Impostors::Fixed, seed),
        false => bootstrap::of_mean_eer(trials, seed),
    };
    interval.unwrap_or(Interval(f64::NAN, f64::NAN))
}

/// Interval over owners, impostors and sessions.
fn crossed(trials: &[Trials], seed: u64) -> Interval {
    let interval = crossed_bootstrap::of_mean_eer(trials, Impostors::Drawn, seed);
    interval.unwrap_or(Interval(f64::NAN, f64::NAN))
}

fn stranger_figures(dataset: &str, trials: &[Trials], run: usize, seed: u64) -> StrangerFigures {
    let fused: Vec<Trials> = trials.iter().map(|owner| owner.fused(run)).collect();
    let rate = |all: &[Trials]| mean(all.iter().map(Trials::eer)).unwrap_or(f64::NAN);
    let mut impostors: Vec<usize> = trials.iter().flat_map(Trials::impostors).collect();
    impostors.sort_unstable();
    impostors.dedup();
    StrangerFigures {
        dataset: dataset.into(),
        people: impostors.len(),
        eer_mean: rate(trials),
        eer_crossed_ci95: crossed(trials, seed),
        eer_30s_mean: rate(&fused),
        eer_30s_crossed_ci95: crossed(&fused, seed),
        far_at_frr: far_at_frr(trials),
    }
}

fn window_s(frames: usize) -> f64 {
    frames as f64 / f64::from(RATE_HZ)
}

/// Number of windows of `frames` frames whose scores are averaged.
pub(super) fn fused_windows(frames: usize) -> usize {
    (FUSED_S / window_s(frames)).round().max(1.0) as usize
}

fn eers(owners: &[VerifiedOwner]) -> Vec<Option<f64>> {
    owners.iter().map(|owner| owner.trials.eer()).collect()
}

fn fused_eers(owners: &[VerifiedOwner], run: usize) -> Vec<Option<f64>> {
    owners
        .iter()
        .map(|owner| owner.trials.fused(run).eer())
        .collect()
}

fn far_at_frr(owners: &[Trials]) -> BTreeMap<String, f64> {
    let far = |frr| mean(owners.iter().map(|owner| owner.roc().far_at_frr(frr)));
    let told = FRR.map(|(name, frr)| Some((name.to_owned(), far(frr)?)));
    told.into_iter().flatten().collect()
}

fn probe(probes: impl Iterator<Item = Probe> + Clone) -> Probe {
    let over = |of: fn(&Probe) -> f64| {
        mean(probes.clone().map(|probe| Some(of(&probe)))).unwrap_or(f64::NAN)
    };
    Probe {
        accuracy: over(|probe| probe.accuracy),
        chance: over(|probe| probe.chance),
    }
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

fn abstained(test: &FoldTest) -> usize {
    let people = test.test_set.people.iter();
    people
        .flat_map(|person| test_sessions(&person.sessions))
        .map(|session| session.at_rest)
        .sum()
}

fn decision<'a>(folds: impl Iterator<Item = &'a Outcomes> + Clone) -> Option<DecisionFigures> {
    let owners: Vec<OwnerOutcome> = folds
        .clone()
        .flat_map(|outcomes| outcomes.replayed.clone())
        .collect();
    let refused = folds
        .flat_map(|outcomes| outcomes.refused.clone())
        .collect();
    DecisionFigures::of(&owners, refused)
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
