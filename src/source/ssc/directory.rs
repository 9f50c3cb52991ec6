//! The router's directory of services: who offers the sensor core's.

use std::io;
use std::time::{Duration, Instant};

use grasp_qrtr::{Address, CONTROL_PORT};

use super::{SscError, Transport};

/// The sensor core's service.
pub(super) const SERVICE: u32 = 400;

const NEW_SERVER: u32 = 4;
const DEL_SERVER: u32 = 5;
const DEL_CLIENT: u32 = 6;
const NEW_LOOKUP: u32 = 10;

/// What the directory says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// A server of the service is, or has come to be, at this address.
    There(Address),
    /// The servers that there were at the time of asking have all been named.
    AllNamed,
    /// The server at this address has gone.
    Gone(Address),
    /// The port at this address was closed.
    Closed(Address),
    /// Nothing that matters here.
    Other,
}

/// Where the directory of this end's node is.
pub(super) fn of(transport: &dyn Transport) -> Address {
    Address {
        port: CONTROL_PORT,
        ..transport.local()
    }
}

/// Asks for the servers of the sensor core's service, of now and from now on.
pub(super) fn look_up(transport: &dyn Transport) -> io::Result<()> {
    let mut packet = [0; 20];
    packet[..4].copy_from_slice(&NEW_LOOKUP.to_le_bytes());
    packet[4..8].copy_from_slice(&SERVICE.to_le_bytes());
    transport.send_to(&packet, of(transport))
}

/// Reads a packet of the directory.
pub(super) fn read(packet: &[u8]) -> Notice {
    let word = |i: usize| {
        let word = packet.get(4 * i..4 * i + 4);
        word.and_then(|word| word.try_into().ok())
            .map_or(0, u32::from_le_bytes)
    };
    let at = |node, port| Address {
        node: word(node),
        port: word(port),
    };
    match (word(0), word(1)) {
        (NEW_SERVER, 0) => Notice::AllNamed,
        (NEW_SERVER, SERVICE) => Notice::There(at(3, 4)),
        (DEL_SERVER, SERVICE) => Notice::Gone(at(3, 4)),
        (DEL_CLIENT, _) => Notice::Closed(at(1, 2)),
        _ => Notice::Other,
    }
}

/// Whether a server at `address` may be the sensor core, for somebody at `local`.
pub(super) fn may_be_it(address: Address, local: Address, wanted: Option<u32>) -> bool {
    match wanted {
        Some(node) => address.node == node,
        None => address.node != local.node,
    }
}

/// Whether there is a server within `longest`.
pub(super) fn find(
    transport: &dyn Transport,
    wanted: Option<u32>,
    longest: Duration,
) -> Result<bool, SscError> {
    let io = |doing| move |source| SscError::Io { doing, source };
    look_up(transport).map_err(io("look for"))?;
    let began = Instant::now();
    let mut packet = [0; 64];
    while let Some(left) = longest.checked_sub(began.elapsed()) {
        let received = transport.receive(&mut packet, left);
        let Some((length, from)) = received.map_err(io("look for"))? else {
            continue;
        };
        if from != of(transport) {
            continue;
        }
        match read(&packet[..length]) {
            Notice::There(at) if may_be_it(at, transport.local(), wanted) => return Ok(true),
            Notice::AllNamed => return Ok(false),
            _ => {}
        }
    }
    Ok(false)
}
