//! One reader: its lines out, its requests in, strictly in turn.
//!
//! Nothing is read while something is still to be written, so a client that asks
//! and does not listen is held up by its own silence.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::hub::{ClientId, Hub};
use super::outbox::Next;

/// The longest request in bytes, its line's end included.
const REQUEST_MAX: usize = 4096;
/// Refused requests, after which the conversation is over.
const REFUSALS_MAX: u32 = 8;

/// A reader that has been admitted; its client is given up when this is dropped.
pub(super) struct Connection {
    hub: Arc<Hub>,
    client: ClientId,
    wake: Arc<Notify>,
    /// What has come and is not answered yet.
    heard: Vec<u8>,
    refusals: u32,
    /// The client was told to go.
    dismissed: bool,
}

impl Connection {
    /// Takes the peer in, or says why not, for people.
    pub fn admit(hub: &Arc<Hub>, stream: &UnixStream) -> Result<Self, &'static str> {
        let peer = stream
            .peer_cred()
            .map_err(|_| "the system does not say who you are")?;
        let wake = Arc::new(Notify::new());
        Ok(Self {
            client: hub.join(peer.uid(), wake.clone())?,
            hub: hub.clone(),
            wake,
            heard: Vec::new(),
            refusals: 0,
            dismissed: false,
        })
    }

    /// Talks until either side has said its last.
    pub async fn run(mut self, mut stream: UnixStream, write_timeout: Duration) {
        if let Err(why) = self.talk(&mut stream, write_timeout).await {
            tracing::debug!("a client went away: {why}");
        }
    }

    async fn talk(&mut self, stream: &mut UnixStream, write_timeout: Duration) -> io::Result<()> {
        let mut buffer = [0; REQUEST_MAX];
        loop {
            while let Some(next) = self.hub.next(self.client) {
                let (Next::Line(line) | Next::Last(line)) = &next;
                let line = format!("{line}\n");
                timeout(write_timeout, stream.write_all(line.as_bytes())).await??;
                if matches!(next, Next::Last(_)) {
                    return Ok(());
                }
            }
            if self.dismissed {
                return Ok(());
            }
            if self.answer_one() {
                continue;
            }
            tokio::select! {
                biased;
                () = self.wake.notified() => {}
                read = stream.read(&mut buffer) => match read? {
                    0 => return Ok(()),
                    n => self.heard.extend_from_slice(&buffer[..n]),
                },
            }
        }
    }

    /// Answers the first whole line that was heard, if there is one.
    fn answer_one(&mut self) -> bool {
        let end = self.heard.iter().position(|byte| *byte == b'\n');
        if end.unwrap_or(self.heard.len()) >= REQUEST_MAX {
            self.dismiss(&format!(
                "a request has at most {REQUEST_MAX} bytes; goodbye"
            ));
            return true;
        }
        let Some(end) = end else {
            return false;
        };
        let line: Vec<u8> = self.heard.drain(..=end).collect();
        if self.hub.request(self.client, &line[..end]).is_err() {
            self.refusals += 1;
            if self.refusals == REFUSALS_MAX {
                self.dismiss("too many refused requests; goodbye");
            }
        }
        true
    }

    fn dismiss(&mut self, why: &str) {
        self.hub.dismiss(self.client, why);
        self.dismissed = true;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.leave(self.client);
    }
}
