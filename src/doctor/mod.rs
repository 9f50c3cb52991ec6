//! `graspd doctor`: checks everything that graspd needs of a device, with a remedy for
//! each fault.
//!
//! It changes nothing, except that it sets up and reads the kernel's sensors for some
//! seconds, as the daemon would, if neither the daemon nor another program reads them.
//! The system's files are looked up below a root folder, which is `/` except in tests.

mod access;
mod choice;
mod configuration;
mod desktop_settings;
mod gravity;
mod gyroscope;
mod live_doubts;
mod lock_screen;
mod machine;
mod measured_rates;
mod model;
mod node_in_use;
mod phone_sensors;
mod polkit;
mod profile;
mod reading;
mod sensor;
mod sensor_proxy;
mod sensorfw;
mod sensors;
mod service_manager;
mod session;
mod socket;
mod ssc;
mod state_folder;
mod stream;
mod user;
mod who_asks;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::config::{Config, SourceKind};
use crate::model::Bundle;
use crate::motion::Channels;
use crate::source::auto::Candidate;
use machine::Machine;
pub(crate) use service_manager::ServiceManager;
use user::User;
pub(crate) use who_asks::who_asks;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As required.
    Ok,
    /// graspd works, but with restrictions.
    Warn,
    /// graspd does not work.
    Fail,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        })
    }
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check.
    pub check: &'static str,
    /// The severity.
    pub verdict: Severity,
    /// What was found.
    pub found: String,
    /// What to do about it; `None` if nothing is needed, or `found` says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Finding {
    fn new(check: &'static str, verdict: Severity, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict,
            found: found.into(),
            remedy: None,
        }
    }

    fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, Severity::Ok, found)
    }

    fn warn(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, Severity::Warn, found)
    }

    fn fail(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, Severity::Fail, found)
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: Some(remedy.into()),
            ..self
        }
    }
}

/// What the checks look at: the machine and the configuration, with the permissions of
/// the user that the daemon runs as.
struct Device<'a> {
    machine: Machine,
    config: &'a Config,
    user: User,
}

/// The ways in which the screen of the calling user is unlocked without a secret, for
/// people.
pub fn screen_opens_without_secret() -> Vec<String> {
    let machine = Machine::at(Path::new("/"));
    let me = rustix::process::getuid().as_raw();
    let account = user::Account::of(&machine, me);
    account.map_or_else(Vec::new, |account| {
        lock_screen::without_secret(&machine, &account)
    })
}

/// The id of the user that the service runs as; `None` if this machine has none.
pub(crate) fn service_uid() -> Option<u32> {
    User::of_service(&Machine::at(Path::new("/"))).map(|user| user.uid)
}

/// Checks everything that the configuration at `config` needs on the machine whose
/// files are below `root`, with the permissions of the user named `user`; without a
/// name, of the service's user if root asks, else of the caller.
pub fn examine(root: &Path, config: &Path, user: Option<&str>) -> Vec<Finding> {
    look(root, config, user, true)
}

/// The same; with `try_sensors` it also reads the sensors for a moment.
fn look(root: &Path, config: &Path, user: Option<&str>, try_sensors: bool) -> Vec<Finding> {
    let (config, mut findings) = configuration::check(config);
    let Some(config) = config else {
        return findings;
    };
    let machine = Machine::at(root);
    let user = match User::choose(&machine, user) {
        Ok(user) => user,
        Err(finding) => {
            findings.push(finding);
            return findings;
        }
    };
    findings.push(user.finding());
    let device = Device {
        machine,
        config: &config,
        user,
    };
    let (bundle, model) = model::check(&device);
    let channels = bundle
        .as_ref()
        .map_or(Channels::default(), Bundle::channels);
    let of = |candidate| choice::of(candidate, &device, channels, try_sensors);
    match config.source.kind {
        SourceKind::Auto => findings.extend(choice::check(&device, channels, try_sensors)),
        SourceKind::Iio => findings.extend(of(Candidate::Iio)),
        SourceKind::Ssc => findings.extend(of(Candidate::Ssc)),
        SourceKind::Sensorfw => findings.extend(of(Candidate::Sensorfw)),
        SourceKind::Stream => findings.push(stream::check(&device)),
        SourceKind::Replay => findings.push(
            Finding::warn("source", "recordings are played, so nobody is watched")
                .remedy("set source.kind to \"auto\" or \"stream\""),
        ),
    }
    findings.push(model);
    let (owner, found) = profile::check(&device, bundle.as_ref());
    findings.push(found);
    findings.extend(state_folder::check(&device));
    findings.push(socket::check(&device));
    findings.extend(live_doubts::check(&device));
    findings.extend(session::check(&device, owner));
    findings.extend(lock_screen::check(&device, owner));
    findings.push(polkit::check(&device));
    findings
}
