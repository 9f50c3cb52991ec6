//! A connection to the daemon's socket: requests, and events line by line. docs/protocol.md

use std::io;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::{Instant, timeout};

/// How long a status may be waited for: a daemon that takes longer hangs.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long a request may take to be taken by the kernel, which holds some for a daemon that
/// hangs.
const SENDING_MAX: Duration = Duration::from_secs(1);
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
    /// When the status was asked for, if nothing has come since.
    waits_since: Option<Instant>,
    /// Whether a request was cut off.
    cut_off: bool,
}

impl Conversation {
    /// Connects, and asks for the status.
    pub(crate) async fn connect(path: &str) -> io::Result<Self> {
        let mut conversation = Self {
            stream: BufReader::new(UnixStream::connect(path).await?),
            received: Vec::new(),
            waits_since: None,
            cut_off: false,
        };
        conversation.ask_for_status().await;
        Ok(conversation)
    }

    /// Asks for the status.
    pub(crate) async fn ask_for_status(&mut self) {
        self.waits_since.get_or_insert_with(Instant::now);
        self.ask("status").await;
    }

    /// Whether the daemon is there and answers nothing.
    pub(crate) fn hangs(&self) -> bool {
        self.cut_off || self.waited() >= ANSWER_MAX
    }

    /// How long an answer has been waited for; none is while something comes.
    fn waited(&self) -> Duration {
        self.waits_since
            .map_or(Duration::ZERO, |since| since.elapsed())
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
        self.waits_since = None;
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
        let sent = self.stream.get_mut().write_all(line.as_bytes());
        self.cut_off |= timeout(SENDING_MAX, sent).await.is_err();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use tokio::net::UnixListener;

    #[tokio::test]
    async fn a_daemon_that_takes_connections_and_answers_nothing_hangs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let mut conversation = Conversation::connect(path.to_str().unwrap()).await.unwrap();
        let (mut daemon, _) = listener.accept().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(conversation.waited() >= Duration::from_millis(20));
        daemon.write_all(b"{\"event\":\"hello\"}\n").await.unwrap();
        assert_eq!(conversation.line().await.unwrap().event, "hello");
        assert!(conversation.waited().is_zero() && !conversation.hangs());
        // Nobody reads, so that the kernel takes no more in the end.
        while !conversation.hangs() {
            conversation.ask_for_scores().await;
        }
    }
}
