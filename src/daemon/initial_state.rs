//! What a daemon begins with: its mode, its pipeline, and what an earlier daemon left in the
//! state folder.

use std::path::Path;
use std::sync::Arc;

use super::RunError;
use super::owner_pause::OwnerPause;
use super::pause_file::{PauseEnd, PauseFile};
use super::persisted_lock::PersistedLock;
use super::state_folder::StateFolder;
use crate::config::{Config, OperatingMode};
use crate::decide::{Pause, Policy, State};
use crate::model::Embedder;
use crate::motion::SampleTime;
use crate::owner::profile::Profile;
use crate::pipeline::Pipeline;
use crate::publish::Mode;
use crate::session::FollowSession;

/// See the module.
pub(super) struct InitialState {
    pub mode: Mode,
    pub policy: Policy,
    /// Locked or paused already where the earlier daemon was.
    pub pipeline: Pipeline,
    /// Keeps a lock across restarts; `None` in replay and observe mode.
    pub memory: Option<PersistedLock>,
    pub pause_file: PauseFile,
    /// The owner's pause that goes on; `None` if there is none.
    pub kept_pause: Option<PauseEnd>,
    /// No other daemon can use it while this is held; `None` in a replay.
    pub folder: Option<Arc<StateFolder>>,
}

impl InitialState {
    /// Of a daemon that decides for the owner of `profile`, or for nobody.
    pub(super) fn of(
        config_path: &Path,
        config: &Config,
        embedder: Embedder,
        profile: Option<&Profile>,
    ) -> Result<Self, RunError> {
        let live = config.source.kind.is_live();
        // The motion in a recording is past, so nothing may be locked because of it.
        let mode = match config.mode {
            _ if !live => Mode::Replay,
            OperatingMode::Enforce => Mode::Live,
            OperatingMode::Observe => Mode::Observe,
        };
        if mode == Mode::Observe {
            tracing::warn!("mode is \"observe\", so nothing is locked");
        }
        let policy = config.policy(config_path)?;
        let hop = config.window.hop_frames;
        let mut pipeline = match profile {
            Some(profile) => Pipeline::new(embedder, profile, hop, config.rest, policy),
            None => Pipeline::of_nobody(embedder, hop, config.rest, policy),
        };
        let owner_uid = profile.map(|profile| profile.owner_uid);
        if owner_uid.is_none() {
            tracing::warn!("nobody has enrolled, so nothing is decided; run `graspd enroll`");
        }
        // A replay keeps nothing on disk, so it needs no state folder.
        let folder = match live {
            true => Some(Arc::new(StateFolder::take(&config.state.folder)?)),
            false => None,
        };
        // Observe mode locks nothing, so it neither reads nor writes the note of a lock.
        let remembered = folder.clone().filter(|_| mode == Mode::Live);
        let memory = remembered.map(PersistedLock::open).transpose();
        let memory = memory.map_err(RunError::io("start a thread"))?;
        if memory.as_ref().is_some_and(PersistedLock::was_locked) {
            tracing::warn!("the state was lock when graspd last ended, so it begins with that");
            pipeline = pipeline.locked_before();
        }
        let pause_file = PauseFile::in_folder(&config.state.folder);
        // Where no session is followed the next lock screen would not end it.
        let may_be_paused = live
            && config.session.enabled != FollowSession::No
            && pipeline.decider().state().0 != State::Lock;
        let kept_pause = owner_uid
            .filter(|_| may_be_paused)
            .and_then(|owner| OwnerPause::kept(&pause_file, owner));
        if kept_pause.is_some() {
            pipeline.pause(SampleTime::default(), Pause::ByOwner, &mut |_| {});
        }
        Ok(Self {
            mode,
            policy,
            pipeline,
            memory,
            pause_file,
            kept_pause,
            folder,
        })
    }
}
