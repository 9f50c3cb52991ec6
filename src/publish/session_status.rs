//! The owner's session in the answer to a status request.

use serde::{Deserialize, Serialize};

use super::Extensible;

/// The owner's session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStatus {
    /// State of its screen.
    pub screen: Extensible<ScreenState>,
    /// Whether unlocking the screen counts as proof that it is the owner.
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
    /// It has none that could be locked, for example in a remote login.
    NotLockable,
    /// The owner has no session.
    NoSession,
    /// Neither logind nor elogind answers on the system bus.
    NoSessionManager,
}
