//! Error rates of each owner, and of each owner against each impostor.

use super::person_index::PersonId;
use super::results::{OwnerFigures, PairFigures};
use super::test_delay::TestDelay;
use super::trials::Trials;
use super::verification::mean;
use crate::roc::OperatingPoint;

/// Most points of a DET curve in `results.json`.
const DET_POINTS: usize = 200;

/// Trials of one owner with what else is known of them.
pub struct ScoredOwner {
    /// Id of the owner.
    pub id: String,
    /// γ of the one-class SVM.
    pub gamma: f64,
    /// Distance from the cohort; `None` without one.
    pub from_cohort: Option<f64>,
    /// Whether only the SVMs score.
    pub svms_alone: bool,
    /// How long after the enrolment they are tested; `None` without dates.
    pub delay: Option<TestDelay>,
    /// The trials.
    pub trials: Trials,
}

/// Figures of one owner, as means over `all` their trials, of which each is of another fold.
/// `run` windows are averaged for the figures over 30 s. `None` without trials.
pub fn of_owner(all: &[&ScoredOwner], run: usize) -> Option<OwnerFigures> {
    let first = all.first()?;
    let windows = |trials: &Trials, genuine: bool| -> usize {
        let sessions = trials.sessions().iter().filter(|s| s.genuine == genuine);
        sessions.map(|s| s.scores.len()).sum()
    };
    let over = |of: &dyn Fn(&ScoredOwner) -> Option<f64>| mean(all.iter().map(|one| of(one)));
    // Scores of several folds are in the same unit, by their strangers and the owner.
    let pooled = all.iter().flat_map(|one| one.trials.sessions()).cloned();
    let pooled = Trials::new(pooled.collect());
    Some(OwnerFigures {
        owner: first.id.clone(),
        sessions: first.trials.sessions().iter().filter(|s| s.genuine).count(),
        hours_to_first_test: first.delay.map(|delay| delay.hours),
        sessions_within_12_h: first.delay.map(|delay| delay.same_day),
        genuine_windows: windows(&first.trials, true),
        impostor_windows: all.iter().map(|one| windows(&one.trials, false)).sum(),
        gamma: over(&|one| Some(one.gamma)).unwrap_or(f64::NAN),
        from_cohort: over(&|one| one.from_cohort),
        svms_alone: all.iter().any(|one| one.svms_alone),
        eer: over(&|one| one.trials.eer()).unwrap_or(f64::NAN),
        eer_30s: over(&|one| one.trials.fused(run).eer()),
        auc: over(&|one| one.trials.roc().auc()).unwrap_or(f64::NAN),
        rho: over(&|one| one.trials.session_correlation()),
        det: thinned(&pooled.roc().det()),
    })
}

/// Figures of each owner against each impostor by themselves. `people` are by their numbers.
pub fn of_pairs(all: &[ScoredOwner], people: &[PersonId], run: usize) -> Vec<PairFigures> {
    let mut pairs = Vec::new();
    for owner in all {
        for impostor in owner.trials.impostors() {
            let trials = owner.trials.against(impostor);
            pairs.push(PairFigures {
                owner: owner.id.clone(),
                impostor: people[impostor].1.clone(),
                eer: trials.eer(),
                eer_30s: trials.fused(run).eer(),
            });
        }
    }
    pairs
}

/// At most about [`DET_POINTS`] of `points`, and the last.
fn thinned(points: &[OperatingPoint]) -> Vec<(f64, f64)> {
    let every = points.len().div_ceil(DET_POINTS).max(1);
    let kept = points.iter().step_by(every).chain(points.last());
    kept.map(|point| (point.far, point.frr)).collect()
}
