//! The current evidence, which the daemon's socket tells to the owner alone. docs/protocol.md

use std::time::Duration;

use gtk::gio::{self, prelude::*};
use gtk::glib;
use serde::Deserialize;

/// How long until the daemon is looked for again.
const RECONNECT_AFTER: Duration = Duration::from_secs(5);
const STATUS_REQUEST: &[u8] = b"{\"request\":\"status\"}\n";
const SUBSCRIBE_REQUEST: &[u8] = b"{\"request\":\"subscribe\",\"scores\":true}\n";

/// What is looked at of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    event: String,
    owner: Option<u32>,
    evidence: Option<f64>,
}

/// The current evidence, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Evidence for the owner, from 0 to 1.
    Evidence(f64),
    /// There is no daemon, or this user is not the owner.
    Unavailable,
}

/// Listens as long as the window lives.
pub async fn listen(socket: String, tell: impl Fn(Reading)) {
    loop {
        // How it ended does not matter: nothing is known until the daemon is there again.
        let _ = converse(&socket, &tell).await;
        tell(Reading::Unavailable);
        glib::timeout_future(RECONNECT_AFTER).await;
    }
}

async fn converse(socket: &str, tell: &impl Fn(Reading)) -> Result<(), glib::Error> {
    let address = gio::UnixSocketAddress::new(std::path::Path::new(socket));
    let stream = gio::SocketClient::new().connect_future(&address).await?;
    let lines = gio::DataInputStream::new(&stream.input_stream());
    let send = async |request: &'static [u8]| {
        let sent = stream
            .output_stream()
            .write_all_future(request, glib::Priority::DEFAULT);
        sent.await.map(drop).map_err(|(_, error)| error)
    };
    send(STATUS_REQUEST).await?;
    let mut subscribed = false;
    loop {
        let Some(line) = lines.read_line_future(glib::Priority::DEFAULT).await? else {
            return Ok(());
        };
        let Ok(event) = serde_json::from_slice::<Event>(&line) else {
            continue;
        };
        // Only to the owner does the status name the owner, and only they may ask for scores.
        // Another user may become the owner.
        match (event.event.as_str(), event.owner) {
            ("status", Some(_)) if !subscribed => {
                send(SUBSCRIBE_REQUEST).await?;
                subscribed = true;
            }
            ("status", None) => {
                subscribed = false;
                tell(Reading::Unavailable);
            }
            ("lock" | "unlock" | "inconclusive", _) if !subscribed => send(STATUS_REQUEST).await?,
            _ => {}
        }
        if let Some(evidence) = event.evidence.filter(|_| subscribed) {
            tell(Reading::Evidence(evidence));
        }
    }
}
