//! What the daemon's socket tells to the owner alone: the current evidence, and whether a lock that
//! was asked for has left the screen open. docs/protocol.md

use std::time::{Duration, Instant};

use gtk::gio::{self, prelude::*};
use gtk::glib;
use serde::Deserialize;

/// How long until the daemon is looked for again.
const RECONNECT_AFTER: Duration = Duration::from_secs(5);
/// How often the status is asked for: no event tells that a screen was opened in a lock.
const ASK_EVERY: Duration = Duration::from_secs(10);
const STATUS_REQUEST: &[u8] = b"{\"request\":\"status\"}\n";
const SUBSCRIBE_REQUEST: &[u8] = b"{\"request\":\"subscribe\",\"scores\":true}\n";

/// What is looked at of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    event: String,
    state: String,
    owner: Option<u32>,
    evidence: Option<f64>,
    session: Option<Session>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Session {
    screen: String,
}

impl Event {
    /// Whether the screen is open in a lock, if this tells.
    fn screen_is_open_in_lock(&self) -> Option<bool> {
        match self.event.as_str() {
            "status" => {
                let screen = self.session.as_ref().map(|session| session.screen.as_str());
                Some(self.state == "lock" && screen == Some("open"))
            }
            "lock_unconfirmed" => Some(true),
            // What has just been asked for takes a few seconds.
            "lock" | "unlock" | "inconclusive" | "lock_confirmed" => Some(false),
            _ => None,
        }
    }
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// Evidence for the owner, from 0 to 1.
    Evidence(f64),
    /// Whether the screen is open although a lock was asked for.
    OpenInLock(bool),
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
    let mut asked = Instant::now();
    let mut subscribed = false;
    loop {
        // The same reading through all waits: GIO has one at a time.
        let mut reading = lines.read_line_future(glib::Priority::DEFAULT);
        let line = loop {
            if asked.elapsed() >= ASK_EVERY {
                send(STATUS_REQUEST).await?;
                asked = Instant::now();
            }
            if let Ok(line) = glib::future_with_timeout(ASK_EVERY, &mut reading).await {
                break line?;
            }
        };
        let Some(line) = line else {
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
        if !subscribed {
            continue;
        }
        if let Some(open) = event.screen_is_open_in_lock() {
            tell(Reading::OpenInLock(open));
        }
        if let Some(evidence) = event.evidence {
            tell(Reading::Evidence(evidence));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<bool> {
        let event: Event = serde_json::from_str(line).unwrap();
        event.screen_is_open_in_lock()
    }

    #[test]
    fn a_lock_that_nothing_locked_leaves_the_screen_open() {
        let status = |state: &str, screen: &str| {
            format!(r#"{{"event":"status","state":"{state}","session":{{"screen":"{screen}"}}}}"#)
        };
        assert_eq!(told(&status("lock", "open")), Some(true));
        for (state, screen) in [("lock", "locked"), ("unlock", "open")] {
            assert_eq!(
                told(&status(state, screen)),
                Some(false),
                "{state}, {screen}"
            );
        }
        // No session is followed.
        assert_eq!(told(r#"{"event":"status","state":"lock"}"#), Some(false));
        let after = [
            ("lock_unconfirmed", Some(true)),
            ("lock_confirmed", Some(false)),
            ("lock", Some(false)),
            ("unlock", Some(false)),
            ("score", None),
        ];
        for (name, open) in after {
            assert_eq!(told(&format!(r#"{{"event":"{name}"}}"#)), open, "{name}");
        }
    }
}
