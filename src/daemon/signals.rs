//! The signals by which a service manager or a person at a terminal stops or reloads a
//! running daemon.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::RunError;

/// What a signal asks for.
pub(crate) enum SignalRequest {
    /// SIGTERM, SIGINT: publish `bye`, switch the sensors off and exit.
    Stop,
    /// SIGHUP: read configuration and profile again.
    Reload,
}

/// Handlers of the signals, installed by [`Signals::listen`].
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
    pub(crate) async fn next(&mut self) -> SignalRequest {
        tokio::select! {
            _ = self.terminate.recv() => SignalRequest::Stop,
            _ = self.interrupt.recv() => SignalRequest::Stop,
            _ = self.hangup.recv() => SignalRequest::Reload,
        }
    }
}
