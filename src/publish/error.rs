//! What can go wrong on either end of the socket, for people.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why there is no conversation.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The configuration cannot work.
    #[error("[socket] {field}: {why}")]
    Config {
        /// Name of the setting.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A Unix socket's address holds 107 bytes.
    #[error(
        "the socket path {} has {} bytes and a Unix socket's may have {max}; choose a shorter one",
        path.display(), path.as_os_str().len()
    )]
    PathTooLong {
        /// The path.
        path: PathBuf,
        /// What fits.
        max: usize,
    },
    /// Something on the way to the socket is missing or closed to us.
    #[error("cannot reach the socket {}: {obstacle}", path.display())]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// What is in the way.
        obstacle: String,
    },
    /// What stands there is no socket, so it is not ours to replace.
    #[error("{} exists and is no socket; move it away or choose another path", .0.display())]
    NotASocket(PathBuf),
    /// Somebody answers there.
    #[error("another graspd is serving {}; stop it or choose another path", .0.display())]
    InUse(PathBuf),
    /// Nobody answers there.
    #[error("no graspd serves {}: start it, or name its socket with --socket", .0.display())]
    NoDaemon(PathBuf),
    /// The daemon answered with a refusal.
    #[error("graspd refused: {0}")]
    Refused(String),
    /// What answers does not speak our protocol.
    #[error("{} does not speak graspd's protocol: {why}", path.display())]
    Protocol {
        /// The socket.
        path: PathBuf,
        /// What it said instead.
        why: String,
    },
    /// The conversation ended without the daemon's last event.
    #[error("the connection to {} broke without a goodbye: there is no evidence now", .0.display())]
    Broken(PathBuf),
    /// The daemon is there and says nothing.
    #[error("graspd at {} does not answer", .0.display())]
    Silent(PathBuf),
    /// The operating system refused.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was attempted, and on what.
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
}

impl PublishError {
    pub(super) fn io(doing: impl Into<String>, source: io::Error) -> Self {
        Self::Io {
            doing: doing.into(),
            source,
        }
    }
}
