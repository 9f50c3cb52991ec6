//! One owner's model: the one-class SVM, the scorer and its calibration, and the
//! profile that stores them. Enrolment ([`crate::enrol`]) makes a profile.

mod dot_product;
pub mod ocsvm;
pub mod profile;
mod registers;
pub mod score;
pub mod session_adaptation;
mod triangle;

use serde::{Deserialize, Serialize};

/// The score of a window, higher for the owner: the one-class SVM's decision value
/// (positive inside the owner's region), or the normalised log-likelihood ratio where
/// the bundle has a cohort. Not finite where the embedding is unusable, which counts as
/// a rejection.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score(pub f64);
