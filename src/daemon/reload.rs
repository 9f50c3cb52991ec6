//! SIGHUP: reads configuration and profile again. The log has a line for each changed
//! key: whether it is in force now or needs a restart.

use std::path::PathBuf;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::{Registry, reload::Handle};

use super::RunError;
use super::adaptation::Adaptation;
use super::adaptation_target;
use super::enrolment::{Aim, Enrolment};
use super::orders::Orders;
use super::served_owner::ServedOwner;
use super::worker::Control;
use crate::config::Config;
use crate::model::ModelId;
use crate::owner::profile::Profile;
use crate::regular_file::Owners;

/// The log's filter, which a reload may change.
pub type LogFilter = Handle<Targets, Registry>;

/// Everything a reload needs.
pub(super) struct Reloader {
    pub path: PathBuf,
    /// The configuration in force.
    pub running: Config,
    pub model: ModelId,
    pub served_owner: ServedOwner,
    /// `None` in a replay.
    pub enrolment: Option<Enrolment>,
    /// `None` in a replay.
    pub adaptation: Option<Adaptation>,
    pub control: Orders,
    pub log: LogFilter,
}

/// Whether a change of this key takes effect without a restart.
fn is_reloadable(key: &str) -> bool {
    let section = key.split('.').next().unwrap_or_default();
    matches!(section, "decide" | "rest" | "enrol") || matches!(key, "log.level" | "profile.path")
}

impl Reloader {
    /// Reads configuration and profile again. If either has an error, it is logged and
    /// nothing changes.
    pub(super) fn reload(&mut self) {
        if let Err(error) = self.try_reload() {
            tracing::error!(%error, "nothing was reloaded");
        }
    }

    fn try_reload(&mut self) -> Result<(), RunError> {
        let new = Config::load(&self.path)?;
        let profile = self.profile(&new)?;
        let policy = new.policy(&self.path)?;
        let changed = self.running.changed_keys(&new);
        if let Some(enrolment) = &self.enrolment {
            enrolment.aim_at(Aim {
                profile: new.profile.path.clone(),
                rule: new.rule(policy),
            });
        }
        if let Some(adaptation) = &self.adaptation {
            // A change of the mode needs a restart.
            let target = adaptation_target(
                &Config {
                    mode: self.running.mode,
                    ..new.clone()
                },
                policy,
            );
            adaptation.aim_at(target);
        }
        if changed.iter().any(|key| key == "log.level")
            // `Config::load` has tried the filter already.
            && let Some(filter) = new.log.filter()
        {
            let _ = self.log.reload(filter);
        }
        self.control.send(Control::Reconfigure(new.rest, policy));
        let new_profile = profile.filter(|profile| !self.served_owner.is_by(profile));
        let new_owner = new_profile.as_ref().map(|profile| profile.owner_uid);
        if new_profile.is_some() {
            let change = || self.served_owner.change(new_profile);
            match &self.adaptation {
                Some(adaptation) => adaptation.supersede(change),
                None => change(),
            }
        }
        for key in &changed {
            match is_reloadable(key) {
                true => tracing::info!("reloaded {key}"),
                false => tracing::warn!("a change of {key} needs a restart"),
            }
        }
        match new_owner {
            Some(uid) => {
                tracing::info!("reloaded the profile: user {uid}, who begins without evidence")
            }
            None if changed.is_empty() => tracing::info!("reloaded: nothing has changed"),
            None => {}
        }
        // Other keys keep their running values, so each reload warns of them again.
        self.running.decide = new.decide;
        self.running.rest = new.rest;
        self.running.enrol = new.enrol;
        self.running.profile = new.profile;
        self.running.log.level = new.log.level;
        Ok(())
    }

    /// Loads the profile. `None` if there is no file, which is an error if the daemon
    /// serves an owner.
    fn profile(&self, new: &Config) -> Result<Option<Profile>, RunError> {
        let (path, owners) = (&new.profile.path, Owners::this_process());
        Ok(match self.served_owner.owner() {
            Some(_) => Some(Profile::load(path, self.model, owners)?),
            None => Profile::load_if_there(path, self.model, owners)?,
        })
    }
}
