//! Embeddings collected for an enrolment, and the profile made of them.

use std::iter::repeat_n;

use ndarray::{ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::short_sessions::joined;
use super::{
    EnrolError, EnrolReport, KeptSessions, LearnOptions, LearntOwner, MAX_WINDOWS, MIN_WINDOWS,
};
use crate::model::Embedder;
use crate::model::ModelId;
use crate::model::cohort::Cohort;
use crate::owner::Score;
use crate::owner::profile::{EnrolmentStats, Profile};
use crate::owner::score::Scorer;
use crate::sealed::{Kind, Sealed};

/// Most windows that are gathered: ten sittings of five minutes.
const MOST_GATHERED: usize = 3_000;
/// Most bytes of the embeddings that are gathered, where they are long. There is room for
/// [`MAX_WINDOWS`] in any case.
const MOST_BYTES: usize = 16 << 20;

/// Embeddings of an owner's windows, session by session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnrolmentWindows {
    model: ModelId,
    /// Frames of a window, and the hop from one to the next.
    frames: usize,
    hop: usize,
    /// Length of an embedding.
    columns: usize,
    embeddings: Vec<f32>,
    /// Session number of each window.
    sessions: Vec<u32>,
    at_rest: usize,
    next_session: u32,
}

/// An unfinished enrolment as it is stored: the user id of its owner, and the windows.
pub type BegunEnrolment = (u32, EnrolmentWindows);

impl Sealed for BegunEnrolment {
    const KIND: Kind = Kind {
        name: "begun enrolment",
        renew: "begin it again",
    };
    const MAGIC: [u8; 8] = *b"GRASPEN\0";
    const VERSION: u32 = 1;

    fn defect(&self) -> Option<&'static str> {
        self.1.defect()
    }
}

impl EnrolmentWindows {
    /// Without windows yet; for a window every `hop` frames.
    pub fn new(embedder: &Embedder, hop: usize) -> Self {
        Self {
            model: embedder.id(),
            frames: embedder.frames(),
            hop,
            columns: embedder.embedding_len(),
            embeddings: Vec::new(),
            sessions: Vec::new(),
            at_rest: 0,
            next_session: 0,
        }
    }

    /// Whether `other` has the same model, window length, hop and embedding length, and
    /// there are as many numbers here as the windows need.
    pub fn fits(&self, other: &Self) -> bool {
        let kind = |material: &Self| {
            let Self {
                model,
                frames,
                hop,
                columns,
                ..
            } = material;
            (*model, *frames, *hop, *columns)
        };
        let whole = self.columns.checked_mul(self.sessions.len());
        whole == Some(self.embeddings.len()) && kind(self) == kind(other)
    }

    /// Adds a window of the current session; `false` where the embedding has another length
    /// or a number that is not finite, and is left out.
    pub fn add(&mut self, embedding: ArrayView1<'_, f32>) -> bool {
        let sound = embedding.len() == self.columns && embedding.iter().all(|v| v.is_finite());
        if sound {
            self.embeddings.extend(embedding);
            self.sessions.push(self.next_session);
        }
        sound
    }

    /// Counts a window that is left out because the device was at rest.
    pub fn at_rest(&mut self) {
        self.at_rest = self.at_rest.saturating_add(1);
    }

    /// Ends the current session; the next window begins another.
    pub fn end_session(&mut self) {
        self.next_session = self.next_session.saturating_add(1);
    }

    /// Number of usable windows.
    pub fn windows(&self) -> usize {
        self.sessions.len()
    }

    /// Number of windows left out because the device was at rest.
    pub fn windows_at_rest(&self) -> usize {
        self.at_rest
    }

    /// Number of sessions with usable windows.
    pub fn sessions(&self) -> usize {
        self.sessions.chunk_by(|a, b| a == b).count()
    }

    /// Number of sessions that are learnt, in which short ones are joined to a neighbour.
    pub fn learnt_sessions(&self) -> usize {
        joined(&self.sessions, self.hop).len()
    }

    /// Whether as many windows are gathered as may be.
    pub fn is_full(&self) -> bool {
        let by_size = MOST_BYTES / (size_of::<f32>() * self.columns.max(1));
        self.windows() >= MOST_GATHERED.min(by_size.max(MAX_WINDOWS))
    }

