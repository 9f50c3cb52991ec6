//! `grasp-train serve`.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use crate::device::DeviceKind;
use crate::device::remote::{self, DeviceServer};

/// Lend this machine's devices to a training on another
///
/// Prints what `grasp-train train --worker` takes, and lends until ctrl-C. The
/// connection is encrypted and goes straight from one machine to the other; a
/// client must know the token. What it sends, windows of recordings among it, is
/// held in memory only. Needs the cargo feature `remote`, and both sides must be
/// of the same build.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "\
Example, a training over two machines:
  lender$  head -c 24 /dev/urandom | base64 > token
  lender$  grasp-train serve --token token --port 4433
  trainer$ grasp-train train --worker ID@LENDER:4433 --token token --data … --out …")]
pub struct ServeArgs {
    /// What to lend
    #[arg(long, value_enum, default_value_t = DeviceKind::Cpu)]
    device: DeviceKind,
    /// How many of it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = super::parsers::at_least_one())]
    devices: usize,
    /// UDP port to listen on
    #[arg(long, default_value_t = 4433)]
    port: u16,
    /// File with the word that clients must present
    #[arg(long, value_name = "FILE")]
    token: PathBuf,
    /// File of the private key, by which clients know this machine; it is made if
    /// there is none
    #[arg(long, value_name = "FILE", default_value = "grasp-train.key")]
    key: PathBuf,
}

impl ServeArgs {
    /// Lends until told to stop.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        let devices = self.device.devices(self.devices)?;
        let port = self.port;
        let server = DeviceServer {
            port,
            key: self.key,
            token: remote::read_token(&self.token)?,
        };
        let ready = |id: &str| println!("--worker {id}@THIS-MACHINE:{port}");
        Ok(server.serve(devices, ready)?)
    }
}
