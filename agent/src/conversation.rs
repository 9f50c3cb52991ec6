//! A connection to the daemon's socket: requests, and events line by line. docs/protocol.md

use std::io;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// The longest event accepted, in bytes.
const EVENT_MAX: u64 = 64 * 1024;

/// What is looked at of an event; members that it does not have are `None`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Line {
    /// The event's name.
    pub event: String,
    pub state: Option<String>,
    pub reason: Option<String>,
    pub mode: Option<String>,
    pub seconds_to_lock: Option<f64>,
    /// User id of the owner, which the daemon tells root and the owner alone.
    pub owner: Option<u32>,
    /// Why no motion can be judged, in the daemon's text.
    pub input_fault: Option<String>,
    pub message: Option<String>,
    pub t_ns: Option<i64>,
    pub evidence: Option<f64>,
    /// `moving` or `at_rest`.
    pub context: Option<String>,
    /// The line itself.
    #[serde(skip)]
    pub text: String,
}

/// A connection to the daemon.
pub(crate) struct Conversation {
    stream: BufReader<UnixStream>,
    /// The part of a line that has come: kept where a read is cancelled.
    received: Vec<u8>,
}

impl Conversation {
    /// Connects, and asks for the status.
    pub(crate) async fn connect(path: &str) -> io::Result<Self> {
        let mut conversation = Self {
            stream: BufReader::new(UnixStream::connect(path).await?),
            received: Vec::new(),
        };
        conversation.ask("status").await;
        Ok(conversation)
    }

    /// The next event; `None` once the daemon has gone, or says what cannot be read.
    pub(crate) async fn line(&mut self) -> Option<Line> {
        let left = EVENT_MAX.saturating_sub(self.received.len() as u64);
        let mut limited = (&mut self.stream).take(left);
        let read = limited.read_until(b'\n', &mut self.received).await;
        read.ok().filter(|read| *read > 0)?;
        if self.received.last() != Some(&b'\n') {
            return None;
        }
        let text = String::from_utf8(std::mem::take(&mut self.received)).ok()?;
        let line: Line = serde_json::from_str(&text).ok()?;
        Some(Line { text, ..line })
    }

    /// Has every window's score told from now on, which the owner may.
    pub(crate) async fn ask_for_scores(&mut self) {
        self.ask_with("subscribe", ",\"scores\":true").await;
    }

    /// Sends a request. Where the daemon has gone, [`Conversation::line`] tells.
    pub(crate) async fn ask(&mut self, request: &str) {
        self.ask_with(request, "").await;
    }

    async fn ask_with(&mut self, request: &str, more: &str) {
        let line = format!("{{\"request\":\"{request}\"{more}}}\n");
        let _ = self.stream.get_mut().write_all(line.as_bytes()).await;
    }
}