    /// Makes the profile of what was gathered, short sessions being joined, and keeps the
    /// windows beside it; see [`EnrolmentWindows::finish`].
    pub fn finish_and_keep(
        &self,
        options: &LearnOptions,
        cohort: Option<&Cohort>,
        owner_uid: u32,
        created_unix_s: u64,
    ) -> Result<(Profile, EnrolReport, KeptSessions), EnrolError> {
        let sessions = joined(&self.sessions, self.hop).into_iter();
        let sessions = sessions.flat_map(|(number, windows)| repeat_n(number, windows));
        let joined = Self {
            sessions: sessions.collect(),
            ..self.clone()
        };
        let (profile, report) = joined.finish(options, cohort, owner_uid, created_unix_s)?;
        let kept = KeptSessions::of(&joined, options, &profile);
        Ok((profile, report, kept))
    }

    /// Fits and calibrates, by sessions as they are. `owner_uid` and `created_unix_s` (seconds
    /// since 1970) go into the profile.
    pub fn finish(
        &self,
        options: &LearnOptions,
        cohort: Option<&Cohort>,
        owner_uid: u32,
        created_unix_s: u64,
    ) -> Result<(Profile, EnrolReport), EnrolError> {
        self.finish_and_expect(usize::MAX, options, cohort, owner_uid, created_unix_s)
    }

    /// The same, where what is to be expected is measured on the first `measured` sessions alone.
    pub(super) fn finish_and_expect(
        &self,
        measured: usize,
        options: &LearnOptions,
        cohort: Option<&Cohort>,
        owner_uid: u32,
        created_unix_s: u64,
    ) -> Result<(Profile, EnrolReport), EnrolError> {
        let found = self.sessions.len();
        if found < MIN_WINDOWS {
            return Err(EnrolError::TooLittle {
                windows: found,
                at_rest: self.at_rest,
            });
        }
        let all = ArrayView2::from_shape((found, self.columns), &self.embeddings)
            .map_err(|_| EnrolError::Embeddings)?;
        let keep = found.min(MAX_WINDOWS);
        let kept: Vec<usize> = (0..keep).map(|i| i * found / keep).collect();
        let rows = all.select(Axis(0), &kept);
        let sessions: Vec<u32> = kept.iter().map(|&i| self.sessions[i]).collect();

        // An upper bound: thinned windows overlap less.
        let overlap = (self.frames - 1) / self.hop;
        let (rows, sessions_of) = (rows.view(), &sessions[..]);
        let owner =
            LearntOwner::learn_and_expect(rows, sessions_of, overlap, measured, options, cohort)?;
        let LearntOwner {
            scorer,
            calibration,
            gamma,
            held_out: scores,
            expectation,
        } = owner;
        // Acceptance by the one-class SVM is a decision value of at least 0, against a
        // cohort a score of at least the threshold.
        let border = match &scorer {
            Scorer::OneClass(_) => Score(0.0),
            Scorer::Cohort(_) => calibration.threshold,
        };
        let share_accepted = |scores: &[Score]| {
            let accepted = scores.iter().filter(|score| **score >= border).count();
            accepted as f64 / scores.len().max(1) as f64
        };
        let accepted_by_session: Vec<f64> = sessions
            .chunk_by(|a, b| a == b)
            .scan(0, |start, session| {
                let scores = &scores[*start..*start + session.len()];
                *start += session.len();
                Some(share_accepted(scores))
            })
            .collect();
        let report = EnrolReport {
            used: keep,
            thinned: found - keep,
            support_vectors: scorer.svm().coefficients().len(),
            nu: scorer.svm().nu().get(),
            gamma: gamma.get(),
            accepted: share_accepted(&scores),
            threshold: calibration.threshold.0,
            scale: calibration.scale,
            accepted_by_session,
            expectation,
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let enrolment = EnrolmentStats {
            sessions: count(report.accepted_by_session.len()),
            windows: count(keep),
            at_rest: count(self.at_rest),
            hop: count(self.hop),
            accepted: report.accepted,
            accepted_worst: report.accepted_worst(),
            expectation,
        };
        let profile = Profile {
            model: self.model,
            owner_uid,
            created_unix_s,
            scorer,
            calibration,
            enrolment,
        };
        Ok((profile, report))
    }
}

/// What the record beside a profile needs ([`KeptSessions`](super::adaptation::KeptSessions)).
impl EnrolmentWindows {
    /// The check that its contents fail; `None` if they are valid.
    pub(super) fn defect(&self) -> Option<&'static str> {
        if !self.fits(self) {
            return Some("its windows are cut off");
        }
        let sound = self.embeddings.iter().all(|v| v.is_finite());
        (!sound).then_some("its windows are no numbers")
    }

