//! The progress of an enrolment with the running daemon.

use serde::{Deserialize, Serialize};

use super::Extensible;

/// How far an enrolment is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrolment {
    /// What is going on.
    pub phase: Extensible<Phase>,
    /// Usable windows so far.
    pub windows: u64,
    /// Windows that are enough.
    pub wanted: u64,
    /// Sittings that gave windows.
    pub sittings: u64,
    /// Windows left out because the device lay still.
    pub at_rest: u64,
    /// Whose profile it will be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<u32>,
    /// What came of it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What is going on in an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// There is none.
    None,
    /// A sitting.
    Gathering,
    /// Between sittings.
    Waiting,
    /// The profile is being made.
    Fitting,
    /// The newest try to make a profile was refused; what was gathered is kept.
    Refused,
    /// The profile is in use.
    Finished,
}
