//! The socket that client commands connect to.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::publish::DEFAULT_SOCKET;

/// `--socket`, then `GRASPD_SOCKET`, then the place of a configuration that is read, or the
/// usual one.
#[derive(Debug, Clone, Default, Args)]
pub struct SocketArg {
    /// The daemon's socket [default: $GRASPD_SOCKET, or that of the configuration where one is
    /// read, or /run/graspd/graspd.sock]
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
}

impl SocketArg {
    /// The path these say.
    pub fn path(&self) -> PathBuf {
        self.path_or(Path::new(DEFAULT_SOCKET))
    }

    /// The same for a command that reads a configuration, which has `configured`.
    pub(super) fn path_or(&self, configured: &Path) -> PathBuf {
        let named = || env::var_os("GRASPD_SOCKET").filter(|path| !path.is_empty());
        let given = self.socket.clone();
        let chosen = given.or_else(|| named().map(PathBuf::from));
        chosen.unwrap_or_else(|| configured.to_owned())
    }
}
