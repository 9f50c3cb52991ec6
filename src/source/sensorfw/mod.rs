//! sensorfw, the sensor service of phones that run on Android's drivers (Halium).
//!
//! It hands out sensors over D-Bus and their samples over a socket. A session ends with
//! either, so all is asked for anew after a fault, after growing waits; meanwhile
//! [`Reading::Quiet`] reports the time since boot. docs/phones.md has the protocol.
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
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::backoff::Backoff;
use super::system_clock::boottime;
use super::thinner::Thinner;
use super::{Hertz, Reading, Source, SourceCounts, SourceError, TELL};
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
pub struct SensorfwSource {
    settings: Settings,
    state: State,
    /// Made on the thread that reads, as the daemon's own would not wait on it.
    runtime: Option<Runtime>,
    queue: VecDeque<Sample>,
    counts: SourceCounts,
    backoff: Backoff,
    thinner: Thinner,
    fault: Option<String>,
}

type Opening = Pin<Box<dyn Future<Output = Result<Sensors, SensorfwError>> + Send>>;

enum State {
    Lost { retry_at: Instant },
    Opening(Opening),
    Open(Box<Sensors>),
}

impl SensorfwSource {
    /// Connects at the first reading, and again whenever the service is lost.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::Lost {
                retry_at: Instant::now(),
            },
            runtime: None,
            queue: VecDeque::new(),
            counts: SourceCounts::default(),
            backoff: Backoff::default(),
            thinner: Thinner::default(),
            fault: None,
        }
    }

    fn lose(&mut self, error: &SensorfwError) {
        self.close();
        let pause = self.backoff.next();
        tracing::warn!(%error, retry_in_ms = pause.as_millis() as u64, "no motion");
        self.fault = Some(error.to_string());
        self.state = State::Lost {
            retry_at: Instant::now() + pause,
        };
    }

    /// Goes on for [`TELL`] at most.
    fn collect(&mut self) -> Result<(), SensorfwError> {
        let runtime = match &mut self.runtime {
            Some(runtime) => runtime,
            absent => absent.insert(event_loop().map_err(SensorfwError::Runtime)?),
        };
        match &mut self.state {
            State::Lost { retry_at } => {
                let left = retry_at.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(TELL));
                if left <= TELL {
                    let settings = self.settings.clone();
                    self.state = State::Opening(Box::pin(async {
                        let opened = timeout(OPENING, Sensors::open(settings)).await;
                        opened.unwrap_or(Err(SensorfwError::Late))
                    }));
                }
            }
            State::Opening(opening) => {
                let opened = runtime.block_on(async { timeout(TELL, opening).await });
                if let Ok(sensors) = opened {
                    self.state = State::Open(Box::new(sensors?));
                }
            }
            State::Open(sensors) => {
                let (queue, counts) = (&mut self.queue, &mut self.counts);
                let read = async { timeout(TELL, sensors.collect(queue, counts)).await };
                if let Ok(result) = runtime.block_on(read) {
                    result?;
                }
                sensors.check()?;
                self.queue.retain(|sample| self.thinner.keeps(sample));
                if sensors.work() {
                    self.backoff = Backoff::default();
                    self.fault = None;
                }
            }
        }
        Ok(())
    }

    /// Lets go of the sensors.
    fn close(&mut self) {
        let retry_at = Instant::now();
        let state = std::mem::replace(&mut self.state, State::Lost { retry_at });
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        // Within the runtime, where alone a connection can be dropped.
        runtime.block_on(async move {
            if let State::Open(sensors) = state {
                let _ = timeout(FAREWELL, sensors.release()).await;
            }
        });
        runtime.shutdown_background();
    }
}

impl Source for SensorfwSource {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        if self.queue.is_empty()
            && let Err(error) = self.collect()
        {
            self.lose(&error);
        }
        Ok(Some(match self.queue.pop_front() {
            Some(sample) => {
                self.counts.samples += 1;
                Reading::Sample(sample)
            }
            None => Reading::Quiet(boottime()),
        }))
    }

    fn release(&mut self) {
        self.close();
        self.queue.clear();
        self.backoff = Backoff::default();
        self.thinner = Thinner::default();
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }

    fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

impl Drop for SensorfwSource {
    fn drop(&mut self) {
        self.close();
    }
}

fn event_loop() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
