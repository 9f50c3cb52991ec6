//! Why the daemon cannot start, or had to end.

use thiserror::Error;

use super::state_folder::{StateFolderError, StateFolderFault};
use crate::config::ConfigError;
use crate::model::ModelError;
use crate::owner::profile::ProfileError;
use crate::publish::PublishError;
use crate::session::SessionError;
use crate::source::SourceError;

/// Why the daemon cannot start, or had to end.
#[derive(Debug, Error)]
pub enum RunError {
    /// The configuration cannot be read or is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The model bundle cannot be opened.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The owner's profile cannot be loaded.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateFolderError),
    /// The source cannot be opened, or a recording cannot be read to its end.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The socket cannot be served.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// `session.enabled` is `"yes"` and no session manager answers.
    #[error("{0}; start one, or set session.enabled to \"auto\"")]
    Session(#[from] SessionError),
    /// The hop does not suit the model.
    #[error(
        "window.hop_frames is {hop}, model {model} needs a multiple of {multiple} up to {frames}"
    )]
    Hop {
        /// The configured hop in frames.
        hop: usize,
        /// The model's name.
        model: String,
        /// The number of frames that the hop must be a multiple of.
        multiple: usize,
        /// Frames in the model's window, the longest hop.
        frames: usize,
    },
    /// A live source ended or failed.
    #[error("the source has ended, so there is no evidence any more")]
    SourceEnded,
    /// The worker panicked.
    #[error("the worker has crashed; this is a bug, the log has its place")]
    Crashed,
    /// A system call failed.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

impl RunError {
    /// Whether the only obstacle is another daemon that uses the state folder.
    pub(crate) fn is_in_use(&self) -> bool {
        matches!(self, Self::State(error) if matches!(error.why, StateFolderFault::InUse))
    }

    pub(super) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
