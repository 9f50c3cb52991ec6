//! Errors of commands, and the exit codes they come with. sysexits(3)

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::config::ConfigError;
use crate::daemon::RunError;
use crate::enrol::EnrolError;
use crate::model::ModelError;
use crate::owner::profile::ProfileError;
use crate::publish::PublishError;
use crate::source::SourceError;
use crate::source::iio::IioError;

/// The command was used wrongly.
pub(super) const USAGE: u8 = 64;
/// The input is not what it should be.
const DATA: u8 = 65;
/// An input file is missing or cannot be read.
const NO_INPUT: u8 = 66;
/// The daemon is not there.
const UNAVAILABLE: u8 = 69;
/// A bug.
const SOFTWARE: u8 = 70;
/// The operating system refused.
const OS: u8 = 71;
/// The output cannot be made.
const CANNOT_CREATE: u8 = 73;
/// Writing failed half-way.
const IO: u8 = 74;
/// The other end does not speak the protocol.
const PROTOCOL: u8 = 76;
/// The configuration is wrong.
const CONFIG: u8 = 78;

/// Why a command failed.
#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    #[error("{0}")]
    Usage(String),
    #[error("cannot find {what}; looked in {places}")]
    NotFound { what: String, places: String },
    #[error("graspd serves {} and reads the same sensors; stop it first (`systemctl stop graspd`)", .0.display())]
    Busy(PathBuf),
    #[error("cannot make {}: {source}", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}; {left}", path.display())]
    Write {
        path: PathBuf,
        source: io::Error,
        /// What there is of it.
        left: &'static str,
    },
    #[error("{}: {why}", path.display())]
    Unsound { path: PathBuf, why: String },
    #[error("a graspd uses {}, and is not at {}; name its socket with --socket, or stop it", state.display(), socket.display())]
    Elsewhere { socket: PathBuf, state: PathBuf },
    #[error("no motion came; `graspd doctor` looks for the reason")]
    NoMotion,
    #[error("{0} of the checks failed")]
    Unfit(usize),
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl From<PublishError> for CliError {
    fn from(error: PublishError) -> Self {
        Self::Run(error.into())
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::Run(error.into())
    }
}

impl From<ModelError> for CliError {
    fn from(error: ModelError) -> Self {
        Self::Run(error.into())
    }
}

impl From<ProfileError> for CliError {
    fn from(error: ProfileError) -> Self {
        Self::Run(error.into())
    }
}

impl From<SourceError> for CliError {
    fn from(error: SourceError) -> Self {
        Self::Run(error.into())
    }
}

impl From<IioError> for CliError {
    fn from(error: IioError) -> Self {
        SourceError::from(error).into()
    }
}

impl CliError {
    pub(super) fn is_broken_pipe(&self) -> bool {
        let source = match self {
            Self::Output(source)
            | Self::Run(RunError::Publish(PublishError::Io { source, .. })) => source,
            _ => return false,
        };
        source.kind() == io::ErrorKind::BrokenPipe
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        let code = match self {
            Self::Usage(_) => USAGE,
            Self::NotFound { .. } | Self::Read { .. } => NO_INPUT,
            Self::Enrol(_) | Self::Unsound { .. } => DATA,
            Self::Output(_) => OS,
            Self::Create { .. } => CANNOT_CREATE,
            Self::Write { .. } => IO,
            Self::Busy(_) | Self::Elsewhere { .. } | Self::NoMotion | Self::Unfit(_) => UNAVAILABLE,
            Self::Run(error) => match error {
                error if error.is_in_use() => UNAVAILABLE,
                RunError::Config(_) | RunError::Hop { .. } | RunError::State(_) => CONFIG,
                RunError::Model(_) => DATA,
                RunError::Profile(error) if error.is_about_reading() => NO_INPUT,
                RunError::Profile(_) => DATA,
                RunError::Source(SourceError::Io { .. }) => NO_INPUT,
                RunError::Source(SourceError::NotARecording { .. }) => DATA,
                // Drivers may come later than the daemon: worth another try.
                RunError::Source(SourceError::Iio(_)) => UNAVAILABLE,
                RunError::Session(_) | RunError::SourceEnded => UNAVAILABLE,
                RunError::Crashed => SOFTWARE,
                RunError::Io { .. } => OS,
                RunError::Publish(error) => match error {
                    PublishError::Config { .. } | PublishError::PathTooLong { .. } => CONFIG,
                    PublishError::Protocol { .. } => PROTOCOL,
                    PublishError::Io { .. } | PublishError::NotASocket(_) => OS,
                    _ => UNAVAILABLE,
                },
            },
        };
        code.into()
    }
}
