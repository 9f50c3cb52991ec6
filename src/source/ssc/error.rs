//! Errors of the sensor core.

use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::accelerometer_bundle::remedy;
use crate::motion::Sensor;

/// Why motion cannot be read from the sensor core.
#[derive(Debug, Error)]
pub enum SscError {
    /// No socket of the router's family can be opened.
    #[error("cannot open a socket of the IPC router (AF_QIPCRTR): {0}{about}", about = unsupported(.0))]
    Router(io::Error),
    /// A datagram cannot be sent or received.
    #[error("cannot {doing} the sensor core: {source}")]
    Io {
        /// What was attempted, as verbs.
        doing: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// No other processor offers the service.
    #[error("no processor offers the sensor core's service (QRTR 400); is its firmware running?")]
    Absent,
    /// It left, which it does to start anew.
    #[error("the sensor core has ended")]
    Gone,
    /// It has no such sensor, or not yet.
    #[error("the sensor core has no {sensor}; is hexagonrpcd serving its registry?{}", remedy(*sensor))]
    NoSensor {
        /// The sensor.
        sensor: Sensor,
    },
    /// It refused a request.
    #[error("the sensor core refuses to {asked} (error {code})")]
    Refused {
        /// The request, as a verb.
        asked: String,
        /// Its number for the reason.
        code: u32,
    },
    /// It did not answer a request.
    #[error("the sensor core does not answer when asked to {0}")]
    NoAnswer(String),
    /// A sensor that was switched on gives nothing.
    #[error("the sensor core's {sensor} has given nothing for {:.1} s", silence.as_secs_f64())]
    Silent {
        /// The sensor.
        sensor: Sensor,
        /// For how long.
        silence: Duration,
    },
}

fn unsupported(error: &io::Error) -> &'static str {
    match rustix::io::Errno::from_io_error(error) {
        Some(rustix::io::Errno::AFNOSUPPORT) => {
            "; the kernel has none (module qrtr), or the service's sandbox forbids it \
             (docs/systemd.md has the drop-in that allows it)"
        }
        _ => "",
    }
}
