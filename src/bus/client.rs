//! A client of the daemon on D-Bus, for commands that need the secret.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use thiserror::Error;
use tokio::runtime::{self, Runtime};
use zbus::names::{BusName, ErrorName};
use zbus::zvariant::{DynamicType, OwnedValue};
use zbus::{Connection, Message, fdo};

use super::{NAME, PATH, progress};
use crate::publish::{Enrolment, Step};

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

/// A connection to the bus, with blocking calls of the daemon. A sitting that was begun on it
/// ends with it.
pub struct BusClient {
    runtime: Runtime,
    bus: Connection,
}

impl BusClient {
    /// Connects to the system bus.
    pub fn connect() -> Result<Self, BusError> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let bus = runtime.block_on(Connection::system());
        let bus = bus.map_err(|why| BusError::NoDaemon(why.to_string()))?;
        Ok(Self { runtime, bus })
    }

    /// Whether the daemon on the bus is the process with this id.
    pub fn has(&self, process_id: Option<u32>) -> bool {
        process_id.is_some() && self.process_id().ok() == process_id
    }

    /// The id of the daemon's process on the bus.
    pub fn process_id(&self) -> Result<u32, BusError> {
        let found = async {
            let daemon = fdo::DBusProxy::new(&self.bus).await?;
            let name = BusName::try_from(NAME)?;
            zbus::Result::Ok(daemon.get_connection_unix_process_id(name).await?)
        };
        let found = self.runtime.block_on(found);
        found.map_err(|why| BusError::NoDaemon(why.to_string()))
    }

    /// Pauses the daemon for `span`; waits until somebody has given the secret.
    pub fn pause(&self, span: Duration) -> Result<(), BusError> {
        self.call("Pause", &span.as_secs()).map(drop)
    }

    /// Takes a step of an enrolment of one's own; waits until somebody has given the secret
    /// where it needs one.
    pub fn enrol(&self, step: Step) -> Result<Enrolment, BusError> {
        let method = match step {
            Step::Begin => "BeginEnrolment",
            Step::Show => "EnrolmentStatus",
            Step::Finish => "FinishEnrolment",
            Step::Cancel => "CancelEnrolment",
        };
        let answer = self.call(method, &())?;
        let progress: HashMap<String, OwnedValue> =
            answer.body().deserialize().map_err(unreadable)?;
        Ok(progress::heard(progress))
    }

    /// Has the owner forgotten; whether there was one. Waits until somebody has given the
    /// secret.
    pub fn forget(&self) -> Result<bool, BusError> {
        let answer = self.call("Forget", &())?;
        answer.body().deserialize().map_err(unreadable)
    }

    fn call(
        &self,
        method: &str,
        body: &(impl Serialize + DynamicType),
    ) -> Result<Message, BusError> {
        let called = self
            .bus
            .call_method(Some(NAME), PATH, Some(NAME), method, body);
        match self.runtime.block_on(called) {
            Ok(answer) => Ok(answer),
            Err(zbus::Error::MethodError(name, why, _)) if is_ours(&name) => {
                Err(BusError::Refused(why.unwrap_or_default()))
            }
            Err(why) => Err(BusError::NoDaemon(why.to_string())),
        }
    }
}

fn unreadable(why: zbus::Error) -> BusError {
    BusError::Refused(format!("its answer cannot be read: {why}"))
}

fn is_ours(error: &ErrorName<'_>) -> bool {
    error.as_str().starts_with(NAME)
}
