//! Why there is no evaluation.

use graspd::model::ModelError;
use graspd::owner::ocsvm::FitError;
use graspd::source::SourceError;
use thiserror::Error;

use super::controls::CausalityError;
use super::kept::KeepError;
use crate::data::DataError;

/// An evaluation that cannot be made, or whose figures would be worthless.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// The data cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A recording cannot be read again.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The bundle cannot be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An owner's rows cannot be learnt from.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Work cannot be kept for after an interruption.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// A score depends on what came after it.
    #[error("not causal: {0}")]
    Causality(CausalityError),
    /// The network was taught on people of the test.
    #[error(
        "the bundle was taught on {}, who would be tested; name others with people=…, \
         or give --allow-seen, which labels the result", .0.join(", ")
    )]
    Seen(Vec<String>),
    /// The bundle to compare with was.
    #[error(
        "the bundle of --against was taught on {}, who would be tested; name others with \
         people=…, or give --allow-seen, which labels the result", .0.join(", ")
    )]
    SeenByOther(Vec<String>),
    /// Nobody has an earlier and a later session and an impostor.
    #[error(
        "nobody can be tested: it takes two people, one of them with two sessions at least; \
         give more with --data"
    )]
    NoOwner,
    /// Bundles that see windows of different lengths have no trials in common.
    #[error("the bundles take windows of {0} and {1} frames; compare bundles of one window length")]
    WindowLength(usize, usize),
}

impl From<CausalityError> for EvaluateError {
    fn from(error: CausalityError) -> Self {
        match error {
            CausalityError::Model(error) => Self::Model(error),
            error => Self::Causality(error),
        }
    }
}
