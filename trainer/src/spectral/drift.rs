//! How genuine scores of later sessions differ from those of enrolment, and what they lock.

use graspd::enrol::{DecisionBudget, GammaRule, LearnOptions, LearntOwner};
use graspd::model::cohort::{Cohort, Drift, InSessionLocks};
use graspd::owner::ocsvm::Nu;
use graspd::owner::score::Scorer;

use super::embeddings::SessionEmbeddings;
use super::in_session_locks::Count;
use crate::features::{ENROLMENT_WINDOWS, Features, enrolment_sessions, sample_evenly};

/// Takes each person in turn as an owner against the others, enrols them on their earlier
/// sessions, and measures scores and false locks of the later ones. [`Drift::UNKNOWN`] and
/// nothing if nobody can be enrolled.
pub(super) fn of(all: &[SessionEmbeddings], cohort: &Cohort) -> (Drift, Vec<InSessionLocks>) {
    let mut locks = Count::new();
    let mut strays = Vec::new();
    let mut spreads = Vec::new();
    let mut products = Vec::new();
    let how = LearnOptions {
        nu: Nu::RECIPE,
        gamma: GammaRule::HeldOut,
        rule: DecisionBudget {
            refuse: false,
            ..DecisionBudget::default()
        },
    };
    for person in cohort.people() {
        let theirs: Vec<&SessionEmbeddings> = all
            .iter()
            .filter(|of| of.person == person && of.recorded)
            .collect();
        let sessions: Vec<Features> = theirs.iter().map(|of| of.rows.clone()).collect();
        let Some(enrolled) = enrolment_sessions(sessions.len()) else {
            continue;
        };
        let others = Cohort {
            classes: without(&cohort.classes, |class| class.person != person),
            runs: without(&cohort.runs, |run| run.person != person),
            ..cohort.clone()
        };
        let (rows, of) = sample_evenly(&sessions[..enrolled], ENROLMENT_WINDOWS);
        let Ok(owner) = LearntOwner::learn(rows.view(), &of, 0, &how, Some(&others)) else {
            // People whose enrolment is refused do not count.
            continue;
        };
        locks.add(&owner, &theirs[enrolled..]);
        let Scorer::Cohort(scored) = owner.scorer else {
            continue;
        };
        for session in &sessions[enrolled..] {
            let scores: Vec<f64> = session.outer_iter().map(|row| scored.score(row)).collect();
            let mean = average(scores.iter().copied());
            strays.push(Drift::stray(mean));
            spreads.push(average(scores.iter().map(|s| (s - mean).powi(2))));
            products.push(average(
                scores
                    .windows(2)
                    .map(|two| (two[0] - mean) * (two[1] - mean)),
            ));
        }
    }
    if strays.is_empty() {
        return (Drift::UNKNOWN, Vec::new());
    }
    let within = average(spreads.iter().copied()).max(1e-6);
    let drift = Drift {
        between: average(strays.iter().copied()).sqrt().max(1e-3),
        within: within.sqrt(),
        lag: (average(products.iter().copied()) / within).clamp(0.0, 0.95),
    };
    (drift, locks.measured())
}

fn without<T: Clone>(all: &[T], keep: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|one| keep(one)).cloned().collect()
}

fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, n), v| (sum + v, n + 1));
    sum / count.max(1) as f64
}
