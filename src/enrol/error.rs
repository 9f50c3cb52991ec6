//! Why an enrolment is refused.

use thiserror::Error;

use super::MIN_WINDOWS;
use crate::owner::ocsvm::{FitError, FoldsError};

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
    /// The owner's own sessions score as strangers do.
    #[error(
        "your own sessions, each held out in turn, are only {span:.2} standard deviations from \
         strangers, too little to tell you apart; enrol again over more sessions, on several days, \
         with the device held and carried as you usually do"
    )]
    LikeStrangers {
        /// In standard deviations of strangers' windows.
        span: f64,
    },
    /// No threshold keeps within the budget.
    #[error(
        "at least {per_day:.1} false locks a day are to be expected, {budget} are allowed; enrol \
         over more sessions, or allow more (--false-locks-per-day, or \
         `enrol.false_locks_per_day` in the configuration)"
    )]
    OverBudget {
        /// The fewest that are to be expected.
        per_day: f64,
        /// Allowed.
        budget: f64,
    },
    /// The budget can only be kept by locking hardly anybody out.
    #[error(
        "with {budget} false locks a day {:.0} % of strangers would never be locked out; enrol over \
         more sessions, or allow more (--false-locks-per-day, or `enrol.false_locks_per_day` in \
         the configuration)", never * 100.0
    )]
    LocksNobody {
        /// Share of hand-overs not locked within five minutes.
        never: f64,
        /// Allowed.
        budget: f64,
    },
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
