//! One device's buffer: taken, configured, enabled, drained, and disabled again.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::clock::{Offset, Timeline, boottime};
use super::find::{Device, prefix};
use super::layout::ScanLayout;
use super::rate::{self, Hertz};
use super::sysfs::Attributes;
use super::{Choice, Conversion, IioError, Settings, trigger};
use crate::motion::{Sample, SampleTime, Sensor};
use crate::source::SourceCounts;

/// Hops for which a full buffer lasts while nobody reads it. What comes later
/// is lost, silently, as a jump of the time stamps.
const HOPS_KEPT: usize = 8;
/// Scans to have room for in one reading at least.
const SCANS_A_READ: usize = 64;
/// A device may take this much longer than its rate says.
const PATIENCE: Duration = Duration::from_secs(1);

/// An enabled buffer.
pub(super) struct Buffer {
    node: Node,
    layout: ScanLayout,
    conversions: [Option<Conversion>; 2],
    timeline: Timeline,
    bytes: Vec<u8>,
    /// Silence longer than this wants looking at.
    pub patience: Duration,
    heard: Instant,
}

impl Buffer {
    /// Takes the node of `device`, which is the only lock there is, and only
    /// then configures it for `sensors`, so that whoever streams is left alone.
    pub(super) fn enable(
        device: &Device,
        sensors: &[Sensor],
        settings: &Settings,
    ) -> Result<Self, IioError> {
        let mut conversions = [None, None];
        for sensor in sensors {
            let Choice { mount, .. } = settings.choices[sensor.index()];
            let conversion = Conversion::read(device, *sensor, mount, &settings.roots)?;
            conversions[sensor.index()] = Some(conversion);
        }
        let node = Node::take(device, settings.roots.dev.join(&device.id))?;
        let attributes = &device.attributes;
        let layout = ScanLayout::set_up(attributes, sensors)?;
        let mut rate = Hertz(f64::INFINITY);
        trigger::prepare(device)?;
        for &sensor in sensors {
            ask_for_stillness_too(attributes, sensor);
            let its = rate::set(attributes, sensor, settings.rate);
            rate = if its < rate { its } else { rate };
        }
        if let Err(error) = attributes.write("current_timestamp_clock", "boottime") {
            tracing::info!(%error, "the clock stays as it is");
        }
        let watermark = set_length(attributes, rate.samples_in(settings.hop))?;
        let enabled = boottime();
        attributes.write("buffer/enable", "1")?;
        tracing::info!(device = %device.id, name = %device.name, hz = rate.0, watermark, "buffering");
        Ok(Self {
            node,
            bytes: vec![0; layout.bytes() * watermark.max(SCANS_A_READ)],
            layout,
            conversions,
            timeline: Timeline::since(enabled),
            patience: 2 * rate.time_of(watermark).min(settings.hop) + PATIENCE,
            heard: Instant::now(),
        })
    }

    /// How far a clock of the device's own is off.
    pub(super) fn foreign_clock(&self) -> Option<Offset> {
        self.timeline.foreign()
    }

    /// Takes all that there is without waiting for more.
    pub(super) fn drain(
        &mut self,
        neighbour: Option<Offset>,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), IioError> {
        loop {
            let read = match self.node.file.read(&mut self.bytes) {
                // A buffer whose channels somebody has disabled.
                Ok(0) => {
                    let device = self.node.device.folder().to_owned();
                    return Err(IioError::Disabled { device });
                }
                Ok(read) => read,
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                // ENODEV is all that ever tells of an unplugged device.
                Err(e) => return Err(IioError::io("read", &self.node.path)(e)),
            };
            self.unpack(read, boottime(), neighbour, queue, counts);
            if read < self.bytes.len() {
                return Ok(());
            }
        }
    }

