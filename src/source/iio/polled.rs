//! Reads the sensors through their raw attributes in sysfs, one reading at a time: for
//! drivers without a buffer, and while another program has the buffer. It changes no
//! buffer, and wakes the CPU for every sample.

use std::collections::VecDeque;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::device::{AXES, Device, prefix};
use super::{Conversion, IioError, Settings, rate};
use crate::motion::{Sample, SampleTime, Sensor};
use crate::source::SourceCounts;
use crate::source::hertz::USABLE;
use crate::source::system_clock::boottime;

/// Failed readings in a row after which the sensor counts as lost; fewer may be a
/// disturbance on the bus.
const FAILURES: u32 = 10;
/// Readings taken to check that polling works.
const READINGS: u32 = 5;

/// The sensors, polled at a fixed rate.
pub(super) struct Polled {
    sensors: Vec<RawSensor>,
    interval: Duration,
    due: Instant,
    failures: u32,
}

impl Polled {
    /// Opens the raw attributes and takes a first reading of them.
    pub(super) fn open(
        devices: &[(Sensor, &Device)],
        settings: &Settings,
    ) -> Result<Self, IioError> {
        let sensors = devices.iter();
        let it = Self {
            sensors: sensors
                .map(|(sensor, device)| RawSensor::open(device, *sensor, settings))
                .collect::<Result<_, _>>()?,
            interval: settings.rate.interval(),
            due: Instant::now(),
            failures: 0,
        };
        it.read()?;
        tracing::info!(hz = settings.rate.0, "polling");
        Ok(it)
    }

    /// Waits until the next reading is due and takes it.
    pub(super) fn collect(
        &mut self,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), IioError> {
        let now = Instant::now();
        thread::sleep(self.due.saturating_duration_since(now));
        // Missed readings are left out: taking them late would fill a gap with samples
        // of another time.
        self.due = self.due.max(now) + self.interval;
        match self.read() {
            Ok(samples) => {
                self.failures = 0;
                queue.extend(samples.into_iter().flatten());
                Ok(())
            }
            Err(error) => {
                counts.malformed += 1;
                self.failures += 1;
                if self.failures < FAILURES {
                    return Ok(());
                }
                Err(error)
            }
        }
    }

    /// An error if readings are too slow, or if the accelerometer reads 0 on every
    /// axis: so does a sensor that is off or whose hub does not answer.
    pub(super) fn try_out(&self) -> Result<(), IioError> {
        let began = Instant::now();
        let mut felt = false;
        for _ in 0..READINGS {
            let [accelerometer, _] = self.read()?;
            felt |= accelerometer.is_some_and(|its| its.xyz != [0.0; 3]);
        }
        let hertz = f64::from(READINGS) / began.elapsed().as_secs_f64();
        let why = match () {
            () if hertz < *USABLE.start() => format!(
                "the raw attributes can be read {hertz:.1} times a second, and {} are needed",
                USABLE.start()
            ),
            () if !felt => "the accelerometer's raw attributes are all 0".into(),
            () => return Ok(()),
        };
        Err(IioError::Unpollable { why })
    }

    /// A sample of each sensor that is read.
    fn read(&self) -> Result<[Option<Sample>; 2], IioError> {
        let mut samples = [None; 2];
        for raw in &self.sensors {
            samples[raw.sensor.index()] = Some(raw.read()?);
        }
        Ok(samples)
    }
}

/// One sensor's raw attributes, kept open.
struct RawSensor {
    sensor: Sensor,
    axes: [(PathBuf, File); 3],
    conversion: Conversion,
}

impl RawSensor {
    fn open(device: &Device, sensor: Sensor, settings: &Settings) -> Result<Self, IioError> {
        let mount = settings.choices[sensor.index()].mount;
        let conversion = Conversion::read(device, sensor, mount)?;
        rate::set(&device.attributes, sensor, settings.rate);
        let [x, y, z] = AXES.map(|axis| {
            let name = format!("{}_{axis}_raw", prefix(sensor));
            let path = device.attributes.path(&name);
            let file = File::open(&path).map_err(IioError::io("open", &path))?;
            Ok((path, file))
        });
        Ok(Self {
            sensor,
            axes: [x?, y?, z?],
            conversion,
        })
    }

    /// One reading, stamped with the middle of the time that it took.
    fn read(&self) -> Result<Sample, IioError> {
        let began = boottime();
        let mut raw = [0; 3];
        for ((path, file), value) in self.axes.iter().zip(&mut raw) {
            let mut text = [0; 32];
            let read = file
                .read_at(&mut text, 0)
                .map_err(IioError::io("read", path))?;
            *value = number(&text[..read]).ok_or_else(|| IioError::Nonsense {
                path: path.clone(),
                found: String::from_utf8_lossy(&text[..read]).into_owned(),
                needed: "a whole number",
            })?;
        }
        Ok(Sample {
            sensor: self.sensor,
            t: between(began, boottime()),
            xyz: self.conversion.apply(raw),
        })
    }
}

fn number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    text.parse().ok()
}

fn between(began: SampleTime, ended: SampleTime) -> SampleTime {
    began.after(ended.since(began) / 2)
}
