//! The configuration section `[session]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long a request, or the start of a program, may take beside the waits.
const CALL: Duration = Duration::from_secs(1);

/// `[session]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionConfig {
    /// Whether to follow the owner's session and ask it to lock.
    pub enabled: FollowSession,
    /// Name of the seat whose active session is the one in use.
    pub seat: String,
    /// Whether unlocking the screen counts as proof that it is the owner. To be false if
    /// the screen locker asks for no password.
    pub unlock_proves_owner: bool,
    /// How often to ask for a lock before `lock_unconfirmed` is published.
    pub attempts: u32,
    /// Seconds to wait for the screen to lock after the first request; doubled after each
    /// further one.
    pub confirm_s: f64,
    /// Seconds between requests after `lock_unconfirmed`, while the state is lock.
    pub again_s: f64,
    /// Program and arguments to run, without a shell, when a lock is not confirmed. Empty
    /// for none.
    pub fallback: Vec<String>,
    /// Seconds after which the fallback is killed.
    pub fallback_timeout_s: f64,
}

/// Whether to follow the owner's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FollowSession {
    /// Follow it whenever a session manager answers.
    Auto,
    /// Follow it; without a session manager the daemon does not start.
    Yes,
    /// Do not follow it; a lock only runs the fallback.
    No,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            enabled: FollowSession::Auto,
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

    /// Time in which a wanted lock is mostly seen on the screen, or everything was tried: all
    /// requests, for a minute at most, and the fallback.
    pub fn longest_lock(&self) -> Duration {
        let requests = match self.enabled {
            FollowSession::No => 0,
            FollowSession::Auto | FollowSession::Yes => self.attempts.min(31),
        };
        let waits = self.confirm().saturating_mul((1u32 << requests) - 1);
        let asked = (waits + requests * CALL).min(Duration::from_secs(60));
        match self.fallback.is_empty() {
            true => asked,
            false => asked + CALL + self.fallback_timeout(),
        }
    }

    /// The wait between requests after `lock_unconfirmed`.
    pub(super) fn again(&self) -> Duration {
        Duration::try_from_secs_f64(self.again_s).unwrap_or_default()
    }

    /// How long the fallback may take.
    pub(super) fn fallback_timeout(&self) -> Duration {
        Duration::try_from_secs_f64(self.fallback_timeout_s).unwrap_or_default()
    }
}
