//! SIGHUP: what can change while the daemon runs, does; of the rest it says so.

use std::path::PathBuf;

use crossbeam_channel::Sender;
use tracing_subscriber::{EnvFilter, Registry, reload::Handle};

use super::RunError;
use super::served_owner::ServedOwner;
use super::worker::Control;
use crate::config::Config;
use crate::model::ModelId;
use crate::owner::profile::Profile;

/// The log's filter, which a reload may change.
pub type LogFilter = Handle<EnvFilter, Registry>;

/// Everything a reload needs.
pub(super) struct Reloader {
    pub path: PathBuf,
    pub running: Config,
    pub model: ModelId,
    pub served_owner: ServedOwner,
    pub control: Sender<Control>,
    pub log: LogFilter,
}

impl Reloader {
    /// Reads configuration and profile again. Where anything is wrong with
    /// them, all stays as it was.
    pub(super) fn reload(&mut self) {
        match self.try_reload() {
            Ok(()) => tracing::info!("reloaded"),
            Err(error) => tracing::error!(%error, "nothing was reloaded"),
        }
    }

    fn try_reload(&mut self) -> Result<(), RunError> {
        let new = Config::load(&self.path)?;
        let profile = self.profile(&new)?;
        let policy = new.policy(&self.path)?;
        let old = &self.running;
        let mut fixed = vec![
            ("mode", old.mode == new.mode),
            ("source", old.source == new.source),
            ("model", old.model == new.model),
            ("state", old.state == new.state),
            ("window", old.window == new.window),
            ("session", old.session == new.session),
            ("socket", old.socket == new.socket),
            ("log.to", old.log.to == new.log.to),
            ("profile", old.profile == new.profile),
        ];
        fixed.retain(|(_, same)| !same);
        for (what, _) in fixed {
            tracing::warn!("a change of {what} needs a restart");
        }
        // `Config::load` has tried the filter already.
        if let Ok(filter) = EnvFilter::try_new(&new.log.level) {
            let _ = self.log.reload(filter);
        }
        // A worker that is gone is noticed elsewhere.
        let _ = self.control.send(Control::Reconfigure(new.rest, policy));
        if profile.is_some() {
            self.served_owner.change(profile);
        }
        self.running.decide = new.decide;
        self.running.rest = new.rest;
        self.running.log.level = new.log.level;
        Ok(())
    }

    /// The profile, which may be missing only where it was before.
    fn profile(&self, new: &Config) -> Result<Option<Profile>, RunError> {
        let path = &new.profile.path;
        Ok(match self.served_owner.owner() {
            Some(_) => Some(Profile::load(path, self.model)?),
            None => Profile::load_if_there(path, self.model)?,
        })
    }
}
