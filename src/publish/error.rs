//! Errors of the server and the client, with messages for people.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why the socket cannot be served, or a daemon cannot be reached.
#[derive(Debug, Error)]
pub enum PublishError {
    /// A setting in `[socket]` is out of range.
    #[error("[socket] {field}: {why}")]
    Config {
        /// Name of the setting.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The path is longer than a Unix socket's address may be, 107 bytes.
    #[error(
        "the socket path {} has {} bytes and a Unix socket's may have {max}; choose a shorter one",
        path.display(), path.as_os_str().len()
    )]
    PathTooLong {
        /// The path.
        path: PathBuf,
        /// The longest path in bytes.
        max: usize,
    },
    /// A directory on the path is missing, or permissions keep this user out.
    #[error("cannot reach the socket {}: {obstacle}", path.display())]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// Which directory or permission, for people.
        obstacle: String,
    },
    /// The path is of something other than a socket, which is not replaced.
    #[error("{} exists and is no socket; move it away or choose another path", .0.display())]
    NotASocket(PathBuf),
    /// Another process serves the socket.
    #[error(
        "{} is served by {by} already; stop that or choose another path", path.display()
    )]
    InUse {
        /// The socket.
        path: PathBuf,
        /// The process that serves it, for people.
        by: String,
    },
    /// The socket is of another type than graspd's, so it is another program's.
    #[error("{} is another program's: its type is not that of graspd's socket", .0.display())]
    AnotherType(PathBuf),
    /// A program other than graspd serves the socket.
    #[error(
        "{} is served by {by}, which does not greet as graspd does ({why}); name graspd's \
         socket with --socket", path.display()
    )]
    AnotherProgram {
        /// The socket.
        path: PathBuf,
        /// The process that serves it, for people.
        by: String,
        /// What came instead of a greeting.
        why: String,
    },
    /// No process serves the socket, or it does not exist.
    #[error("no graspd serves {}: start it, or name its socket with --socket", .0.display())]
    NoDaemon(PathBuf),
    /// The daemon takes no connection now; its message.
    #[error("graspd refused the connection: {0}")]
    NoPlace(String),
    /// The daemon refused a request; its message.
    #[error("graspd refused: {0}")]
    Refused(String),
    /// The daemon said goodbye instead of answering.
    #[error("graspd at {} is about to end", .0.display())]
    Ending(PathBuf),
    /// What was received is not of this protocol or version.
    #[error("{} does not speak graspd's protocol: {why}", path.display())]
    Protocol {
        /// The socket.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The connection ended without [`Event::Bye`](super::Event::Bye).
    #[error("the connection to {} broke without a goodbye: there is no evidence now", .0.display())]
    Broken(PathBuf),
    /// The daemon sent nothing within the time limit.
    #[error("graspd at {} does not answer", .0.display())]
    Silent(PathBuf),
    /// A system call failed.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was attempted, and on what.
        doing: String,
        /// The system's error.
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
