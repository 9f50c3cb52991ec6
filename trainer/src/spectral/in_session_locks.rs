//! How often scores within a session lock out the owner whom scores by any session do not.

use std::iter::repeat_n;

use graspd::decide::Policy;
use graspd::enrol::{LearntOwner, SimulatedSession};
use graspd::model::cohort::InSessionLocks;
use graspd::owner::Score;
use graspd::owner::score::Calibration;

use super::embeddings::SessionEmbeddings;

/// Thresholds that are tried; the greatest is that of docs/experiments.md ("Anchoring in the
/// session").
const THRESHOLDS: [f64; 8] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
/// Windows of each piece of a change of context: two minutes.
const PIECE: usize = 24;

/// False locks of several owners at each of [`THRESHOLDS`].
pub(super) struct Count {
    locks: [u32; THRESHOLDS.len()],
    windows: usize,
}

impl Count {
    /// Of nobody yet.
    pub(super) fn new() -> Self {
        Self {
            locks: [0; THRESHOLDS.len()],
            windows: 0,
        }
    }

    /// Adds those of `owner` in their `later` sessions, each of which they open with a proof,
    /// and in changes of context between them.
    pub(super) fn add(&mut self, owner: &LearntOwner, later: &[&SessionEmbeddings]) {
        let changes = later.iter().filter_map(|one| {
            let others = later.iter().filter(|other| other.walking != one.walking);
            let other = others.min_by_key(|other| other.session.abs_diff(one.session))?;
            Some(change(one, other))
        });
        let whole = later.iter().map(|one| windows(one, 0..one.rows.nrows()));
        for session in whole.chain(changes) {
            let locks = |threshold: Option<f64>| -> u32 {
                let calibration = Calibration {
                    in_session: Score(threshold.unwrap_or_default()),
                    ..owner.calibration
                };
                let policy = Policy::default();
                let learns = threshold.is_some();
                let mut simulated =
                    SimulatedSession::new(&owner.scorer, policy, calibration, learns);
                let locked = session
                    .iter()
                    .filter(|(of, at)| simulated.locks(of.rows.row(*at), of.activity[*at]));
                locked.count() as u32
            };
            let by_any_session = locks(None);
            for (count, threshold) in self.locks.iter_mut().zip(THRESHOLDS) {
                *count += locks(Some(threshold)).saturating_sub(by_any_session);
            }
            self.windows += session.len();
        }
    }

    /// All of them; empty if nobody was added.
    pub(super) fn measured(&self) -> Vec<InSessionLocks> {
        let each = self.locks.into_iter().zip(THRESHOLDS);
        let all = each.map(|(locks, threshold)| InSessionLocks {
            threshold,
            locks,
            hours: SimulatedSession::hours(self.windows),
        });
        all.filter(|one| one.hours > 0.0).collect()
    }
}

/// Windows of sessions, in the order in which they are used.
type Used<'a> = Vec<(&'a SessionEmbeddings, usize)>;

fn windows(of: &SessionEmbeddings, range: std::ops::Range<usize>) -> Used<'_> {
    let most = of.rows.nrows();
    repeat_n(of, range.len())
        .zip(range)
        .filter(|(_, at)| *at < most)
        .collect()
}

/// The owner walks off and sits down again, or the other way round.
fn change<'a>(one: &'a SessionEmbeddings, other: &'a SessionEmbeddings) -> Used<'a> {
    let pieces = [
        windows(one, 0..PIECE),
        windows(other, 0..PIECE),
        windows(one, PIECE..2 * PIECE),
    ];
    pieces.concat()
}
