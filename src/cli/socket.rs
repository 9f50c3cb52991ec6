//! The socket that client commands connect to.

use std::env;
use std::path::PathBuf;

use clap::Args;

use crate::publish::DEFAULT_SOCKET;

/// `--socket`, then `GRASPD_SOCKET`, then the usual place.
#[derive(Debug, Clone, Default, Args)]
pub struct SocketArg {
    /// The daemon's socket [default: $GRASPD_SOCKET or /run/graspd/graspd.sock]
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
}

impl SocketArg {
    /// The path these say.
    pub fn path(&self) -> PathBuf {
        self.socket.clone().unwrap_or_else(|| {
            env::var_os("GRASPD_SOCKET")
                .filter(|path| !path.is_empty())
                .map_or_else(|| DEFAULT_SOCKET.into(), PathBuf::from)
        })
    }
}
