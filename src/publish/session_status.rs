//! The owner's session, as a status answers it.

use serde::{Deserialize, Serialize};

use super::Extensible;

/// What is known of the owner's session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// Its screen.
    pub screen: Extensible<ScreenState>,
    /// Whether opening the screen counts as the owner's proof.
    pub unlock_proves_owner: bool,
}

/// The screen of the owner's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenState {
    /// It is open.
    Open,
    /// It is locked.
    Locked,
    /// There is none that could be locked, as in a remote login.
    NotLockable,
    /// The owner has no session.
    NoSession,
    /// There is no logind, nor elogind, to ask.
    NoSessionManager,
}
