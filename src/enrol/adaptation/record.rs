//! What is recorded of a session that joins a profile.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::BETWEEN_SESSIONS;

/// Time of the system's clock, in seconds since 1970.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// The time `span` later.
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_secs()))
    }

    /// Whether the clock must have been wrong at this time, where it was read before, or is
    /// `now`.
    pub fn is_far_ahead_of(self, now: Self) -> bool {
        self > now.after(BETWEEN_SESSIONS)
    }
}

/// How a session came to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// It began with the owner's proof, and the state never became lock in it.
    Undisturbed,
    /// It began with the owner's proof, evidence locked in it, and the secret was entered
    /// within half a minute of the lock.
    FalseLock,
}

/// A session that waits to be learnt, or was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// When it ended.
    pub recorded: UnixTime,
    /// When it joined the profile; `None` while it waits.
    pub learnt: Option<UnixTime>,
    /// How it came to be judged.
    pub label: Label,
    /// Number of its windows that are kept.
    pub windows: u32,
    /// Its mean score by the enrolment's windows alone: 1 is that of the owner's median
    /// sitting, 0 that of strangers.
    pub score: f64,
}
