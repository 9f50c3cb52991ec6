//! What the service manager, or a person at a terminal, tells a running daemon.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::RunError;

/// What a signal asks for.
pub(crate) enum Asked {
    /// SIGTERM, SIGINT: end properly.
    Stop,
    /// SIGHUP: read configuration and profile again.
    Reload,
}

/// The signals that are listened to from [`Signals::listen`] on.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Listens; inside a runtime.
    pub(crate) fn listen() -> Result<Self, RunError> {
        let listen = |kind| signal(kind).map_err(RunError::io("wait for signals"));
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// What is asked for next. May be dropped and called again: none is lost.
    pub(crate) async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.hangup.recv() => Asked::Reload,
        }
    }
}
