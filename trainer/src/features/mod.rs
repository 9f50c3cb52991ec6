//! What models are made of and judged by: embeddings of windows, who moves in them, and which
//! windows of which sessions an owner is enrolled with.

mod enrolment;
mod motion;

use ndarray::Array2;

pub use enrolment::{ENROLMENT_WINDOWS, enrolment_sessions, sample_evenly};
pub use motion::{is_walking, motion_intensity, moving};

/// Feature vectors of a session: windows × features.
pub type Features = Array2<f32>;
