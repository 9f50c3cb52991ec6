//! Why an enrolment is refused.

use thiserror::Error;

use super::MIN_WINDOWS;
use crate::ocsvm::{FitError, FoldsError};

/// An enrolment that would not work.
#[derive(Debug, Error, PartialEq)]
pub enum EnrolError {
    /// Not enough windows.
    #[error(
        "enrolment has {windows} usable windows ({at_rest} more were of a device lying still), \
         {MIN_WINDOWS} is the least; add recordings of ordinary use"
    )]
    TooLittle {
        /// Usable.
        windows: usize,
        /// At rest.
        at_rest: usize,
    },
    /// Windows that hardly differ.
    #[error(
        "{:.0} % of the enrolment windows repeat another: the same recording twice, or a device \
         that nobody holds; give different recordings of ordinary use", repeated * 100.0
    )]
    TooUniform {
        /// Share of windows that repeat another.
        repeated: f64,
    },
    /// Held-out windows all score alike.
    #[error(
        "with this gamma the owner's own held-out windows look like anybody's; \
         enrol with `--gamma auto`"
    )]
    TooTight,
    /// The model's embeddings do not fit together.
    #[error("the model's embeddings differ in length; use another model bundle")]
    Embeddings,
    /// Too few windows of one session.
    #[error(transparent)]
    Folds(#[from] FoldsError),
    /// The one-class SVM cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
}
