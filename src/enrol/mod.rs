//! Enrolment: an owner's recordings into a profile.

mod calibrate;
mod error;
mod likeness;
mod region;

use ndarray::{ArrayView2, Axis};
use serde::Serialize;

use crate::align::AlignCounts;
use crate::decide::Score;
use crate::embed::Embedder;
use crate::framing::Framer;
use crate::ocsvm::{Gamma, Nu};
use crate::profile::{EnrolmentStats, Profile};
use crate::rest::RestLimits;
use crate::source::{Reading, Source, SourceCounts, SourceError};

pub use error::EnrolError;
pub use region::Region;

/// Fewest windows that are taken: a minute of handling.
pub const MIN_WINDOWS: usize = 60;
/// Most windows that the model is fitted to; more are thinned evenly. Beyond
/// this a profile grows and errors do not fall: sessions help, not minutes.
pub const MAX_WINDOWS: usize = 600;

/// How γ comes about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GammaRule {
    /// As given.
    Fixed(Gamma),
    /// The tightest at which held-out windows of the owner are still accepted.
    HeldOut,
}

/// The choices of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnrolOptions {
    /// ν of the one-class SVM.
    pub nu: Nu,
    /// γ of its kernel.
    pub gamma: GammaRule,
    /// Frames from one window to the next.
    pub hop: usize,
    /// What counts as lying still.
    pub rest: RestLimits,
}

/// What one recording gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SessionReport {
    /// Windows kept.
    pub windows: usize,
    /// Windows left out because the device lay still.
    pub at_rest: usize,
    /// Windows left out because the model gave no numbers for them.
    pub failed: usize,
    /// Samples read and passed over.
    pub source: SourceCounts,
    /// Samples and grid points dropped on the way to the grid.
    pub align: AlignCounts,
}

/// What came of it all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnrolReport {
    /// Windows that the model was fitted to.
    pub used: usize,
    /// Windows thinned out because there were more than enough.
    pub thinned: usize,
    /// Support vectors.
    pub support_vectors: usize,
    /// ν and γ in force.
    pub nu: f64,
    /// See `nu`.
    pub gamma: f64,
    /// Share of held-out windows accepted, over all and for each recording.
    pub accepted: f64,
    /// See `accepted`; one for each recording that gave windows, in order.
    pub accepted_by_session: Vec<f64>,
    /// The calibrated threshold and full-weight distance.
    pub threshold: f64,
    /// See `threshold`.
    pub scale: f64,
}

impl EnrolReport {
    /// Share of held-out windows accepted in the recording with the fewest.
    pub fn accepted_worst(&self) -> f64 {
        let by_session = self.accepted_by_session.iter().copied();
        by_session.fold(1.0, f64::min)
    }
}

/// Gathers an owner's windows.
pub struct Enroller {
    embedder: Embedder,
    options: EnrolOptions,
    embeddings: Vec<f32>,
    sessions: Vec<u32>,
    at_rest: usize,
    next_session: u32,
}

impl Enroller {
    /// Has seen nothing yet.
    pub fn new(embedder: Embedder, options: EnrolOptions) -> Self {
        Self {
            embedder,
            options,
            embeddings: Vec::new(),
            sessions: Vec::new(),
            at_rest: 0,
            next_session: 0,
        }
    }

    /// Adds a recording, to its end.
    pub fn add(&mut self, source: &mut dyn Source) -> Result<SessionReport, SourceError> {
        let mut framer = Framer::new(self.embedder.frames(), self.options.hop);
        let mut report = SessionReport::default();
        while let Some(reading) = source.next()? {
            let Reading::Sample(sample) = reading else {
                continue;
            };
            framer.push(&sample, |_, window| {
                let Some(window) = window else { return };
                if self.options.rest.at_rest(window.frames) {
                    report.at_rest += 1;
                    return;
                }
                match self.embedder.embed(&window) {
                    Ok(e) if e.view().iter().all(|v| v.is_finite()) => {
                        self.embeddings.extend(e.view());
                        self.sessions.push(self.next_session);
                        report.windows += 1;
                    }
                    _ => report.failed += 1,
                }
            });
        }
        self.next_session += 1;
        self.at_rest += report.at_rest;
        report.source = source.counts();
        report.align = framer.counts();
        Ok(report)
    }

    /// Fits and calibrates. `owner_uid` and `created_unix_s` go into the profile.
    pub fn finish(
        self,
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
        let columns = self.embedder.embedding_len();
        let all = ArrayView2::from_shape((found, columns), &self.embeddings)
            .map_err(|_| EnrolError::Embeddings)?;
        let keep = found.min(MAX_WINDOWS);
        let kept: Vec<usize> = (0..keep).map(|i| i * found / keep).collect();
        let rows = all.select(Axis(0), &kept);
        let sessions: Vec<u32> = kept.iter().map(|&i| self.sessions[i]).collect();

        let Self {
            options, embedder, ..
        } = self;
        // Thinned windows overlap less, so this is on the safe side.
        let overlap = (embedder.frames() - 1) / options.hop;
        let Region {
            svm,
            gamma,
            calibration,
            held_out: scores,
        } = Region::learn(rows.view(), &sessions, overlap, options.nu, options.gamma)?;
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
            support_vectors: svm.coefficients().len(),
            nu: options.nu.get(),
            gamma: gamma.get(),
            accepted: share_accepted(&scores),
            threshold: calibration.threshold.0,
            scale: calibration.scale,
            accepted_by_session,
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let enrolment = EnrolmentStats {
            sessions: count(report.accepted_by_session.len()),
            windows: count(keep),
            at_rest: count(self.at_rest),
            hop: count(options.hop),
            accepted: report.accepted,
            accepted_worst: report.accepted_worst(),
        };
        let profile = Profile {
            model: embedder.id(),
            owner_uid,
            created_unix_s,
            svm,
            calibration,
            enrolment,
        };
        Ok((profile, report))
    }
}

fn share_accepted(scores: &[Score]) -> f64 {
    let accepted = scores.iter().filter(|score| score.0 >= 0.0).count();
    accepted as f64 / scores.len().max(1) as f64
}
