//! Enrolment: makes a profile of an owner's windows, and forecasts its error rates.
//!
//! It uses [`crate::decide`], because the threshold is found by running simulated
//! sessions through the state machine.

pub mod adaptation;
mod calibrate;
mod error;
mod forecast;
mod hand_over;
mod learn;
mod normal;
mod owner_svm;
pub mod poisson;
mod short_sessions;
mod simulated_session;
mod uniformity;
mod windows;

use std::sync::Arc;

use serde::Serialize;

use crate::model::Embedder;
use crate::model::cohort::Cohort;
use crate::motion::align::AlignCounts;
use crate::motion::framing::Framer;
use crate::motion::rest::RestLimits;
use crate::owner::ocsvm::Gamma;
use crate::owner::profile::{Expectation, Profile};
use crate::source::{Reading, Source, SourceCounts, SourceError};

pub use adaptation::KeptSessions;
pub use error::EnrolError;
pub use forecast::DecisionBudget;
use learn::JUDGED_SESSIONS;
pub use learn::{LearnOptions, LearntOwner};
pub use owner_svm::OwnerSvm;
pub use simulated_session::SimulatedSession;
pub use windows::{BegunEnrolment, EnrolmentWindows};

/// Fewest usable windows of an enrolment: about a minute of handling at the default hop.
pub const MIN_WINDOWS: usize = 60;
/// Most windows that the model is fitted to; more are thinned evenly. Beyond this the
/// profile grows and error rates do not fall: more sessions lower them, longer ones
/// do not.
pub const MAX_WINDOWS: usize = 600;

/// How γ is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GammaRule {
    /// The given value.
    Fixed(Gamma),
    /// The largest at which the owner's held-out windows are still accepted; see
    /// [`choose_gamma`](crate::owner::ocsvm::choose_gamma).
    HeldOut,
}

/// Parameters of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnrolOptions {
    /// Parameters of learning the owner.
    pub learn: LearnOptions,
    /// Frames from one window to the next.
    pub hop: usize,
    /// Limits below which a device is at rest.
    pub rest: RestLimits,
}

/// Counts of one recording.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SessionReport {
    /// Windows kept.
    pub windows: usize,
    /// Windows left out because the device was at rest.
    pub at_rest: usize,
    /// Windows left out because the model gave no finite embedding.
    pub failed: usize,
    /// Samples read and rejected by the source.
    pub source: SourceCounts,
    /// Samples and grid points dropped on the way to the grid.
    pub align: AlignCounts,
}

/// Result of an enrolment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnrolReport {
    /// Windows that the model was fitted to.
    pub used: usize,
    /// Windows left out because there were more than [`MAX_WINDOWS`].
    pub thinned: usize,
    /// Number of support vectors.
    pub support_vectors: usize,
    /// The one-class SVM's ν.
    pub nu: f64,
    /// The γ of its kernel.
    pub gamma: f64,
    /// Share of held-out windows accepted, from 0 to 1.
    pub accepted: f64,
    /// The same for each recording that gave windows, in order; one that is too short to stand
    /// for itself counts as part of its neighbour.
    pub accepted_by_session: Vec<f64>,
    /// [`Calibration::threshold`](crate::owner::score::Calibration::threshold).
    pub threshold: f64,
    /// [`Calibration::scale`](crate::owner::score::Calibration::scale).
    pub scale: f64,
    /// Expected error rates.
    #[serde(flatten)]
    pub expectation: Expectation,
}

impl EnrolReport {
    /// Share of held-out windows accepted in the recording where it is smallest.
    pub fn accepted_worst(&self) -> f64 {
        let by_session = self.accepted_by_session.iter().copied();
        by_session.fold(1.0, f64::min)
    }
}

/// Enrols an owner from recordings.
pub struct Enroller {
    embedder: Embedder,
    cohort: Option<Arc<Cohort>>,
    options: EnrolOptions,
    material: EnrolmentWindows,
    gaps: u64,
    samples: u64,
}

impl Enroller {
    /// Without windows yet. Embedder and cohort must be of the same bundle.
    pub fn new(embedder: Embedder, cohort: Option<Arc<Cohort>>, options: EnrolOptions) -> Self {
        let material = EnrolmentWindows::new(&embedder, options.hop);
        Self {
            embedder,
            cohort,
            options,
            material,
            gaps: 0,
            samples: 0,
        }
    }

    /// Adds a recording as one session, reading it to its end.
    pub fn add(&mut self, source: &mut dyn Source) -> Result<SessionReport, SourceError> {
        let mut framer = Framer::new(
            self.embedder.channels(),
            self.embedder.frames(),
            self.options.hop,
        );
        let mut report = SessionReport::default();
        while let Some(reading) = source.next()? {
            let Reading::Sample(sample) = reading else {
                continue;
            };
            framer.push(&sample, |_, window| {
                let Some(window) = window else { return };
                if self.options.rest.at_rest(window.frames) {
                    report.at_rest += 1;
                    self.material.at_rest();
                    return;
                }
                match self.embedder.embed(&window) {
                    Ok(e) if self.material.add(e.view()) => report.windows += 1,
                    _ => report.failed += 1,
                }
            });
        }
        self.material.end_session();
        report.source = source.counts();
        report.align = framer.counts();
        self.gaps += report.align.gaps;
        self.samples += report.source.samples;
        Ok(report)
    }

    /// Fits and calibrates. `owner_uid` and `created_unix_s` (seconds since 1970) go into
    /// the profile.
    pub fn finish(
        self,
        owner_uid: u32,
        created_unix_s: u64,
    ) -> Result<(Profile, EnrolReport), EnrolError> {
        let (profile, report, _) = self.finish_and_keep(owner_uid, created_unix_s)?;
        Ok((profile, report))
    }

    /// The same, with the windows to be kept beside the profile, so that it can learn.
    pub fn finish_and_keep(
        self,
        owner_uid: u32,
        created_unix_s: u64,
    ) -> Result<(Profile, EnrolReport, KeptSessions), EnrolError> {
        let cohort = self.cohort.as_deref();
        let how = &self.options.learn;
        let material = &self.material;
        let finished = material.finish_and_keep(how, cohort, owner_uid, created_unix_s);
        // Enough samples for windows (each sensor at 25 Hz), had they come without gaps.
        let sensors = self.embedder.channels().sensors().len();
        let enough = (sensors * 25 * 5 * MIN_WINDOWS) as u64;
        finished.map_err(|why| match why {
            EnrolError::TooLittle { windows, .. }
                if self.samples >= enough && self.gaps as usize > windows =>
            {
                let gaps = self.gaps;
                EnrolError::Gaps { windows, gaps }
            }
            why => why,
        })
    }
}