    fn unpack(
        &mut self,
        read: usize,
        now: SampleTime,
        neighbour: Option<Offset>,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) {
        let scans = self.bytes[..read].chunks_exact(self.layout.bytes());
        counts.malformed += u64::from(!scans.remainder().is_empty());
        if let Some(newest) = scans.clone().last().and_then(|s| self.layout.stamp(s)) {
            self.timeline.look_at(newest, scans.len(), now, neighbour);
        }
        for scan in scans {
            let stamp = self.layout.stamp(scan);
            let Some(t) = stamp.and_then(|stamp| self.timeline.place(stamp, now)) else {
                counts.malformed += 1;
                continue;
            };
            self.heard = Instant::now();
            for (sensor, raw) in self.layout.raw(scan) {
                if let Some(conversion) = &self.conversions[sensor.index()] {
                    let xyz = conversion.apply(raw);
                    queue.push_back(Sample { sensor, t, xyz });
                }
            }
        }
    }

    /// Whether silence has its reasons: a buffer that somebody disabled says
    /// nothing else, and one that is enabled may be as silent.
    pub(super) fn check(&self) -> Result<(), IioError> {
        let silent = self.heard.elapsed();
        if silent < self.patience {
            return Ok(());
        }
        let device = self.node.device.folder().to_owned();
        if self.node.device.read("buffer/enable")? == "0" {
            return Err(IioError::Disabled { device });
        }
        if silent > 2 * self.patience {
            return Err(IioError::Silent { device });
        }
        Ok(())
    }
}

/// Disables the buffer of `device` where a reader that was killed left it
/// enabled, and says whether it had. One that somebody reads is left alone.
pub(super) fn release(device: &Device, node: PathBuf) -> Result<bool, IioError> {
    const ENABLE: &str = "buffer/enable";
    if !device.attributes.has(ENABLE) || device.attributes.read(ENABLE)? == "0" {
        return Ok(false);
    }
    match Node::take(device, node) {
        Ok(_) => Ok(true),
        Err(IioError::Taken { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

impl AsFd for Buffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.node.file.as_fd()
    }
}

/// Sensor hubs may hold back what hardly differs from the sample before; then a
/// device at rest would look like one that has lost its sensor.
fn ask_for_stillness_too(device: &Attributes, sensor: Sensor) {
    for what in ["hysteresis", "hysteresis_relative"] {
        let name = format!("{}_{what}", prefix(sensor));
        if device.has(&name)
            && let Err(error) = device.write(&name, "0")
        {
            tracing::warn!(%error, "the sensor may fall silent at rest");
        }
    }
}

/// Asks to be woken after `scans` at the latest, with room for more; the scans
/// that it has become. The kernel wants the watermark within the length.
fn set_length(device: &Attributes, scans: usize) -> Result<usize, IioError> {
    if let Err(error) = device.write("buffer/length", &(HOPS_KEPT * scans).to_string()) {
        tracing::info!(%error, "the buffer stays as long as it is");
    }
    let length: usize = device.parse("buffer/length", "a number of scans")?;
    let watermark = scans.min(length / 2).max(1);
    if let Err(error) = device.write("buffer/watermark", &watermark.to_string()) {
        tracing::info!(%error, "every scan will wake this process");
    }
    Ok(watermark)
}

/// An open node. The kernel leaves the buffer enabled and the sensor powered
/// when it is closed, so this disables it first.
struct Node {
    file: File,
    path: PathBuf,
    device: Attributes,
}

impl Node {
    fn take(device: &Device, path: PathBuf) -> Result<Self, IioError> {
        let nonblock = OFlags::NONBLOCK.bits().cast_signed();
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(nonblock)
            .open(&path)
            .map_err(|e| IioError::opening(&path, e))?;
        let device = device.attributes.clone();
        // What a reader that was killed left running cannot be configured.
        device.write("buffer/enable", "0")?;
        Ok(Self { file, path, device })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // An unplugged device has nothing left to disable.
        let _ = self.device.write("buffer/enable", "0");
    }
}
