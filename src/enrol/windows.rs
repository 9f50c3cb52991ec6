//! Embeddings collected for an enrolment, and the profile made of them.

use ndarray::{ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::{EnrolError, EnrolReport, LearnOptions, LearntOwner, MAX_WINDOWS, MIN_WINDOWS};
use crate::model::Embedder;
use crate::model::ModelId;
use crate::model::cohort::Cohort;
use crate::owner::Score;
use crate::owner::profile::{EnrolmentStats, Profile};
use crate::owner::score::Scorer;
use crate::sealed::{Kind, Sealed};

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

    /// Fits and calibrates. `owner_uid` and `created_unix_s` (seconds since 1970) go into
    /// the profile.
    pub fn finish(
        &self,
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
        let owner = LearntOwner::learn(rows.view(), &sessions, overlap, options, cohort)?;
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

/// For what keeps them beside a profile.
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
