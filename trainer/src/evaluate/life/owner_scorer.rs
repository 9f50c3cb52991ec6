//! Scores of sessions by an owner's profile as it is at one time.

use graspd::owner::score::Scorer;

use crate::evaluate::person_features::PersonFeatures;
use crate::evaluate::trials::ScoredSession;
use crate::evaluate::verification::test_sessions;
use crate::features::Features;

/// A scorer of one owner, with the unit of its scores.
#[derive(Clone, Copy)]
pub(super) struct OwnerScorer<'a> {
    pub scorer: &'a Scorer,
    /// Scores are multiplied by it, so that those of several profiles compare.
    pub unit: f64,
    pub people: &'a [PersonFeatures],
    pub owner: usize,
}

impl OwnerScorer<'_> {
    /// A session of `person`.
    pub(super) fn session(&self, person: usize, rows: &Features) -> ScoredSession {
        let score = |row| self.scorer.score(row).0 * self.unit;
        ScoredSession {
            person,
            genuine: person == self.owner,
            scores: rows.outer_iter().map(score).collect(),
        }
    }

    /// The later sessions of everyone else.
    pub(super) fn impostors(&self) -> Vec<ScoredSession> {
        let others = (0..self.people.len()).filter(|other| *other != self.owner);
        let sessions = others.flat_map(|other| {
            let theirs = test_sessions(&self.people[other].sessions).iter();
            theirs.map(move |rows| (other, rows))
        });
        sessions
            .map(|(other, rows)| self.session(other, rows))
            .collect()
    }
}
