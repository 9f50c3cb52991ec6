//! How a replay begins.

use serde::{Deserialize, Serialize};

/// How a replay begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// The screen was just unlocked, which proves the owner.
    Trusted,
    /// Nobody has unlocked anything, as after a restart of the daemon.
    Untrusted,
}
