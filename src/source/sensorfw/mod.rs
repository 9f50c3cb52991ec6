//! sensorfw, the sensor service of phones that run on Android's drivers (Halium).
//!
//! It hands out sensors over D-Bus and their samples over a socket. A session ends with
//! either, so all is asked for anew after a fault. docs/phones.md has the protocol.
//! <https://github.com/sailfishos/sensorfw>

mod clock;
mod error;
mod frame;
mod sensors;
mod service;
#[cfg(test)]
mod tests;

pub use error::SensorfwError;
pub use sensors::is_there;

use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::reconnecting::{Reconnecting, Service};
use super::{Hertz, SourceCounts, TELL};
use crate::motion::{Channels, Sample};
use sensors::Sensors;

/// How long the service may take to let go of the sensors; it notices a closed connection
/// as well.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long it may take to give both sensors; it probes drivers for seconds.
const OPENING: Duration = Duration::from_secs(120);

/// Where the service is, and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The sensors that are asked for.
    pub channels: Channels,
    /// Address of the bus; `None` for the system's.
    pub bus: Option<String>,
    /// The socket that samples come from.
    pub socket: PathBuf,
    /// The wanted sampling rate; the sensors run at the fastest that any program wants.
    pub rate: Hertz,
    /// How long the service may gather samples before it sends them.
    pub hop: Duration,
}

impl Settings {
    /// Of the system's own service.
    pub fn new(rate: Hertz, hop: Duration) -> Self {
        Self {
            channels: Channels::default(),
            bus: None,
            socket: "/run/sensord.sock".into(),
            rate,
            hop,
        }
    }
}

/// The accelerometer and the gyroscope of sensorfw as one source.
pub type SensorfwSource = Reconnecting<Sensorfw>;

impl SensorfwSource {
    /// Connects at the first reading.
    pub fn new(settings: Settings) -> Self {
        Self::to(Sensorfw {
            settings,
            runtime: None,
            opening: None,
        })
    }
}

/// The service.
pub struct Sensorfw {
    settings: Settings,
    /// Made on the thread that reads, as the daemon's own would not wait on it.
    runtime: Option<Runtime>,
    opening: Option<Opening>,
}

type Opening = Pin<Box<dyn Future<Output = Result<Sensors, SensorfwError>> + Send>>;

impl Service for Sensorfw {
    type Connection = Box<Sensors>;
    type Error = SensorfwError;

    fn open(&mut self) -> Result<Option<Self::Connection>, SensorfwError> {
        let runtime = match &mut self.runtime {
            Some(runtime) => runtime,
            absent => absent.insert(event_loop().map_err(SensorfwError::Runtime)?),
        };
        let settings = &self.settings;
        let opening = self.opening.get_or_insert_with(|| {
            let opening = Sensors::open(settings.clone());
            Box::pin(async {
                let opened = timeout(OPENING, opening).await;
                opened.unwrap_or(Err(SensorfwError::Late))
            })
        });
        let opened = runtime.block_on(async { timeout(TELL, opening).await });
        let Ok(opened) = opened else { return Ok(None) };
        self.opening = None;
        Ok(Some(Box::new(opened?)))
    }

    fn listen(
        &mut self,
        sensors: &mut Self::Connection,
        longest: Duration,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SensorfwError> {
        if let Some(runtime) = &self.runtime {
            let read = async { timeout(longest, sensors.collect(queue, counts)).await };
            if let Ok(result) = runtime.block_on(read) {
                result?;
            }
        }
        sensors.check()
    }

    fn works(&self, sensors: &Self::Connection) -> bool {
        sensors.work()
    }

    fn close(&mut self, sensors: Option<Self::Connection>) {
        let opening = self.opening.take();
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        // Within the runtime, where alone a connection can be dropped.
        runtime.block_on(async move {
            drop(opening);
            if let Some(sensors) = sensors {
                let _ = timeout(FAREWELL, sensors.release()).await;
            }
        });
        runtime.shutdown_background();
    }
}

fn event_loop() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
