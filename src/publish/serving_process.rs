//! Names the process that serves a socket, for errors about sockets that are not graspd's.

use std::fmt;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use tokio::runtime::Builder;

/// The process that began to listen on a socket, as the kernel knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServingProcess {
    name: String,
    id: i32,
}

impl ServingProcess {
    /// That of the other end of `stream`, which is not usable afterwards; `None` if the
    /// system does not tell, as between containers. `SO_PEERCRED` in unix(7)
    pub(super) fn of(stream: UnixStream) -> Option<Self> {
        stream.set_nonblocking(true).ok()?;
        // A loop of its own, because this is called from within one and from without.
        let runtime = Builder::new_current_thread().enable_io().build().ok()?;
        let id = {
            let _inside = runtime.enter();
            let stream = tokio::net::UnixStream::from_std(stream).ok()?;
            stream.peer_cred().ok()?.pid()?
        };
        runtime.shutdown_background();
        let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
        Some(Self {
            name: name.trim_end_matches('\n').escape_debug().to_string(),
            id,
        })
    }

    /// That of the stream socket at `path`. It never waits for the process, which will see
    /// a client that leaves at once.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).ok()?;
        connect(&socket, &SocketAddrUnix::new(path).ok()?).ok()?;
        Self::of(UnixStream::from(socket))
    }

    /// Whether it is a graspd.
    pub(super) fn is_graspd(&self) -> bool {
        self.name == "graspd"
    }
}

impl fmt::Display for ServingProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, id } = self;
        match self.is_graspd() {
            true => write!(f, "another graspd (process {id})"),
            false => write!(f, "`{name}` (process {id})"),
        }
    }
}
