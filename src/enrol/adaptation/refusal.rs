//! Why a session does not join a profile.

use thiserror::Error;

use super::{BETWEEN_SESSIONS, LEAST_WINDOWS};
use crate::enrol::EnrolError;

/// Why no session can be judged, so that nothing is learnt.
#[derive(Debug, Error, PartialEq)]
pub enum NoJudge {
    /// The profile was made without a forecast, by one-class SVMs alone.
    #[error(
        "strangers are not told from this owner well enough to learn of use; enrol again with a \
         model whose cohort has this kind of device"
    )]
    NoForecast,
    /// The owner is far from everybody in the cohort.
    #[error(
        "this device's motion is like nobody's in the model's cohort, so what strangers do with it \
         is a guess; enrol again with a model whose cohort has this kind of device"
    )]
    FarFromCohort,
    /// No profile can be made of the enrolment's windows.
    #[error("the windows of the enrolment make no profile any more: {0}; enrol again")]
    Enrolment(#[from] EnrolError),
}

/// Why a session does not join a profile.
#[derive(Debug, Error, PartialEq)]
pub enum Refusal {
    /// It has too few windows in motion.
    #[error("it has {windows} windows in motion, {LEAST_WINDOWS} is the least")]
    TooShort {
        /// Windows in motion.
        windows: usize,
    },
    /// Its embeddings have another length than those of the enrolment.
    #[error("its windows are of another model")]
    OtherModel,
    /// Its mean score is not clearly the owner's.
    #[error("its mean score is {mean:.2}, {least:.2} is the least")]
    NotClearly {
        /// Its mean score.
        mean: f64,
        /// The least.
        least: f64,
    },
    /// Too few of its windows are accepted.
    #[error("{:.0} % of its windows are accepted, {:.0} % is the least", accepted * 100.0, least * 100.0)]
    MostlyRejected {
        /// Share of its windows at or above the threshold.
        accepted: f64,
        /// The least share.
        least: f64,
    },
    /// A half-minute of it is not the owner's, so that it may be of two people.
    #[error("its least half-minute scores {lowest:.2}, {least:.2} is the least")]
    NotOnePerson {
        /// Mean score of the lowest half-minute.
        lowest: f64,
        /// The least mean of a half-minute.
        least: f64,
    },
    /// Another was recorded not long ago.
    #[error("another was recorded within {} hours", BETWEEN_SESSIONS.as_secs() / 3600)]
    TooSoon,
    /// The system's clock is before what is recorded already.
    #[error("the system's clock is before the time of the enrolment or of another session")]
    ClockSetBack,
    /// The profile made with it would be refused as an enrolment.
    #[error("with it no profile can be made: {0}")]
    Enrolment(#[from] EnrolError),
    /// With it more strangers would pass than without.
    #[error(
        "with it {:.0} % of strangers' windows would pass, {:.0} % do without", with * 100.0,
        without * 100.0
    )]
    LetsStrangersPass {
        /// Expected rate with it.
        with: f64,
        /// Expected rate of the profile as it was enrolled.
        without: f64,
    },
}
