//! The evidence as it is now, which the socket tells the owner and nobody else. docs/protocol.md

use std::time::Duration;

use gtk::gio::{self, prelude::*};
use gtk::glib;
use serde::Deserialize;

/// How long until the daemon is looked for again.
const AGAIN: Duration = Duration::from_secs(5);
const ASK: &[u8] = b"{\"request\":\"status\"}\n";
const ASK_FOR_SCORES: &[u8] = b"{\"request\":\"subscribe\",\"scores\":true}\n";

/// What is looked at of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    event: String,
    owner: Option<u32>,
    evidence: Option<f64>,
}

/// What came over the socket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard {
    /// Evidence for the owner, from 0 to 1.
    Evidence(f64),
    /// Nobody tells: there is no daemon, or this user is not the owner.
    Nothing,
}

/// Listens as long as the window lives.
pub async fn listen(socket: String, tell: impl Fn(Heard)) {
    loop {
        // How it ended does not matter: nobody tells until it is there again.
        let _ = converse(&socket, &tell).await;
        tell(Heard::Nothing);
        glib::timeout_future(AGAIN).await;
    }
}

async fn converse(socket: &str, tell: &impl Fn(Heard)) -> Result<(), glib::Error> {
    let address = gio::UnixSocketAddress::new(std::path::Path::new(socket));
    let stream = gio::SocketClient::new().connect_future(&address).await?;
    let lines = gio::DataInputStream::new(&stream.input_stream());
    let say = async |request: &'static [u8]| {
        let said = stream
            .output_stream()
            .write_all_future(request, glib::Priority::DEFAULT);
        said.await.map(drop).map_err(|(_, error)| error)
    };
    say(ASK).await?;
    let mut subscribed = false;
    loop {
        let Some(line) = lines.read_line_future(glib::Priority::DEFAULT).await? else {
            return Ok(());
        };
        let Ok(event) = serde_json::from_slice::<Event>(&line) else {
            continue;
        };
        // The owner is told of themself, and only they may ask for scores. Whoever is not may
        // become it.
        match (event.event.as_str(), event.owner) {
            ("status", Some(_)) if !subscribed => {
                say(ASK_FOR_SCORES).await?;
                subscribed = true;
            }
            ("status", None) => {
                subscribed = false;
                tell(Heard::Nothing);
            }
            ("lock" | "unlock" | "inconclusive", _) if !subscribed => say(ASK).await?,
            _ => {}
        }
        if let Some(evidence) = event.evidence.filter(|_| subscribed) {
            tell(Heard::Evidence(evidence));
        }
    }
}
