//! The reasons for which an enrolment is refused.

use thiserror::Error;

use super::MIN_WINDOWS;
use crate::owner::ocsvm::{FitError, FoldsError};

/// Why an enrolment is refused.
#[derive(Debug, Error, PartialEq)]
pub enum EnrolError {
    /// Fewer than [`MIN_WINDOWS`](super::MIN_WINDOWS) usable windows.
    #[error(
        "enrolment has {windows} usable windows ({at_rest} more were of a device lying still), \
         {MIN_WINDOWS} is the least; add recordings of ordinary use"
    )]
    TooLittle {
        /// Usable windows.
        windows: usize,
        /// Windows left out because the device was at rest.
        at_rest: usize,
    },
    /// Fewer than [`MIN_WINDOWS`](super::MIN_WINDOWS) usable windows, because of gaps in the
    /// samples.
    #[error(
        "enrolment has {windows} usable windows, {MIN_WINDOWS} is the least, and a window takes \
         five seconds without a gap: the recordings have {gaps} gaps of more than 100 ms; record \
         without them"
    )]
    Gaps {
        /// Usable windows.
        windows: usize,
        /// Gaps in all recordings.
        gaps: u64,
    },
    /// Too many windows repeat another.
    #[error(
        "{:.0} % of the enrolment windows repeat another: the same recording twice, or a device \
         that nobody holds; give different recordings of ordinary use", repeated * 100.0
    )]
    TooUniform {
        /// Share of windows that repeat another, from 0 to 1.
        repeated: f64,
    },
    /// All held-out windows have the same score: they are like nothing in what is left.
    #[error(
        "your own sessions, each held out in turn, have nothing in common that is yours; enrol \
         again over more sessions, with the device held and carried as you usually do, and with \
         `--gamma auto` if you gave a number"
    )]
    TooTight,
    /// The owner's held-out sessions score hardly above the cohort's people.
    #[error(
        "your own sessions, each held out in turn, are only {span:.2} standard deviations from \
         strangers, too little to tell you apart; enrol again over more sessions, on several days, \
         with the device held and carried as you usually do"
    )]
    LikeStrangers {
        /// Distance of their median from the impostors' mean, in standard deviations of
        /// impostors' windows.
        span: f64,
    },
    /// No threshold keeps the expected false locks within the budget.
    #[error(
        "at least {per_day:.1} false locks a day are to be expected, {budget} are allowed; enrol \
         over more sessions, or allow more (--false-locks-per-day, or \
         `enrol.false_locks_per_day` in the configuration)"
    )]
    OverBudget {
        /// The fewest expected false locks a day at any threshold.
        per_day: f64,
        /// The budget, in false locks a day.
        budget: f64,
    },
    /// Within the budget hardly any impostor would be locked out.
    #[error(
        "with {budget} false locks a day {:.0} % of strangers would never be locked out; enrol over \
         more sessions, or allow more (--false-locks-per-day, or `enrol.false_locks_per_day` in \
         the configuration)", never * 100.0
    )]
    LocksNobody {
        /// Share of simulated hand-overs not locked within five minutes.
        never: f64,
        /// The budget, in false locks a day.
        budget: f64,
    },
    /// The embeddings have another length than the cohort's, or no covariance can be made
    /// of the two.
    #[error("the model's embeddings differ in length; use another model bundle")]
    Embeddings,
    /// A single session has too few windows to hold any out.
    #[error(transparent)]
    Folds(#[from] FoldsError),
    /// The one-class SVM cannot be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
}
