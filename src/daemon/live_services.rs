//! What a live daemon has and a replay lacks: the owner's pause, adaptation and enrolment.

use super::adaptation::{self, Adaptation};
use super::begun_file::BegunFile;
use super::commands::Commands;
use super::enrolment::{self, Enrolment};
use super::orders::Orders;
use super::owner_pause::OwnerPause;
use super::pause_file::{PauseEnd, PauseFile};
use super::sensor_switch::SensorSwitch;
use super::served_owner::ServedOwner;
use super::window_sinks::WindowSinks;
use super::{RunError, adaptation_settings};
use crate::config::Config;
use crate::decide::{Policy, State};
use crate::enrol::EnrolmentWindows;
use crate::model::{CohortStore, ModelId};
use crate::motion::Channels;
use crate::publish::Publisher;

/// See the module; clones share them.
#[derive(Debug, Clone)]
pub(super) struct LiveServices {
    pub owner_pause: OwnerPause,
    pub adaptation: Adaptation,
    pub enrolment: Enrolment,
}

/// The model, as enrolment and adaptation need it.
pub(super) struct ServedModel {
    pub id: ModelId,
    pub channels: Channels,
    /// Length of an embedding.
    pub columns: usize,
    /// An empty set of windows of the model and the hop.
    pub blank: EnrolmentWindows,
    /// The model's cohort of other people.
    pub cohort: CohortStore,
}

/// What the services are started with.
pub(super) struct Setup<'a> {
    pub config: &'a Config,
    pub policy: Policy,
    pub model: ServedModel,
    pub pause_file: PauseFile,
    pub kept_pause: Option<PauseEnd>,
    pub served_owner: &'a ServedOwner,
    pub control: &'a Orders,
    pub publisher: &'a Publisher,
    pub switch: &'a SensorSwitch,
}

impl LiveServices {
    /// Starts their threads. Fails only if the system starts none.
    pub(super) fn start(with: Setup<'_>) -> Result<Self, RunError> {
        let (config, model) = (with.config, with.model);
        let owner_pause = OwnerPause::start(
            with.pause_file,
            with.kept_pause,
            with.control.clone(),
            with.publisher.clone(),
            with.switch.clone(),
        )
        .map_err(RunError::io("start a thread"))?;
        let fixed = adaptation::FixedSettings {
            model: model.id,
            columns: model.columns,
            cohort: model.cohort.clone(),
            served_owner: with.served_owner.clone(),
            locked: with.publisher.state() == State::Lock,
        };
        let adaptation = Adaptation::start(fixed, adaptation_settings(config, with.policy))
            .map_err(RunError::io("start a thread"))?;
        let fixed = enrolment::FixedSettings {
            begun: BegunFile::in_folder(&config.state.folder),
            blank: model.blank,
            channels: model.channels,
            cohort: model.cohort,
            publisher: with.publisher.clone(),
            served_owner: with.served_owner.clone(),
            adaptation: adaptation.clone(),
        };
        let reloadable = enrolment::ReloadableSettings {
            profile: config.profile.path.clone(),
            rule: config.rule(with.policy),
        };
        Ok(Self {
            owner_pause,
            adaptation,
            enrolment: Enrolment::resume(fixed, reloadable),
        })
    }

    /// Carries out what clients ask of them.
    pub(super) fn commands(&self, publisher: Publisher) -> Commands {
        Commands {
            publisher,
            enrolment: self.enrolment.clone(),
            adaptation: self.adaptation.clone(),
            owner_pause: self.owner_pause.clone(),
        }
    }

    /// Those that take windows.
    pub(super) fn window_sinks(&self) -> WindowSinks {
        WindowSinks {
            enrolment: self.enrolment.clone(),
            adaptation: self.adaptation.clone(),
        }
    }
}
