//! Errors of commands and their exit codes, which are those of sysexits(3).

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::bus::client::BusError;
use crate::config::ConfigError;
use crate::daemon::RunError;
use crate::doctor::ServiceManager;
use crate::enrol::EnrolError;
use crate::model::ModelError;
use crate::owner::profile::{ProfileError, ProfileFault};
use crate::publish::PublishError;
use crate::sealed::SealedError;
use crate::source::SourceError;
use crate::source::iio::IioError;

/// EX_USAGE: wrong arguments.
pub(super) const USAGE: u8 = 64;
/// EX_DATAERR: invalid input.
const DATA: u8 = 65;
/// EX_NOINPUT: an input file is missing or unreadable.
const NO_INPUT: u8 = 66;
/// EX_UNAVAILABLE: the daemon, or something that it needs, is not to be had.
const UNAVAILABLE: u8 = 69;
/// EX_SOFTWARE: a bug.
const SOFTWARE: u8 = 70;
/// EX_OSERR: a system call failed.
const OS: u8 = 71;
/// EX_CANTCREAT: the output file cannot be created.
const CANNOT_CREATE: u8 = 73;
/// EX_IOERR: a file or standard output could not be written to its end.
const IO: u8 = 74;
/// EX_PROTOCOL: the other end does not speak the protocol.
const PROTOCOL: u8 = 76;
/// EX_NOPERM: the daemon refuses what was asked for, the secret was not given, or the owner is
/// not believed to hold the device.
const NO_PERMISSION: u8 = 77;
/// EX_CONFIG: the configuration is invalid.
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
    #[error("graspd serves {} and reads the same sensors; stop it first (`{}`)", .0.display(), ServiceManager::here().stop())]
    Busy(PathBuf),
    #[error("cannot make {}: {source}", path.display())]
    Create { path: PathBuf, source: io::Error },
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}: {source}; {left}", path.display())]
    Write {
        path: PathBuf,
        source: io::Error,
        /// What the file contains after the error.
        left: &'static str,
    },
    #[error("{}: {why}", path.display())]
    Unsound { path: PathBuf, why: String },
    #[error("a graspd uses {}, and is not at {}; name its socket with --socket, or stop it", state.display(), socket.display())]
    Elsewhere { socket: PathBuf, state: PathBuf },
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error("{0}")]
    NotBelieved(String),
    #[error("no motion came; `graspd doctor` looks for the reason")]
    NoMotion,
    #[error("graspd refused: {0}")]
    Unusable(String),
    #[error("{0} of the checks failed")]
    Unfit(usize),
    /// Of standard output alone, so never by `?`: whose error it is has to be said.
    #[error("cannot write the output: {0}")]
    Output(#[source] io::Error),
    #[error("{0}; run this by sudo")]
    ForRoot(Box<CliError>),
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
    /// Whether whoever read the output has had enough. `print` makes no error of that, so this
    /// ends only what has nothing else to tell than what it prints, as `graspd replay`.
    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(source) if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Adds the remedy where only root may read, as in the folder of the user graspd.
    pub(super) fn with_remedy(self) -> Self {
        let source = match &self {
            Self::Read { source, .. } => Some(source),
            Self::Run(RunError::Profile(error)) => match &error.why {
                ProfileFault::File(SealedError::Io { source, .. }) => Some(source),
                _ => None,
            },
            _ => None,
        };
        match source.map(io::Error::kind) {
            Some(io::ErrorKind::PermissionDenied) => Self::ForRoot(Box::new(self)),
            _ => self,
        }
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        let code = match self {
            Self::ForRoot(why) => return why.exit_code(),
            Self::Usage(_) => USAGE,
            Self::NotFound { .. } | Self::Read { .. } => NO_INPUT,
            Self::Enrol(_) | Self::Unusable(_) | Self::Unsound { .. } => DATA,
            Self::NotBelieved(_) | Self::Bus(BusError::Refused(_)) => NO_PERMISSION,
            Self::Bus(BusError::NoDaemon(_)) => UNAVAILABLE,
            Self::Bus(BusError::Runtime(_)) => OS,
            Self::Create { .. } => CANNOT_CREATE,
            Self::Write { .. } | Self::Output(_) => IO,
            Self::Busy(_) | Self::Elsewhere { .. } | Self::NoMotion | Self::Unfit(_) => UNAVAILABLE,
            Self::Run(error) => match error {
                error if error.is_in_use() => UNAVAILABLE,
                RunError::Config(_) | RunError::Hop { .. } | RunError::State(_) => CONFIG,
                RunError::Model(_) => DATA,
                RunError::Profile(error) if error.is_about_reading() => NO_INPUT,
                RunError::Profile(_) => DATA,
                RunError::Source(SourceError::Io { .. }) => NO_INPUT,
                RunError::Source(SourceError::NotARecording { .. }) => DATA,
                // Sensor drivers may be loaded after the daemon's start, so the service
                // manager should retry.
                RunError::Source(SourceError::Iio(_)) => UNAVAILABLE,
                RunError::Session(_) | RunError::SourceEnded => UNAVAILABLE,
                RunError::Crashed => SOFTWARE,
                RunError::Io { .. } => OS,
                RunError::Publish(error) => match error {
                    PublishError::Refused(_) => NO_PERMISSION,
                    PublishError::Config { .. } | PublishError::PathTooLong { .. } => CONFIG,
                    PublishError::Protocol { .. }
                    | PublishError::AnotherType(_)
                    | PublishError::AnotherProgram { .. } => PROTOCOL,
                    PublishError::Io { .. } | PublishError::NotASocket(_) => OS,
                    _ => UNAVAILABLE,
                },
            },
        };
        code.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_only_root_may_read_sudo_is_named() {
        let read = |kind: io::ErrorKind| CliError::Read {
            path: "/var/lib/graspd".into(),
            source: kind.into(),
        };
        let denied = read(io::ErrorKind::PermissionDenied).with_remedy();
        assert!(
            denied.to_string().ends_with("; run this by sudo"),
            "{denied}"
        );
        assert_eq!(denied.exit_code(), NO_INPUT.into());
        let missing = read(io::ErrorKind::NotFound).with_remedy();
        assert!(!missing.to_string().contains("sudo"), "{missing}");
    }

    #[test]
    fn a_daemon_that_refuses_is_told_from_one_that_is_not_to_be_had() {
        let code = |error: PublishError| CliError::from(error).exit_code();
        let path = || PathBuf::from("/run/graspd/graspd.sock");
        let refused = PublishError::Refused("for root alone".into());
        assert_eq!(code(refused), NO_PERMISSION.into());
        for error in [
            PublishError::NoPlace("too many clients".into()),
            PublishError::Ending(path()),
            PublishError::NoDaemon(path()),
            PublishError::Broken(path()),
        ] {
            assert_eq!(code(error), UNAVAILABLE.into());
        }
        let refused = BusError::Refused("not now".into());
        assert_eq!(CliError::Bus(refused).exit_code(), NO_PERMISSION.into());
    }
}
