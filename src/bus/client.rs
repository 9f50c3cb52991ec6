//! The other end of the bus, for the commands that only it can ask the secret for.

use std::time::Duration;

use thiserror::Error;
use tokio::runtime;
use zbus::Connection;
use zbus::names::ErrorName;

use super::{NAME, PATH};

/// Why a method was not carried out.
#[derive(Debug, Error)]
pub enum BusError {
    /// There is no bus, or no graspd on it.
    #[error(
        "graspd is not on the system bus, which asks for the secret ({0}); root may do this without"
    )]
    NoDaemon(String),
    /// The daemon refused; its sentence for people.
    #[error("refused: {0}")]
    Refused(String),
    /// The system starts no event loop.
    #[error("cannot start the event loop: {0}")]
    Runtime(#[from] std::io::Error),
}

/// Pauses the daemon for `span`; waits until somebody has given the secret.
pub fn pause(span: Duration) -> Result<(), BusError> {
    call("Pause", &span.as_secs())
}

fn call(
    method: &str,
    body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
) -> Result<(), BusError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let called = runtime.block_on(async {
        let bus = Connection::system().await?;
        bus.call_method(Some(NAME), PATH, Some(NAME), method, body)
            .await
    });
    match called {
        Ok(_) => Ok(()),
        Err(zbus::Error::MethodError(name, why, _)) if is_ours(&name) => {
            Err(BusError::Refused(why.unwrap_or_default()))
        }
        Err(why) => Err(BusError::NoDaemon(why.to_string())),
    }
}

fn is_ours(error: &ErrorName<'_>) -> bool {
    error.as_str().starts_with(NAME)
}
