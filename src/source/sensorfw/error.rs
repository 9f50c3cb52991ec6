//! Errors of sensorfw.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::service::NAME;
use crate::accelerometer_bundle::remedy;
use crate::motion::Sensor;

/// Why motion cannot be read from sensorfw.
#[derive(Debug, Error)]
pub enum SensorfwError {
    /// The event loop does not start.
    #[error("cannot start an event loop: {0}")]
    Runtime(io::Error),
    /// The bus cannot be reached.
    #[error("cannot reach the system bus: {0}")]
    Bus(Box<zbus::Error>),
    /// Nobody has its name on the bus.
    #[error("{NAME} is not on the system bus; is sensorfwd running?")]
    Absent,
    /// A call failed, or was answered by something else than expected.
    #[error("sensorfw does not answer {method}: {source}")]
    Call {
        /// The method.
        method: &'static str,
        /// What came instead.
        source: Box<zbus::Error>,
    },
    /// The connection was not made in time.
    #[error("sensorfw takes a connection and does not answer; restart sensorfwd")]
    Late,
    /// It has no such sensor, or gives it to nobody.
    #[error("sensorfw refuses the {sensor} (error {code}): {why}{}", remedy(*sensor))]
    Refused {
        /// The sensor.
        sensor: Sensor,
        /// Its number for the reason.
        code: i32,
        /// The reason, in its words.
        why: String,
    },
    /// Its latest value has neither three integers nor three floats.
    #[error("sensorfw's {sensor} has values of the type {signature}, which graspd does not know")]
    UnknownValues {
        /// The sensor.
        sensor: Sensor,
        /// The type on the bus.
        signature: String,
    },
    /// The socket of samples cannot be used.
    #[error("cannot {doing} {}: {source}", path.display())]
    Socket {
        /// What was attempted, as a verb.
        doing: &'static str,
        /// The socket.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// What the socket sends is no samples.
    #[error("sensorfw's socket sends {found} where {needed} was expected")]
    NotSamples {
        /// What came.
        found: String,
        /// What was to come.
        needed: &'static str,
    },
    /// It closed the socket: it ended, or took the sensor away.
    #[error("sensorfw has closed the {0}'s socket")]
    Closed(Sensor),
    /// It left the bus, or another took its name.
    #[error("sensorfw has left the system bus")]
    Gone,
    /// A sensor that was granted gives nothing.
    #[error("sensorfw's {sensor} has given nothing for {:.1} s", silence.as_secs_f64())]
    Silent {
        /// The sensor.
        sensor: Sensor,
        /// For how long.
        silence: Duration,
    },
}

impl SensorfwError {
    pub(super) fn bus(error: zbus::Error) -> Self {
        Self::Bus(error.into())
    }
}
