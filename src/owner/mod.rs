//! What is known of one owner: the one-class SVM, the scores it leads to, and the
//! profile that keeps them. Enrolment ([`crate::enrol`]) makes a profile.

pub mod ocsvm;
pub mod profile;
pub mod score;

use serde::{Deserialize, Serialize};

/// The score of a window, higher for the owner: the one-class SVM's decision value
/// (positive inside the owner's region), or the normalised log-likelihood ratio where
/// the bundle has a cohort. Not finite means that no score could be had, which counts
/// as a rejection.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(pub f64);
