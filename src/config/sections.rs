//! The sections of the configuration file.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::error::Mistake;
use crate::decide::Policy;
use crate::enrol::{DecisionBudget, adaptation};
use crate::motion::DEFAULT_HOP;
use crate::session::SessionConfig;

/// Whether decisions are acted on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatingMode {
    /// A lock is requested, and is kept over a restart.
    #[default]
    Enforce,
    /// Decisions are published only, to see what would be locked.
    Observe,
}

/// `[model]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// Folder of the model bundle.
    pub bundle: PathBuf,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            bundle: "/usr/share/graspd/models/default".into(),
        }
    }
}

/// `[profile]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// File that `graspd enroll` wrote.
    pub path: PathBuf,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            path: "/var/lib/graspd/owner.profile".into(),
        }
    }
}

/// `[state]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StateFolder {
    /// Folder of the files that outlive the daemon.
    pub folder: PathBuf,
}

impl Default for StateFolder {
    fn default() -> Self {
        Self {
            folder: "/var/lib/graspd".into(),
        }
    }
}

/// `[window]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Windowing {
    /// Frames (of 10 ms) from one window to the next.
    pub hop_frames: usize,
}

impl Default for Windowing {
    fn default() -> Self {
        Self {
            hop_frames: DEFAULT_HOP,
        }
    }
}

/// `[decide]`; see [`Policy`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Decide {
    /// Evidence at start.
    pub start: f64,
    /// Lock at or below.
    pub lock_below: f64,
    /// Warn where evidence is lost below.
    pub warn_below: f64,
    /// Unlock at or above.
    pub unlock_above: f64,
    /// Seconds from 0 to 1 in the owner's hands.
    pub gain_s: f64,
    /// Seconds from 1 to 0 in another's.
    pub lose_s: f64,
    /// See [`Policy::trust`].
    pub trust_s: f64,
    /// Seconds from 1 to 0 lying still.
    pub rest_s: f64,
    /// Seconds without a window until inconclusive.
    pub stale_s: f64,
    /// Seconds without a window until lock.
    pub evidence_grace_s: f64,
    /// Seconds without a sensor until lock.
    pub sensor_grace_s: f64,
}

impl Default for Decide {
    fn default() -> Self {
        let policy = Policy::default();
        Self {
            start: policy.start,
            lock_below: policy.lock_below,
            warn_below: policy.warn_below,
            unlock_above: policy.unlock_above,
            gain_s: policy.gain.as_secs_f64(),
            lose_s: policy.lose.as_secs_f64(),
            trust_s: policy.trust.as_secs_f64(),
            rest_s: policy.rest.as_secs_f64(),
            stale_s: policy.stale.as_secs_f64(),
            evidence_grace_s: policy.evidence_grace.as_secs_f64(),
            sensor_grace_s: policy.sensor_grace.as_secs_f64(),
        }
    }
}

impl Decide {
    /// The policy made of these keys.
    pub fn policy(&self) -> Result<Policy, Mistake> {
        let seconds = |key, value: f64| {
            Duration::try_from_secs_f64(value)
                .map_err(|_| Mistake::value(key, value, "a number of seconds"))
        };
        let policy = Policy {
            start: self.start,
            lock_below: self.lock_below,
            warn_below: self.warn_below,
            unlock_above: self.unlock_above,
            gain: seconds("decide.gain_s", self.gain_s)?,
            lose: seconds("decide.lose_s", self.lose_s)?,
            trust: seconds("decide.trust_s", self.trust_s)?,
            rest: seconds("decide.rest_s", self.rest_s)?,
            stale: seconds("decide.stale_s", self.stale_s)?,
            evidence_grace: seconds("decide.evidence_grace_s", self.evidence_grace_s)?,
            sensor_grace: seconds("decide.sensor_grace_s", self.sensor_grace_s)?,
        };
        Ok(policy.validated()?)
    }
}

/// Checks `[session]`.
pub(super) fn check_session(session: &SessionConfig) -> Result<(), Mistake> {
    for (key, seconds) in [
        ("session.confirm_s", session.confirm_s),
        ("session.again_s", session.again_s),
        ("session.fallback_timeout_s", session.fallback_timeout_s),
    ] {
        if !(0.01..=600.0).contains(&seconds) {
            return Err(Mistake::value(key, seconds, "between 0.01 and 600"));
        }
    }
    if !(1..=10).contains(&session.attempts) {
        let needed = "between 1 and 10";
        return Err(Mistake::value("session.attempts", session.attempts, needed));
    }
    if session.fallback.first().is_some_and(String::is_empty) {
        let needed = "a program and its arguments, or empty";
        return Err(Mistake::value("session.fallback", "[\"\"]", needed));
    }
    Ok(())
}

/// `[enrol]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Enrol {
    /// False locks that an owner will bear on a day of four hours of use.
    pub false_locks_per_day: f64,
    /// Whether sessions of use that are the owner's beyond doubt join the profile.
    pub adapt: bool,
    /// Hours from recording such a session to learning it.
    pub adapt_after_h: f64,
}

impl Default for Enrol {
    fn default() -> Self {
        Self {
            false_locks_per_day: DecisionBudget::default().false_locks_per_day,
            adapt: true,
            adapt_after_h: adaptation::WAIT.as_secs_f64() / 3600.0,
        }
    }
}

impl Enrol {
    /// The time from recording a session to learning it.
    pub fn wait(&self) -> Duration {
        Duration::try_from_secs_f64(self.adapt_after_h * 3600.0).unwrap_or(Duration::MAX)
    }
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`, or directives such as
    /// `info,graspd::source=debug`.
    pub level: String,
    /// Where the log is written.
    pub to: LogTarget,
}

impl Log {
    /// What `level` lets through; `None` where a directive has no valid level, or names
    /// something else than a module.
    pub fn filter(&self) -> Option<Targets> {
        let mut filter = Targets::new();
        for directive in self.level.trim_end_matches(',').split(',') {
            let (module, level) = match directive.rsplit_once('=') {
                Some((module, level)) => (Some(module.trim()), level),
                None => (None, directive),
            };
            let level = level.trim();
            // Nothing would be taken for `error`.
            let level: LevelFilter = (!level.is_empty()).then(|| level.parse().ok())??;
            filter = match module {
                Some(module) if is_module(module) => filter.with_target(module, level),
                Some(_) => return None,
                None => filter.with_default(level),
            };
        }
        Some(filter)
    }
}

fn is_module(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    !name.is_empty() && name.chars().all(is_part)
}

/// Where the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogTarget {
    /// Standard error, which systemd also gives to the journal.
    Stderr,
    /// The journal, with fields.
    Journald,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            to: LogTarget::Stderr,
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_module_has_the_level_of_its_directive_and_others_the_default() {
        let log = |level: &str| Log {
            level: level.into(),
            ..Log::default()
        };
        let filter = log("warn, graspd::source = debug").filter().unwrap();
        assert!(filter.would_enable("graspd::source::iio", &Level::DEBUG));
        assert!(!filter.would_enable("graspd::source::iio", &Level::TRACE));
        assert!(filter.would_enable("graspd::daemon", &Level::WARN));
        assert!(!filter.would_enable("graspd::daemon", &Level::INFO));
        // A module alone leaves the others silent.
        let filter = log("graspd::decide=info").filter().unwrap();
        assert!(!filter.would_enable("graspd::daemon", &Level::ERROR));
    }
}
