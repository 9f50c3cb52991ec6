//! Hand-overs that enrolment forecasts from: a minute of the owner's held-out windows, then
//! the windows of one of the cohort's people, as an impostor who took the device over.

use ndarray::{Array2, ArrayView2};

use super::simulated_session::{Learning, WindowScores};
use crate::owner::score::LikelihoodRatio;
use crate::owner::session_adaptation::SessionSpace;

/// The owner's windows before a hand-over (a minute), and the impostor's after it (five
/// minutes), at most.
pub(super) const BEFORE: usize = 12;
pub(super) const WATCHED: usize = 60;
/// Most hand-overs to each impostor, each beginning at another run.
const TO_EACH: usize = 8;

/// Scores of windows about a hand-over.
#[derive(Debug, Clone)]
pub(super) struct HandOver {
    /// The owner's in the session, at most [`BEFORE`]. Those by any session are few and of
    /// one day, so that the forecast draws them from what is known of all.
    pub before: Vec<Option<f64>>,
    /// The impostor's, at most [`WATCHED`].
    pub after: Vec<WindowScores>,
}

/// A session of the owner, and how it is scored without itself.
pub(super) struct HeldOutSession {
    /// Rows of its first windows, five seconds apart.
    pub windows: Vec<usize>,
    /// The log-likelihood ratio.
    pub ratio: LikelihoodRatio,
    /// The space in which the session's term is learnt; `None` where none is.
    pub space: Option<SessionSpace>,
}

/// One of the cohort's people.
pub(super) struct Impostor<'a> {
    /// Number of the person.
    pub person: u32,
    /// Embeddings of their windows, one run after the other.
    pub rows: &'a Array2<f32>,
    /// Scores of the same, run by run, by any session of the owner.
    pub runs: &'a [Vec<f64>],
}

impl Impostor<'_> {
    /// Hand-overs from an owner with these embeddings, whose sessions take turns. Scores are
    /// not normalised.
    pub(super) fn take_over(
        &self,
        owner: ArrayView2<'_, f32>,
        sessions: &[HeldOutSession],
    ) -> Vec<HandOver> {
        let scores: Vec<f64> = self.runs.iter().flatten().copied().collect();
        let count = TO_EACH.min(self.runs.len());
        let of = |(number, session): (usize, &HeldOutSession)| {
            let first = number * self.runs.len() / count;
            let start: usize = self.runs[..first].iter().map(Vec::len).sum();
            let mut learning = session.space.clone().map(Learning::new);
            let mut in_session = |x, believed, ratio: f64| {
                let gain = learning.as_mut()?.gain(x, believed)?;
                Some(ratio + gain)
            };
            let before = session.windows.iter().map(|&row| {
                let x = owner.row(row);
                in_session(x, true, session.ratio.score(x))
            });
            let before = before.collect();
            let after = (0..scores.len()).cycle().skip(start).take(WATCHED);
            let after = after.map(|at| {
                let x = self.rows.row(at);
                let ratio = session.ratio.score_without(Some(self.person), x);
                let in_session = in_session(x, false, ratio);
                let whole = scores[at];
                WindowScores { whole, in_session }
            });
            HandOver {
                before,
                after: after.collect(),
            }
        };
        let numbered = (0..count).zip(sessions.iter().cycle());
        numbered.map(of).collect()
    }
}
