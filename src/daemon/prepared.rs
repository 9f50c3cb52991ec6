//! Opens what the configuration names, and checks that it fits together.

use std::path::Path;

use super::{RunError, state_folder};
use crate::config::{Config, ConfigError, SourceKind};
use crate::model::{Bundle, Embedder};
use crate::motion::Channels;
use crate::owner::profile::Profile;
use crate::regular_file::Owners;
use crate::source::{
    self, AutoSource, Chain, IioSource, LineStream, Paced, SensorfwSource, Source, SourceError,
    SscSource, ssc,
};

/// Model, embedder and profile that the configuration names, opened and checked against
/// one another.
pub struct Prepared {
    pub(super) config: Config,
    pub(super) bundle: Bundle,
    pub(super) embedder: Embedder,
    pub(super) profile: Option<Profile>,
}

impl Prepared {
    /// Opens what `config` names, for this process.
    pub fn open(config: Config) -> Result<Self, RunError> {
        Self::open_for(config, Owners::this_process())
    }

    /// What `graspd validate` does: opens what `config` names for a daemon of the user
    /// `uid`, and checks the state folder of a live source.
    pub fn validate(config: Config, uid: u32) -> Result<Self, RunError> {
        let parts = Self::open_for(config, Owners::User(uid))?;
        if parts.config.source.kind.is_live() {
            state_folder::check(&parts.config.state.folder, uid)?;
        }
        Ok(parts)
    }

    fn open_for(config: Config, owners: Owners) -> Result<Self, RunError> {
        let bundle = Bundle::open(&config.model.bundle)?;
        let embedder = Embedder::for_hop(&bundle, config.window.hop_frames)?;
        check_hop(config.window.hop_frames, &embedder, &bundle)?;
        let path = &config.profile.path;
        let profile = if config.source.kind.is_live() {
            Profile::load_if_there(path, bundle.id(), owners)?
        } else {
            Some(Profile::load(path, bundle.id(), owners)?)
        };
        Ok(Self {
            config,
            bundle,
            embedder,
            profile,
        })
    }

    /// The bundle in use.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// The profile in use; `None` if nobody has enrolled.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }
}

/// Checks that `hop` suits the model: [`RunError::Hop`] unless it is a multiple of
/// [`Embedder::hop_multiple`] from one up to a whole window.
pub fn check_hop(hop: usize, embedder: &Embedder, bundle: &Bundle) -> Result<(), RunError> {
    let (multiple, frames) = (embedder.hop_multiple(), embedder.frames());
    if hop == 0 || hop > frames || !hop.is_multiple_of(multiple) {
        return Err(RunError::Hop {
            hop,
            model: bundle.manifest().name.clone(),
            multiple,
            frames,
        });
    }
    Ok(())
}

/// The source that `config` names, for a model that takes `channels`.
pub(crate) fn open_source(
    config: &Config,
    channels: Channels,
) -> Result<Box<dyn Source>, RunError> {
    let source = &config.source;
    let wrong = |why| ConfigError {
        path: "[source]".into(),
        why,
    };
    let candidates = || {
        let candidates = config.candidates(Path::new("[source]"));
        candidates.map(|candidates| candidates.of(channels))
    };
    Ok(match source.kind {
        SourceKind::Stream if source.path == Path::new("-") => Box::new(LineStream::stdin()),
        SourceKind::Stream => Box::new(LineStream::open(&source.path)?),
        SourceKind::Auto => Box::new(AutoSource::new(candidates()?)),
        SourceKind::Iio => Box::new(IioSource::open(candidates()?.iio).map_err(SourceError::from)?),
        SourceKind::Ssc => Box::new(SscSource::new(candidates()?.ssc, ssc::router())),
        SourceKind::Sensorfw => Box::new(SensorfwSource::new(candidates()?.sensorfw)),
        SourceKind::Replay => {
            let recordings: Result<Vec<_>, _> = source
                .recordings
                .iter()
                .map(|path| source::open(path))
                .collect();
            let speed = source.speed().map_err(wrong)?;
            Box::new(Paced::new(Chain::new(recordings?), speed))
        }
    })
}
