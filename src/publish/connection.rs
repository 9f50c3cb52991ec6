//! One client's connection: writes its lines and reads its requests, in turn.
//!
//! Nothing is read while a line is still to be written, so a client that sends requests
//! without reading the answers cannot queue up more.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Request;
use super::hub::{ClientId, Hub, Refused};
use super::outbox::Next;

/// The longest request in bytes, its line's end included.
const REQUEST_MAX: usize = 4096;
/// Number of refused requests after which the client is disconnected.
const REFUSALS_MAX: u32 = 8;

/// A client that was admitted. Dropping this frees its place in the hub.
pub(super) struct Connection {
    hub: Arc<Hub>,
    client: ClientId,
    wake: Arc<Notify>,
    /// Bytes received that are not answered yet.
    heard: Vec<u8>,
    refusals: u32,
    /// The client was told why it will be disconnected.
    dismissed: bool,
}

impl Connection {
    /// Admits the client; an error says why not, for people.
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

    /// Serves the client until it disconnects, the last line is sent, or a write takes
    /// longer than `write_timeout`.
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
            if self.answer_one().await {
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

    /// Answers the first whole line received; false if there is none. Dismisses a client
    /// whose line is too long.
    async fn answer_one(&mut self) -> bool {
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
        if self.request(line[..end].to_vec()).await.is_err() {
            self.refusals += 1;
            if self.refusals == REFUSALS_MAX {
                self.dismiss("too many refused requests; goodbye");
            }
        }
        true
    }

    /// Has a request answered. Commands may wait for a disk, and others must not wait for
    /// them.
    async fn request(&self, line: Vec<u8>) -> Result<(), Refused> {
        if !Request::is_command(&line) {
            return self.hub.request(self.client, &line);
        }
        let (hub, client) = (self.hub.clone(), self.client);
        let answered = spawn_blocking(move || hub.request(client, &line)).await;
        // Fails only if the command panicked.
        answered.unwrap_or(Err(Refused))
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
