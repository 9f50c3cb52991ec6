//! Accepts clients on the socket, and disconnects them at the end.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::bind::Bound;
use super::connection::Connection;
use super::descriptors;
use super::hub::{Hub, Limits};
use super::{Event, Hello, PublishError, Publisher, SocketConfig};

/// How long clients may take to read the last events before the server ends anyway.
const FAREWELL: Duration = Duration::from_secs(1);
/// Pause after a connection could not be accepted, as without free file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// A bound socket. Clients that connect before [`Server::serve`] wait.
#[derive(Debug)]
pub struct Server {
    bound: Bound,
    hub: Arc<Hub>,
    write_timeout: Duration,
}

impl Server {
    /// Listens at the configured path, replacing the socket of a daemon that has ended.
    /// `owner` is the owner's user id; `hello` is the first line to clients until the first
    /// state is published.
    pub fn bind(
        config: &SocketConfig,
        owner: Option<u32>,
        hello: Hello,
    ) -> Result<Self, PublishError> {
        config.check()?;
        descriptors::provide_for(config.max_clients)?;
        let limits = Limits {
            clients: config.max_clients,
            queue: config.queue_events,
        };
        Ok(Self {
            bound: Bound::new(&config.path, config.mode)?,
            hub: Arc::new(Hub::new(limits, owner, hello)),
            write_timeout: Duration::from_millis(config.write_timeout_ms),
        })
    }

    /// A handle to publish with.
    pub fn publisher(&self) -> Publisher {
        Publisher::new(self.hub.clone())
    }

    /// Serves until the last event, [`Event::Bye`], is published and read, or
    /// a second has passed since; then removes the socket.
    pub async fn serve(self) -> Result<(), PublishError> {
        let listener = self
            .bound
            .listener
            .try_clone()
            .and_then(UnixListener::from_std)
            .map_err(|why| PublishError::io("serve the socket", why))?;
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = self.hub.over() => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => self.admit(stream, &mut connections),
                    Err(why) => {
                        tracing::warn!("cannot take a client: {why}");
                        sleep(BREATH).await;
                    }
                },
            }
        }
        // From here on a new client finds no socket rather than one that hangs.
        drop(self.bound);
        drop(listener);
        let seen_off = async { while connections.join_next().await.is_some() {} };
        if timeout(FAREWELL, seen_off).await.is_err() {
            tracing::warn!("{} clients did not read the last event", connections.len());
        }
        Ok(())
    }

    fn admit(&self, stream: UnixStream, connections: &mut JoinSet<()>) {
        match Connection::admit(&self.hub, &stream) {
            Ok(connection) => {
                connections.spawn(connection.run(stream, self.write_timeout));
            }
            Err(why) => {
                tracing::info!("refused a client: {why}");
                // A new socket's buffer is empty, so this write does not block.
                let refusal = Event::error(why).to_line() + "\n";
                if let Ok(mut stream) = stream.into_std() {
                    let _ = stream.write_all(refusal.as_bytes());
                }
            }
        }
    }
}
