//! The event about the progress of an enrolment with the running daemon.

use serde::{Deserialize, Serialize};

use super::Extensible;

/// The progress of an enrolment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrolment {
    /// What the enrolment is doing.
    pub phase: Extensible<Phase>,
    /// Windows in motion gathered so far.
    pub windows: u64,
    /// Windows that suffice for a profile.
    pub wanted: u64,
    /// Sittings of two minutes or more; what is shorter counts as part of its neighbour.
    pub sittings: u64,
    /// Windows in motion that the present sitting has gathered; absent between sittings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_sitting: Option<u64>,
    /// Windows left out because the device was at rest.
    pub at_rest: u64,
    /// User id of the future owner; absent if no enrolment has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<u32>,
    /// Result of the newest attempt to make a profile, why the gathered windows cannot be
    /// continued, or why a sitting gathers nothing, for people; absent if there is none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What an enrolment is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No enrolment has begun.
    None,
    /// A sitting: windows are gathered.
    Gathering,
    /// Between sittings: windows were gathered, and none are now.
    Waiting,
    /// The profile is being made.
    Fitting,
    /// The newest attempt to make a profile failed; the gathered windows are kept.
    Refused,
    /// The profile is in use.
    Finished,
}
