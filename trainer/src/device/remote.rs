//! Devices of other machines, by Burn's remote backend (cargo feature `remote`).
//!
//! `grasp-train serve` shares the devices of its machine with clients that know its id
//! and token. The connection is direct, over QUIC, encrypted; the id is the server's
//! public key, which authenticates it. No discovery service and no relay is used.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use burn::tensor::Device;

/// Address of a machine that runs `grasp-train serve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Its public key, as `serve` prints it.
    id: String,
    /// Host and port.
    address: String,
}

/// Settings of `grasp-train serve`.
#[derive(Debug, Clone)]
pub struct DeviceServer {
    /// UDP port to listen on.
    pub port: u16,
    /// File of the private key; created if it does not exist.
    pub key: PathBuf,
    /// Token that clients must present.
    pub token: String,
}

impl FromStr for Worker {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('@') {
            Some((id, address)) if !id.is_empty() && address.contains(':') => Ok(Self {
                id: id.to_owned(),
                address: address.to_owned(),
            }),
            _ => Err("expected ID@HOST:PORT, as `grasp-train serve` prints it".into()),
        }
    }
}

/// The token in `file`, without surrounding whitespace. An error if it is empty.
pub fn read_token(file: &Path) -> Result<String, String> {
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|e| format!("cannot read {name}: {e}"))?;
    match text.trim() {
        "" => Err(format!("{name} is empty: write a secret word into it")),
        token => Ok(token.to_owned()),
    }
}

#[cfg(feature = "remote")]
mod network {
    use std::net::ToSocketAddrs;

    use burn::remote::{EndpointId, IrohHost, IrohRelays, RemoteHost};
    use burn::server::{IrohIdentity, IrohTransport, RemoteServer, TokenAuthorizer};

    use super::{Device, DeviceServer, Worker};

    impl Worker {
        /// Connects with `token` and lists the devices of the machine.
        pub fn connect(&self, token: &str) -> Result<Vec<Device>, String> {
            let Self { id, address } = self;
            let failed = |why: &dyn std::fmt::Display| format!("--worker {id}@{address}: {why}");
            let id: EndpointId = id.parse().map_err(|e| failed(&e))?;
            let mut host = IrohHost::new(id).with_relays(IrohRelays::Disabled);
            for address in address.to_socket_addrs().map_err(|e| failed(&e))? {
                host = host.with_address(address);
            }
            let host = RemoteHost::iroh(host).with_credential(token);
            let devices = host.devices().map_err(|e| failed(&e))?;
            Ok(devices.into_iter().collect())
        }
    }

    impl DeviceServer {
        /// Serves `devices` until ctrl-C or SIGTERM; calls `ready` with the id first.
        pub fn serve(&self, devices: Vec<Device>, ready: impl FnOnce(&str)) -> Result<(), String> {
            let identity = IrohIdentity::load_or_create(&self.key)
                .map_err(|e| format!("cannot use {}: {e}", self.key.display()))?;
            let transport = IrohTransport::new(identity)
                .with_relays(IrohRelays::Disabled)
                .with_port(self.port);
            let token = TokenAuthorizer::new(self.token.as_str()).map_err(|e| e.to_string())?;
            ready(&transport.id().to_string());
            let served = RemoteServer::new(devices)
                .with_authorizer(token)
                .serve(transport);
            served.map_err(|e| e.to_string())
        }
    }
}

#[cfg(not(feature = "remote"))]
mod network {
    use super::{Device, DeviceServer, Worker};
    use crate::build_feature::not_built;

    impl Worker {
        /// Always an error: this build lacks the cargo feature.
        pub fn connect(&self, _: &str) -> Result<Vec<Device>, String> {
            Err(not_built("remote"))
        }
    }

    impl DeviceServer {
        /// Always an error: this build lacks the cargo feature.
        pub fn serve(&self, _: Vec<Device>, _: impl FnOnce(&str)) -> Result<(), String> {
            Err(not_built("remote"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_an_id_and_where_it_listens() {
        let worker: Worker = "abc@[::1]:4433".parse().unwrap();
        assert_eq!((&*worker.id, &*worker.address), ("abc", "[::1]:4433"));
        for wrong in ["", "abc", "@host:1", "abc@host"] {
            let error = wrong.parse::<Worker>().unwrap_err();
            assert!(error.contains("ID@HOST:PORT"), "{error}");
        }
    }
}
