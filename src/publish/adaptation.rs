//! The event about what was learnt of an owner's use.

use serde::{Deserialize, Serialize};

use super::Extensible;
use crate::enrol::adaptation::Label;

/// What the profile has learnt of use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adaptation {
    /// Whether sessions of use join the profile.
    pub on: bool,
    /// Whether the profile is being made anew.
    pub learning: bool,
    /// Sessions of the enrolment.
    pub enrolled: u64,
    /// Sessions of use that joined the profile or wait to, oldest first.
    pub added: Vec<AddedSession>,
    /// Number of locks that were labelled false, of the newest hundred.
    pub false_locks: u64,
    /// What came of the request, why `on` is false, or what the system's clock keeps from being
    /// learnt, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A session of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedSession {
    /// When it ended, in seconds since 1970 of the system's clock.
    pub recorded_unix_s: u64,
    /// When it joined the profile; absent while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt_unix_s: Option<u64>,
    /// How it came to be learnt.
    pub label: Extensible<Label>,
}
