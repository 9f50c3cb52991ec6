//! The section `[session]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[session]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionConfig {
    /// Whether to follow the owner's session and have it locked.
    pub enabled: Enabled,
    /// The seat whose session is the one in use.
    pub seat: String,
    /// Whether opening the screen counts as the owner's proof. False where the locker
    /// asks for nothing.
    pub unlock_proves_owner: bool,
    /// How often to ask for a lock before saying that it is not confirmed.
    pub attempts: u32,
    /// How many seconds the screen may take after the first time; each time
    /// twice as long as before.
    pub confirm_s: f64,
    /// Every how many seconds to ask after that, while the state is lock.
    pub again_s: f64,
    /// Program and arguments to run where the lock is not confirmed; no shell.
    pub fallback: Vec<String>,
    /// Seconds that it may take before it is killed.
    pub fallback_timeout_s: f64,
}

/// Whether sessions matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enabled {
    /// Where there is a session manager.
    Auto,
    /// Without a session manager the daemon does not start.
    Yes,
    /// No session is followed, and of a lock only the fallback is run.
    No,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            enabled: Enabled::Auto,
            seat: "seat0".into(),
            unlock_proves_owner: true,
            attempts: 3,
            confirm_s: 2.0,
            again_s: 30.0,
            fallback: Vec::new(),
            fallback_timeout_s: 10.0,
        }
    }
}

impl SessionConfig {
    /// The wait after the first request for a lock.
    pub(super) fn confirm(&self) -> Duration {
        Duration::try_from_secs_f64(self.confirm_s).unwrap_or_default()
    }

    /// The wait between requests for a lock that is overdue.
    pub(super) fn again(&self) -> Duration {
        Duration::try_from_secs_f64(self.again_s).unwrap_or_default()
    }

    /// How long the fallback may take.
    pub(super) fn fallback_timeout(&self) -> Duration {
        Duration::try_from_secs_f64(self.fallback_timeout_s).unwrap_or_default()
    }
}
