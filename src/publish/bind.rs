//! The socket in the file system: its configuration, binding and removing it, and errors
//! that say why it cannot be reached.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::serving_process::ServingProcess;
use super::{DEFAULT_SOCKET, PublishError};

/// Longest socket path in bytes: `sun_path` without its terminating zero; unix(7).
const PATH_MAX: usize = 107;

/// `[socket]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SocketConfig {
    /// Path of the socket. Its directory has to exist.
    pub path: PathBuf,
    /// Permissions of the socket. 0o666 by default, because every user may read the state
    /// and the daemon itself decides who sees more.
    pub mode: u32,
    /// Connections at a time; a quarter of them is reserved for root and the owner.
    pub max_clients: usize,
    /// Events queued for a client before the oldest are dropped.
    pub queue_events: usize,
    /// Milliseconds after which a client that does not take a line is disconnected.
    pub write_timeout_ms: u64,
}

impl Default for SocketConfig {
    fn default() -> Self {
        Self {
            path: DEFAULT_SOCKET.into(),
            mode: 0o666,
            max_clients: 64,
            queue_events: 256,
            write_timeout_ms: 60_000,
        }
    }
}

impl SocketConfig {
    /// Checks the values without looking at the file system: [`PublishError::PathTooLong`],
    /// or [`PublishError::Config`] for any other.
    pub fn check(&self) -> Result<(), PublishError> {
        check_length(&self.path)?;
        if self.mode > 0o777 {
            return Err(PublishError::Config {
                field: "mode",
                why: format!("{:#o} is no file mode; 0o666 lets everyone read", self.mode),
            });
        }
        for (field, value) in [
            ("max_clients", self.max_clients as u64),
            ("queue_events", self.queue_events as u64),
            ("write_timeout_ms", self.write_timeout_ms),
        ] {
            if value == 0 {
                let why = "must be at least 1".to_owned();
                return Err(PublishError::Config { field, why });
            }
        }
        Ok(())
    }
}

/// Refuses a path longer than [`PATH_MAX`], for which the system's error names no cause.
pub(super) fn check_length(path: &Path) -> Result<(), PublishError> {
    if path.as_os_str().as_bytes().len() > PATH_MAX {
        return Err(PublishError::PathTooLong {
            path: path.to_owned(),
            max: PATH_MAX,
        });
    }
    Ok(())
}

/// A listening socket, removed from the file system when dropped.
#[derive(Debug)]
pub(super) struct Bound {
    pub listener: UnixListener,
    path: PathBuf,
    /// Device and inode, because the path may be another daemon's socket when this is
    /// dropped.
    identity: (u64, u64),
}

impl Bound {
    pub fn new(path: &Path, mode: u32) -> Result<Self, PublishError> {
        check_length(path)?;
        clear_the_way(path)?;
        let listener = UnixListener::bind(path).map_err(|why| explain(path, "create", why))?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .and_then(|()| listener.set_nonblocking(true))
            .and_then(|()| identity(path))
            .map(|identity| Self {
                listener,
                path: path.to_owned(),
                identity,
            })
            .map_err(|why| PublishError::io(format!("set up {}", path.display()), why))
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|there| there == self.identity)
            && let Err(why) = fs::remove_file(&self.path)
        {
            tracing::warn!("cannot remove the socket {}: {why}", self.path.display());
        }
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let there = fs::symlink_metadata(path)?;
    Ok((there.dev(), there.ino()))
}

/// Removes the socket of a daemon that has ended. An error if it is in use, or anything
/// but a socket.
fn clear_the_way(path: &Path) -> Result<(), PublishError> {
    match fs::symlink_metadata(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(explain(path, "look at", why)),
        Ok(there) if !there.file_type().is_socket() => {
            return Err(PublishError::NotASocket(path.to_owned()));
        }
        Ok(_) => {}
    }
    // A datagram socket cannot be connected to a stream socket, but the error tells
    // whether a process has it open; and unlike a real connection this never waits for
    // a daemon that hangs, nor does the daemon see a client.
    let knock = UnixDatagram::unbound().and_then(|socket| socket.connect(path));
    match knock {
        Err(why) if why.kind() == ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|why| explain(path, "replace", why))
        }
        Err(why) if is_another_type(&why) => Err(PublishError::InUse {
            path: path.to_owned(),
            by: ServingProcess::at(path)
                .map_or_else(|| "another process".to_owned(), |by| by.to_string()),
        }),
        Err(why) => Err(explain(path, "replace", why)),
        // A datagram socket that is open.
        Ok(()) => Err(PublishError::AnotherType(path.to_owned())),
    }
}

/// Whether `why` says that two sockets' types differ: connect(2).
pub(super) fn is_another_type(why: &io::Error) -> bool {
    why.raw_os_error() == Some(Errno::PROTOTYPE.raw_os_error())
}

/// An error that names the directory or permission that keeps from the socket, if one is
/// found; otherwise with the system's error `why`.
pub(super) fn explain(path: &Path, doing: &str, why: io::Error) -> PublishError {
    let obstacle = obstacle(path, why.kind());
    match obstacle {
        Some(obstacle) => PublishError::Unreachable {
            path: path.to_owned(),
            obstacle,
        },
        None => PublishError::io(format!("{doing} the socket {}", path.display()), why),
    }
}

fn obstacle(path: &Path, why: ErrorKind) -> Option<String> {
    let mut ancestors: Vec<_> = path.ancestors().skip(1).collect();
    ancestors.reverse();
    let mut above = Path::new(".");
    for directory in ancestors {
        if directory.as_os_str().is_empty() {
            continue;
        }
        let name = directory.display();
        match fs::metadata(directory) {
            Ok(there) if !there.is_dir() => return Some(format!("{name} is no directory")),
            Ok(_) => {}
            Err(found) if found.kind() == ErrorKind::NotFound => {
                return Some(format!("the directory {name} does not exist; create it"));
            }
            Err(found) if found.kind() == ErrorKind::PermissionDenied => {
                return Some(denied("searched", above));
            }
            Err(_) => return None,
        }
        above = directory;
    }
    if !matches!(
        why,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    ) {
        return None;
    }
    Some(match fs::symlink_metadata(path) {
        Ok(_) => "its permissions do not let this user in".to_owned(),
        Err(found) if found.kind() == ErrorKind::PermissionDenied => denied("searched", above),
        Err(_) => denied("written", above),
    })
}

fn denied(what: &str, directory: &Path) -> String {
    let name = directory.display();
    format!("the directory {name} may not be {what} by this user")
}