    /// The model of the embeddings.
    pub(super) fn model(&self) -> ModelId {
        self.model
    }

    /// Length of an embedding.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The windows that [`EnrolmentWindows::finish`] fits to, of which it makes the same
    /// profile.
    pub(super) fn thinned(&self) -> Self {
        let found = self.sessions.len();
        let keep = found.min(MAX_WINDOWS);
        let kept = (0..keep).map(|i| i * found / keep);
        Self {
            embeddings: kept
                .clone()
                .flat_map(|i| &self.embeddings[i * self.columns..][..self.columns])
                .copied()
                .collect(),
            sessions: kept.map(|i| self.sessions[i]).collect(),
            ..self.clone()
        }
    }

    /// Adds a session of embeddings, which must be finite and of the right length.
    pub(super) fn add_session(&mut self, embeddings: &[f32]) {
        self.end_session();
        for embedding in embeddings.chunks_exact(self.columns.max(1)) {
            self.add(embedding.into());
        }
        self.end_session();
    }

    /// The embeddings of each session, one after another.
    pub(super) fn by_session(&self) -> impl Iterator<Item = &[f32]> {
        self.sessions
            .chunk_by(|a, b| a == b)
            .scan(0, move |start, session| {
                let rows = &self.embeddings[*start * self.columns..];
                *start += session.len();
                Some(&rows[..session.len() * self.columns])
            })
    }

    /// Without windows yet, of a model that is not there.
    #[cfg(test)]
    pub(crate) fn made_up(columns: usize) -> Self {
        Self {
            model: ModelId([7; 32]),
            frames: 500,
            hop: 96,
            columns,
            embeddings: Vec::new(),
            sessions: Vec::new(),
            at_rest: 0,
            next_session: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrol::adaptation::tests::noise;
    use crate::enrol::{DecisionBudget, GammaRule};
    use crate::model::cohort::tests::cohort;
    use crate::owner::ocsvm::Nu;

    #[test]
    fn a_sitting_of_one_window_is_no_session_of_the_profile() {
        let mut material = EnrolmentWindows::made_up(4);
        for (sitting, windows) in [(0, 130), (1, 1), (2, 130)] {
            for row in 0..windows {
                let of = |column| noise(row, column, sitting);
                material.add([of(0), of(1), of(2), of(3) - 4.0][..].into());
            }
            material.end_session();
        }
        assert_eq!((material.sessions(), material.learnt_sessions()), (3, 2));
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: DecisionBudget {
                refuse: false,
                ..DecisionBudget::default()
            },
        };
        let cohort = cohort(4);
        let made = material.finish_and_keep(&how, Some(&cohort), 1000, 0);
        let (profile, report, kept) = made.unwrap();
        assert_eq!(report.used, 261);
        assert_eq!(report.accepted_by_session.len(), 2);
        assert_eq!(profile.enrolment.sessions, 2);
        assert_eq!(kept.enrolled_sessions(), 2);
        assert_eq!(kept.learn(&how.rule, Some(&cohort)).unwrap().0, profile);
    }

    #[test]
    fn what_is_gathered_has_a_bound_and_room_for_a_profile() {
        for (columns, most) in [(1, 3_000), (2_048, 2_048), (1 << 20, MAX_WINDOWS)] {
            let mut material = EnrolmentWindows::made_up(columns);
            material.sessions = vec![0; most - 1];
            assert!(!material.is_full(), "{columns}");
            material.sessions.push(0);
            assert!(material.is_full(), "{columns}");
        }
    }
}
