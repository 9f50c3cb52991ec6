//! One device's buffer: configured, enabled and drained.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::clock::{Offset, Timeline, boottime};
use super::device::{Device, prefix};
use super::layout::ScanLayout;
use super::node::{ENABLE, Node};
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
const DELAY: Duration = Duration::from_secs(1);
/// Between readings of a node that says at once that it has nothing.
const PAUSE: Duration = Duration::from_millis(100);

/// An enabled buffer.
pub(super) struct Buffer {
    node: Node,
    layout: ScanLayout,
    conversions: [Option<Conversion>; 2],
    timeline: Timeline,
    bytes: Vec<u8>,
    /// The longest wait for a wake-up: two hops and a second. After twice as
    /// long without a sample the buffer counts as silent.
    pub longest_wait: Duration,
    /// When a sample last came, at first when the buffer was enabled.
    last_sample: Instant,
    /// Whether a sample has come.
    pub works: bool,
    /// A time stamp that cannot be, of a scan since then.
    bad_stamp: Option<i64>,
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
            let conversion = Conversion::read(device, *sensor, mount)?;
            conversions[sensor.index()] = Some(conversion);
        }
        let node = Node::take(device, settings.roots.dev.join(&device.id))?;
        let attributes = &device.attributes;
        let layout = ScanLayout::set_up(attributes, sensors)?;
        let mut rate = Hertz(f64::INFINITY);
        trigger::prepare(device)?;
        for &sensor in sensors {
            report_small_changes(attributes, sensor);
            let its = rate::set(attributes, sensor, settings.rate);
            rate = if its < rate { its } else { rate };
        }
        if let Err(error) = attributes.write("current_timestamp_clock", "boottime") {
            tracing::info!(%error, "the clock stays as it is");
        }
        let watermark = set_length(attributes, rate.samples_in(settings.hop))?;
        let enabled = boottime();
        enable(attributes)?;
        tracing::info!(device = %device.id, name = %device.name, hz = rate.0, watermark, "buffering");
        Ok(Self {
            node,
            bytes: vec![0; layout.bytes() * watermark.max(SCANS_A_READ)],
            layout,
            conversions,
            timeline: Timeline::since(enabled),
            longest_wait: 2 * rate.time_of(watermark).min(settings.hop) + DELAY,
            last_sample: Instant::now(),
            works: false,
            bad_stamp: None,
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
                Ok(0) => return self.nothing_to_read(),
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

    /// The end of the file: somebody has disabled the buffer's channels, or the
    /// node has nothing behind it, which is silence that cannot be waited for.
    fn nothing_to_read(&self) -> Result<(), IioError> {
        if self.node.device.read(ENABLE)? == "0" {
            let device = self.node.device.folder().to_owned();
            return Err(IioError::Disabled { device });
        }
        thread::sleep(PAUSE);
        Ok(())
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
                self.bad_stamp = stamp;
                continue;
            };
            self.last_sample = Instant::now();
            self.works = true;
            self.bad_stamp = None;
            for (sensor, raw) in self.layout.raw(scan) {
                if let Some(conversion) = &self.conversions[sensor.index()] {
                    let xyz = conversion.apply(raw);
                    queue.push_back(Sample { sensor, t, xyz });
                }
            }
        }
    }

    /// Why no sample has come for longer than it should take: somebody has
    /// disabled the buffer, no scan comes, or none whose time can be.
    pub(super) fn check(&self) -> Result<(), IioError> {
        let silence = self.last_sample.elapsed();
        if silence < self.longest_wait {
            return Ok(());
        }
        let device = self.node.device.folder().to_owned();
        if self.node.device.read(ENABLE)? == "0" {
            return Err(IioError::Disabled { device });
        }
        if silence <= 2 * self.longest_wait {
            return Ok(());
        }
        Err(match self.bad_stamp {
            Some(stamp) => IioError::Untimed { device, stamp },
            None => IioError::Silent {
                device,
                silence,
                trigger: trigger::name(&self.node.device),
            },
        })
    }
}

impl AsFd for Buffer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.node.file.as_fd()
    }
}

/// Sensor hubs may hold back what hardly differs from the sample before; then a
/// device at rest would look like one that has lost its sensor.
fn report_small_changes(device: &Attributes, sensor: Sensor) {
    for what in ["hysteresis", "hysteresis_relative"] {
        let name = format!("{}_{what}", prefix(sensor));
        if device.has(&name)
            && let Err(error) = device.write(&name, "0")
        {
            tracing::warn!(%error, "the sensor may fall silent at rest");
        }
    }
}

/// Enables the buffer. Without a trigger the kernel refuses that with EINVAL,
/// unless the driver needs none.
fn enable(device: &Attributes) -> Result<(), IioError> {
    device.write(ENABLE, "1").map_err(|error| match &error {
        IioError::Io { source, .. }
            if Errno::from_io_error(source) == Some(Errno::INVAL)
                && trigger::name(device).is_none() =>
        {
            IioError::Unbuffered {
                device: device.folder().to_owned(),
                why: "has no trigger that could fill its buffer (iio-trig-hrtimer makes one)",
            }
        }
        _ => error,
    })
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
