//! Enrolment: an owner's windows into a profile, and the decisions to expect of it.
//!
//! Stands after [`crate::decide`], because the threshold is found by putting simulated
//! sessions through the state machine.

mod calibrate;
mod error;
mod forecast;
mod learn;
mod normal;
mod owner_svm;
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

pub use error::EnrolError;
pub use forecast::DecisionBudget;
pub use learn::{LearnOptions, LearntOwner};
pub use owner_svm::OwnerSvm;
pub use windows::{BegunEnrolment, EnrolmentWindows};

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
    /// How the owner is learnt.
    pub learn: LearnOptions,
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
    /// What to expect of decisions.
    #[serde(flatten)]
    pub expectation: Expectation,
}

impl EnrolReport {
    /// Share of held-out windows accepted in the recording with the fewest.
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
}

impl Enroller {
    /// Has seen nothing yet. The cohort is the bundle's, as the embedder is.
    pub fn new(embedder: Embedder, cohort: Option<Arc<Cohort>>, options: EnrolOptions) -> Self {
        let material = EnrolmentWindows::new(&embedder, options.hop);
        Self {
            embedder,
            cohort,
            options,
            material,
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
        Ok(report)
    }

    /// Fits and calibrates. `owner_uid` and `created_unix_s` go into the profile.
    pub fn finish(
        self,
        owner_uid: u32,
        created_unix_s: u64,
    ) -> Result<(Profile, EnrolReport), EnrolError> {
        let cohort = self.cohort.as_deref();
        self.material
            .finish(&self.options.learn, cohort, owner_uid, created_unix_s)
    }
}
