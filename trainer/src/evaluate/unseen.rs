//! People that the network never saw: owners enrolled on their earlier sessions
//! and tested on later ones, against impostors that it never saw either.

use std::collections::BTreeMap;

use graspd::enrol::GammaRule;
use graspd::model::Bundle;
use graspd::motion::RATE_HZ;

use super::EvaluateError;
use super::bootstrap::{Interval, of_difference, of_mean_eer};
use super::controls::{Controls, Probe};
use super::decision::{DecisionFigures, Lived};
use super::distances::{self, Distances, ThresholdPoint};
use super::features;
use super::fold::{CURVE, Fold, Protocol, seen};
use super::history::Row;
use super::kept::Kept;
use super::material::EnrolmentWindows;
use super::picture::Picture;
use super::replay::Lives;
use super::results::{EnrolmentPoint, FoldPeople, NormalisedRatio, OwnerFigures, Results};
use super::trials::{Trials, eer_global_threshold};
use super::verification::{Verified, later, mean, verify};
use crate::progress::Progress;
use crate::roc::OperatingPoint;

/// Seconds that are fused.
const FUSED_S: f64 = 30.0;
/// The false rejection rates at which false acceptances are told.
const FRR: [(&str, f64); 3] = [("0.01", 0.01), ("0.05", 0.05), ("0.10", 0.10)];

/// Points kept of a DET curve.
const DET_POINTS: usize = 200;

/// A bundle and whom it is tested on.
pub struct Test {
    /// The bundle.
    pub bundle: Bundle,
    /// People.
    pub material: EnrolmentWindows,
}

/// What a page shows and `results.json` leaves out, of one bundle and its people.
pub struct Drawn {
    /// Distances of pairs.
    pub distances: Option<Distances>,
    /// The network alone as a classifier.
    pub classifier: Vec<ThresholdPoint>,
    /// The margin of the contrastive loss, if the bundle was taught with one.
    pub margin: Option<f64>,
    /// Embeddings in the plane.
    pub picture: Option<Picture>,
    /// How training went, epoch by epoch.
    pub history: Vec<Row>,
}

impl Drawn {
    /// Looks at one bundle and people; `history` is its bundle's.
    pub fn of(
        test: &Test,
        history: Vec<Row>,
        seed: u64,
        progress: Progress,
    ) -> Result<Self, EvaluateError> {
        let people = features::embed(&test.bundle, &test.material, progress)?;
        let distances = distances::of_pairs(&people, seed);
        let margin = margin(&test.bundle.manifest().training.command);
        // Without a margin, thresholds lie about the one of equal errors.
        let unit = margin.or(distances.as_ref().map(|d| 2.0 * d.eer_threshold));
        Ok(Self {
            classifier: distances::classifier(&people, unit.unwrap_or(1.0)),
            distances,
            margin,
            picture: Picture::of(&people),
            history,
        })
    }
}

/// The `--margin` of a training's command.
fn margin(command: &str) -> Option<f64> {
    let mut words = command.split_whitespace();
    words.find(|word| *word == "--margin")?;
    words.next()?.parse().ok()
}

/// Evaluates one bundle, or each fold's, all owners together.
pub fn evaluate(
    tests: &[Test],
    protocol: Protocol,
    allow_seen: bool,
    kept: &Kept,
    progress: Progress,
) -> Result<(Results, Vec<Trials>), EvaluateError> {
    let seen: Vec<String> = tests
        .iter()
        .flat_map(|test| seen(&test.bundle, &test.material))
        .collect();
    if !seen.is_empty() && !allow_seen {
        return Err(EvaluateError::Seen(seen));
    }
    let frames = tests[0].bundle.manifest().input.frames;
    let run = fused(frames);
    let mut folds = Vec::new();
    for test in tests {
        let fold = Fold::evaluate(&test.bundle, &test.material, protocol, kept, progress)?;
        folds.push((test, fold));
    }
    let verified = || folds.iter().flat_map(|(_, fold)| &fold.verified);
    let trials: Vec<Trials> = verified().map(|owner| owner.trials.clone()).collect();
    let fused: Vec<Trials> = trials.iter().map(|owner| owner.fused(run)).collect();
    let rate = |of: Option<f64>| of.unwrap_or(f64::NAN);
    let over = |of: &dyn Fn(&Fold) -> Vec<Option<f64>>| {
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
        dataset: tests[0].material.set.name().into(),
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
            .flat_map(|test| test.material.skipped.clone())
            .collect(),
        against: None,
    };
    Ok((results, trials))
}

