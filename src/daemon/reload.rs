//! SIGHUP: reads configuration and profile again. The log has a line for each changed
//! key: whether it is in force now or needs a restart.

use std::path::PathBuf;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::{Registry, reload::Handle};

use super::RunError;
use super::adaptation::Adaptation;
use super::adaptation_settings;
use super::enrolment::{self, Enrolment};
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
        let policy = new.policy(&self.path)?;
        // From here on, so that the profile that is read is still the newest when it is taken
        // into use: one that was learnt or enrolled in between would give way to it.
        let adaptation = self.adaptation.clone();
        let mut held = adaptation.as_ref().map(Adaptation::hold);
        let profile = self.profile(&new)?;
        let changed = self.running.changed_keys(&new);
        if let Some(enrolment) = &self.enrolment {
            enrolment.reconfigure(enrolment::ReloadableSettings {
                profile: new.profile.path.clone(),
                rule: new.rule(policy),
            });
        }
        if let Some(adaptation) = &self.adaptation {
            // A change of the mode needs a restart.
            let settings = adaptation_settings(
                &Config {
                    mode: self.running.mode,
                    ..new.clone()
                },
                policy,
            );
            adaptation.reconfigure(settings);
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
            match &mut held {
                Some(held) => held.supersede(change),
                None => change(),
            }
        }
        drop(held);
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

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use crossbeam_utils::sync::Parker;

    use super::*;
    use crate::daemon::adaptation::tests::{idle, publisher};
    use crate::daemon::sensor_switch::SensorSwitch;
    use crate::owner::profile::tests::profile;

    /// Longer than a reload takes until it waits.
    const A_WHILE: Duration = Duration::from_millis(500);

    #[test]
    fn a_profile_that_is_made_while_another_is_reloaded_stays_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let (config, path) = (folder.path().join("toml"), folder.path().join("profile"));
        std::fs::write(&config, format!("[profile]\npath = {path:?}\n")).unwrap();
        let was = profile();
        was.save(&path).unwrap();
        let (control, _controls) = Orders::to(Parker::new().unparker());
        let publisher = publisher(folder.path());
        let switch = SensorSwitch::default();
        let served_owner = ServedOwner::new(Some(&was), control.clone(), publisher, switch);
        let adaptation = idle(folder.path(), &served_owner);
        let (_layer, log) = tracing_subscriber::reload::Layer::new(Targets::new());
        let mut reloader = Reloader {
            running: Config::load(&config).unwrap(),
            path: config,
            model: was.model,
            served_owner: served_owner.clone(),
            enrolment: None,
            adaptation: Some(adaptation.clone()),
            control,
            log,
        };
        // Held up where it takes the new settings, with the profile read.
        let settings = adaptation.clone();
        let held = settings.hold_up();
        let reload = thread::spawn(move || reloader.reload());
        thread::sleep(A_WHILE);
        let newer = Profile {
            created_unix_s: was.created_unix_s + 1,
            ..was
        };
        let enrol = thread::spawn({
            let (newer, served_owner) = (newer.clone(), served_owner.clone());
            move || {
                adaptation.supersede(|| {
                    newer.save(&path).unwrap();
                    served_owner.change(Some(newer));
                });
            }
        });
        thread::sleep(A_WHILE);
        drop(held);
        reload.join().unwrap();
        enrol.join().unwrap();
        assert!(served_owner.is_by(&newer));
    }
}
