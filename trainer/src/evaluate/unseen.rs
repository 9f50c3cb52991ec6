//! `--protocol unseen`: owners whom the network was not trained on, enrolled on their
//! earlier sessions and tested on later ones, against impostors whom it was not trained on
//! either.

use std::collections::BTreeMap;

use graspd::enrol::GammaRule;
use graspd::model::Bundle;
use graspd::motion::RATE_HZ;

use super::EvaluateError;
use super::bootstrap::{Interval, of_mean_eer};
use super::controls::{Controls, Probe};
use super::decision::{DecisionFigures, OwnerOutcome};
use super::fold::{CURVE, FoldResult};
use super::protocol::Protocol;
use super::replay::Outcomes;
use super::replay_cache::ReplayCache;
use super::results::{EnrolmentPoint, FoldPeople, OwnerFigures, Results};
use super::test_set::TestSet;
use super::trials::{Trials, eer_global_threshold};
use super::verification::{VerifiedOwner, mean, test_sessions};
use crate::progress::Progress;
use crate::roc::OperatingPoint;

/// Time over which scores are averaged for the 30 s figures.
const FUSED_S: f64 = 30.0;
/// False rejection rates at which the false acceptance rate is given, with their keys.
const FRR: [(&str, f64); 3] = [("0.01", 0.01), ("0.05", 0.05), ("0.10", 0.10)];

/// Most points of a DET curve in `results.json`.
const DET_POINTS: usize = 200;

/// A bundle and the people whom it is tested on.
pub struct FoldTest {
    /// The bundle.
    pub bundle: Bundle,
    /// The people.
    pub test_set: TestSet,
}

/// Evaluates one bundle, or those of several folds with all their owners together. Also
/// returns each owner's trials, for comparison with another bundle.
pub fn evaluate(
    tests: &[FoldTest],
    protocol: Protocol,
    allow_seen: bool,
    cache: &ReplayCache,
    progress: Progress,
) -> Result<(Results, Vec<Trials>), EvaluateError> {
    let seen: Vec<String> = tests
        .iter()
        .flat_map(|test| test.test_set.seen_in_training(&test.bundle))
        .collect();
    if !seen.is_empty() && !allow_seen {
        return Err(EvaluateError::Seen(seen));
    }
    let frames = tests[0].bundle.manifest().input.frames;
    let run = fused_windows(frames);
    let mut folds = Vec::new();
    for test in tests {
        let fold = FoldResult::evaluate(&test.bundle, &test.test_set, protocol, cache, progress)?;
        folds.push((test, fold));
    }
    let verified = || folds.iter().flat_map(|(_, fold)| &fold.verified);
    let trials: Vec<Trials> = verified().map(|owner| owner.trials.clone()).collect();
    let fused: Vec<Trials> = trials.iter().map(|owner| owner.fused(run)).collect();
    let rate = |of: Option<f64>| of.unwrap_or(f64::NAN);
    let over = |of: &dyn Fn(&FoldResult) -> Vec<Option<f64>>| {
        rate(mean(folds.iter().flat_map(|(_, fold)| of(fold))))
    };
    let per_owner: Vec<OwnerFigures> = folds
        .iter()
        .flat_map(|(test, fold)| fold.verified.iter().map(|owner| figures(test, owner, run)))
        .collect();
    let controls = Controls {
        shuffled: over(&|fold| vec![fold.shuffled]),
        gravity_only: over(&|fold| eers(&fold.gravity)),
        causal_windows: folds.iter().map(|(_, fold)| fold.causal_windows).sum(),
        session_probe: probe(folds.iter().map(|(_, fold)| fold.session_probe)),
        handset_probe: probe(folds.iter().map(|(_, fold)| fold.handset_probe)),
    };
    let eer_mean = rate(mean(trials.iter().map(Trials::eer)));
    let nowhere = Interval(f64::NAN, f64::NAN);
    let results = Results {
        command: String::new(),
        protocol: if seen.is_empty() { "unseen" } else { "seen" }.into(),
        dataset: tests[0].test_set.set.name().into(),
        model_sha256: joined(tests.iter().map(|test| test.bundle.id().to_string())),
        model: tests[0].bundle.manifest().name.clone(),
        window_s: window_s(frames),
        folds: tests.iter().map(people).collect(),
        seen,
        owners: trials.len(),
        windows: trials.iter().map(Trials::windows).sum(),
        abstained: tests.iter().map(abstained).sum(),
        enrolment_windows: protocol.enrolment.windows,
        gamma: match protocol.enrolment.gamma {
            GammaRule::HeldOut => "auto".into(),
            GammaRule::Fixed(gamma) => gamma.get().to_string(),
        },
        seed: protocol.seed,
        eer_mean,
        eer_ci95: of_mean_eer(&trials, protocol.seed).unwrap_or(nowhere),
        eer_per_owner: per_owner.iter().map(|o| (o.owner.clone(), o.eer)).collect(),
        eer_global_threshold: rate(eer_global_threshold(&trials)),
        eer_30s_mean: rate(mean(fused.iter().map(Trials::eer))),
        eer_30s_ci95: of_mean_eer(&fused, protocol.seed).unwrap_or(nowhere),
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
        per_owner,
        failures: controls.failures(),
        warnings: controls.warnings(eer_mean),
        controls,
        decision: decision(folds.iter().map(|(_, fold)| &fold.decisions)),
        decision_handset_randomised: decision(
            folds.iter().map(|(_, fold)| &fold.decisions_handset),
        ),
        skipped: tests
            .iter()
            .flat_map(|test| test.test_set.skipped.clone())
            .collect(),
        against: None,
    };
    Ok((results, trials))
}

fn window_s(frames: usize) -> f64 {
    frames as f64 / f64::from(RATE_HZ)
}

/// Number of windows of `frames` frames whose scores are averaged.
pub(super) fn fused_windows(frames: usize) -> usize {
    (FUSED_S / window_s(frames)).round().max(1.0) as usize
}

fn figures(test: &FoldTest, owner: &VerifiedOwner, run: usize) -> OwnerFigures {
    let windows = |genuine: bool| -> usize {
        let sessions = owner
            .trials
            .sessions()
            .iter()
            .filter(|s| s.genuine == genuine);
        sessions.map(|s| s.scores.len()).sum()
    };
    let roc = owner.trials.roc();
    OwnerFigures {
        owner: test.test_set.people[owner.person].id.clone(),
        sessions: owner.trials.sessions().iter().filter(|s| s.genuine).count(),
        genuine_windows: windows(true),
        impostor_windows: windows(false),
        gamma: owner.gamma,
        eer: owner.trials.eer().unwrap_or(f64::NAN),
        eer_30s: owner.trials.fused(run).eer(),
        auc: roc.auc().unwrap_or(f64::NAN),
        rho: owner.trials.session_correlation(),
        det: thinned(&roc.det()),
    }
}

/// At most about [`DET_POINTS`] of `points`, and the last.
fn thinned(points: &[OperatingPoint]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(DET_POINTS).max(1);
    let kept = points.iter().step_by(every).chain(points.last());
    kept.map(|point| (point.far, point.frr)).collect()
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

fn people(test: &FoldTest) -> FoldPeople {
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