/// Refuses a bundle to compare with that was taught on people of the test, unless
/// that is allowed, or that sees windows of another length.
pub fn check_other(other: &Bundle, tests: &[Test], allow_seen: bool) -> Result<(), EvaluateError> {
    let frames = |bundle: &Bundle| bundle.manifest().input.frames;
    for test in tests {
        if frames(other) != frames(&test.bundle) {
            let (ours, theirs) = (frames(&test.bundle), frames(other));
            return Err(EvaluateError::WindowLength(ours, theirs));
        }
    }
    let seen = seen_by(other, tests);
    match seen.is_empty() || allow_seen {
        true => Ok(()),
        false => Err(EvaluateError::SeenByOther(seen)),
    }
}

fn seen_by(other: &Bundle, tests: &[Test]) -> Vec<String> {
    let of = |test: &Test| seen(other, &test.material);
    tests.iter().flat_map(of).collect()
}

/// Scores the trials of `owners` with another bundle too, which [`check_other`] has passed.
pub fn against(
    other: &Bundle,
    tests: &[Test],
    owners: &[Trials],
    protocol: Protocol,
    progress: Progress,
) -> Result<NormalisedRatio, EvaluateError> {
    let cohort = protocol.scoring.of(other.cohort());
    let mut others = Vec::new();
    for test in tests {
        let people = features::embed(other, &test.material, progress)?;
        let verified = verify(&people, protocol.enrolment, cohort.as_deref())?;
        others.extend(verified.into_iter().map(|owner| owner.trials));
    }
    let run = fused(other.manifest().input.frames);
    let fuse = |all: &[Trials]| all.iter().map(|o| o.fused(run)).collect::<Vec<_>>();
    let eer = |all: &[Trials]| mean(all.iter().map(Trials::eer)).unwrap_or(f64::NAN);
    let (fused, fused_others) = (fuse(owners), fuse(&others));
    let nowhere = Interval(f64::NAN, f64::NAN);
    let interval =
        |a: &[Trials], b: &[Trials]| of_difference(a, b, protocol.seed).unwrap_or(nowhere);
    Ok(NormalisedRatio {
        model: other.manifest().name.clone(),
        model_sha256: other.id().to_string(),
        seen: seen_by(other, tests),
        eer_mean: eer(&others),
        difference: eer(owners) - eer(&others),
        difference_ci95: interval(owners, &others),
        difference_30s: eer(&fused) - eer(&fused_others),
        difference_30s_ci95: interval(&fused, &fused_others),
    })
}

fn window_s(frames: usize) -> f64 {
    frames as f64 / f64::from(RATE_HZ)
}

/// How many windows of `frames` frames are fused.
fn fused(frames: usize) -> usize {
    (FUSED_S / window_s(frames)).round().max(1.0) as usize
}

fn figures(test: &Test, owner: &Verified, run: usize) -> OwnerFigures {
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
        owner: test.material.people[owner.person].id.clone(),
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

/// As many points as a plot can show.
fn thinned(points: &[OperatingPoint]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(DET_POINTS).max(1);
    let kept = points.iter().step_by(every).chain(points.last());
    kept.map(|point| (point.far, point.frr)).collect()
}

fn eers(owners: &[Verified]) -> Vec<Option<f64>> {
    owners.iter().map(|owner| owner.trials.eer()).collect()
}

fn fused_eers(owners: &[Verified], run: usize) -> Vec<Option<f64>> {
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

fn people(test: &Test) -> FoldPeople {
    let training = &test.bundle.manifest().training;
    let of_set = |data: &graspd::model::TrainingData| {
        let name = |person: &String| format!("{} {person}", data.name);
        data.people.iter().map(name).collect::<Vec<_>>()
    };
    FoldPeople {
        model_sha256: test.bundle.id().to_string(),
        taught: training.data.iter().flat_map(of_set).collect(),
        tested: test
            .material
            .people
            .iter()
            .map(|person| person.id.clone())
            .collect(),
    }
}

fn abstained(test: &Test) -> usize {
    let people = test.material.people.iter();
    people
        .flat_map(|person| later(&person.sessions))
        .map(|session| session.at_rest)
        .sum()
}

fn decision<'a>(folds: impl Iterator<Item = &'a Lives> + Clone) -> Option<DecisionFigures> {
    let lived: Vec<Lived> = folds
        .clone()
        .flat_map(|lives| lives.lived.clone())
        .collect();
    let refused = folds.flat_map(|lives| lives.refused.clone()).collect();
    DecisionFigures::of(&lived, refused)
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_is_the_trainings() {
        assert_eq!(margin("train --margin 2.5 --window 500"), Some(2.5));
        assert_eq!(margin("train --arch spectral"), None);
    }

    #[test]
    fn thirty_seconds_are_as_many_windows_as_they_take() {
        assert_eq!([500, 128, 3000, 4096].map(fused), [6, 23, 1, 1]);
    }
}
