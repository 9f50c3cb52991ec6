//! The sensors while the service gives them: a session and a socket each.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use zbus::MessageStream;

use super::clock::{Clocks, StampClock};
use super::frame::{Frames, Record};
use super::service::Service;
use super::{SensorfwError, Settings, event_loop};
use crate::motion::{Sample, Sensor};
use crate::source::SourceCounts;

/// What the service sends to each that connects.
const GREETING: u8 = b'\n';
/// Added to the hop before a sensor counts as silent.
const DELAY: Duration = Duration::from_secs(5);
/// Bytes read at a time: a frame of the most records that the service gathers.
const CHUNK: usize = 8192;

/// The sensors that are asked for.
pub struct Sensors {
    service: Service,
    changes: MessageStream,
    accelerometer: Session,
    /// `None` where it is not asked for.
    gyroscope: Option<Session>,
    clock: StampClock,
    patience: Duration,
}

/// One sensor, as it was granted.
struct Session {
    sensor: Sensor,
    id: i32,
    socket: UnixStream,
    frames: Frames,
    /// When its newest sample came, or it was granted.
    heard: Instant,
    works: bool,
}

impl Sensors {
    /// Connects to the service, and has the sensors started.
    pub(super) async fn open(settings: Settings) -> Result<Self, SensorfwError> {
        let (service, changes) = Service::connect(&settings).await?;
        let accelerometer = Session::open(&service, Sensor::Accelerometer, &settings).await?;
        let gyroscope = match settings.channels.include(Sensor::Gyroscope) {
            true => Some(Session::open(&service, Sensor::Gyroscope, &settings).await?),
            false => None,
        };
        tracing::info!(hz = settings.rate.0, "sensorfw gives the sensors");
        Ok(Self {
            service,
            changes,
            accelerometer,
            gyroscope,
            clock: StampClock::new(settings.hop),
            patience: settings.hop + DELAY,
        })
    }

    /// Waits for what one of the sensors sends. May be dropped while it waits.
    pub(super) async fn collect(
        &mut self,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SensorfwError> {
        let Self {
            service,
            changes,
            accelerometer,
            gyroscope,
            clock,
            ..
        } = self;
        let turned = async {
            match gyroscope {
                Some(gyroscope) => (gyroscope.read().await, gyroscope),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = service.replaced(changes) => Err(SensorfwError::Gone),
            records = accelerometer.read() => accelerometer.take(records?, clock, queue, counts),
            (records, gyroscope) = turned => gyroscope.take(records?, clock, queue, counts),
        }
    }

    /// An error if a sensor has given nothing for too long.
    pub(super) fn check(&self) -> Result<(), SensorfwError> {
        let silent = self
            .sessions()
            .find(|its| its.heard.elapsed() > self.patience);
        silent.map_or(Ok(()), |session| {
            Err(SensorfwError::Silent {
                sensor: session.sensor,
                silence: session.heard.elapsed(),
            })
        })
    }

    /// Whether each has given samples.
    pub(super) fn work(&self) -> bool {
        self.sessions().all(|session| session.works)
    }

    fn sessions(&self) -> impl Iterator<Item = &Session> {
        std::iter::once(&self.accelerometer).chain(&self.gyroscope)
    }

    /// Gives them back, as far as the service is still there.
    pub(super) async fn release(self) {
        for session in self.sessions() {
            if let Err(error) = self.service.release(session.sensor, session.id).await {
                tracing::debug!(%error, "the sensor was not given back");
            }
        }
    }
}

impl Session {
    async fn open(
        service: &Service,
        sensor: Sensor,
        settings: &Settings,
    ) -> Result<Self, SensorfwError> {
        let id = service.request(sensor).await?;
        let socket = connect(&settings.socket, id).await?;
        let values = service.values(sensor).await?;
        service.start(sensor, id, values, settings).await?;
        Ok(Self {
            sensor,
            id,
            socket,
            frames: Frames::of(sensor, values),
            heard: Instant::now(),
            works: false,
        })
    }

    /// Waits for bytes.
    async fn read(&self) -> Result<Vec<u8>, SensorfwError> {
        let closed = |_: io::Error| SensorfwError::Closed(self.sensor);
        let mut bytes = vec![0; CHUNK];
        loop {
            self.socket.readable().await.map_err(closed)?;
            match self.socket.try_read(&mut bytes) {
                Ok(0) => return Err(SensorfwError::Closed(self.sensor)),
                Ok(length) => {
                    bytes.truncate(length);
                    return Ok(bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(closed(error)),
            }
        }
    }

    fn take(
        &mut self,
        bytes: Vec<u8>,
        clock: &mut StampClock,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SensorfwError> {
        let mut records: Vec<Record> = Vec::new();
        let whole = self.frames.push(&bytes, |record| records.push(record));
        counts.malformed += u64::from(whole.is_err());
        let now = Clocks::read();
        if let Some(newest) = records.last() {
            clock.look_at(newest.stamp, now);
            self.heard = Instant::now();
            self.works = true;
        }
        queue.extend(records.iter().map(|record| Sample {
            sensor: self.sensor,
            t: clock.place(record.stamp, now),
            xyz: record.xyz,
        }));
        whole
    }
}

/// Connects to the socket of samples as session `id`.
async fn connect(path: &Path, id: i32) -> Result<UnixStream, SensorfwError> {
    let failed = |doing| {
        move |source| SensorfwError::Socket {
            doing,
            path: path.to_owned(),
            source,
        }
    };
    let mut socket = UnixStream::connect(path)
        .await
        .map_err(failed("connect to"))?;
    socket
        .write_all(&id.to_ne_bytes())
        .await
        .map_err(failed("write to"))?;
    let greeting = socket.read_u8().await.map_err(failed("read from"))?;
    if greeting != GREETING {
        return Err(SensorfwError::NotSamples {
            found: format!("the byte {greeting}"),
            needed: "a line's end",
        });
    }
    Ok(socket)
}

/// Whether the service is on the bus of `settings`, and answers within `longest`. Not for use
/// within an event loop.
pub fn is_there(settings: &Settings, longest: Duration) -> bool {
    let found = event_loop().map(|runtime| {
        runtime.block_on(async {
            let there = Service::connect(settings);
            matches!(tokio::time::timeout(longest, there).await, Ok(Ok(_)))
        })
    });
    found.unwrap_or(false)
}
