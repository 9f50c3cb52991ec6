//! One device's IIO buffer: set up, enabled and read.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::clock::{Batch, OwnClock, Timeline};
use super::device::{Device, prefix};
use super::layout::ScanLayout;
use super::node::{ENABLE, Node};
use super::sysfs::Attributes;
use super::{Choice, Conversion, Hertz, IioError, Settings, rate, trigger};
use crate::motion::{Sample, SampleTime, Sensor};
use crate::source::SourceCounts;
use crate::source::system_clock::boottime;

/// Length of the buffer in hops. Scans beyond it are dropped by the kernel without an
/// error and show only as a gap in the time stamps.
const HOPS_KEPT: usize = 8;
/// Fewest scans that one read has room for.
const SCANS_A_READ: usize = 64;
/// Added to every expected time before a device counts as late.
const DELAY: Duration = Duration::from_secs(1);
/// Share of a hop that is slept through: not even a sensor that is a little fast fills the
/// buffer up to its watermark sooner.
const SURELY: f64 = 15.0 / 16.0;
/// Time between reads of a node that returns at once without data.
const PAUSE: Duration = Duration::from_millis(100);

/// An enabled buffer.
pub(super) struct Buffer {
    node: Node,
    layout: ScanLayout,
    conversions: [Option<Conversion>; 2],
    timeline: Timeline,
    bytes: Vec<u8>,
    /// The longest wait for the watermark: two hops and a second. After twice as long
    /// without a sample the buffer counts as silent.
    pub longest_wait: Duration,
    /// How long it surely takes to the watermark, from when it was emptied.
    pub filling: Duration,
    /// When a sample last came; before the first one, when the buffer was enabled.
    last_sample: Instant,
    /// Whether a sample has come since the buffer was enabled.
    pub works: bool,
    /// An implausible time stamp of a scan since the last sample; `None` if there was
    /// none.
    bad_stamp: Option<i64>,
}

impl Buffer {
    /// Opens the node of `device`, which only one process can (EBUSY), and sets the
    /// device up for `sensors` only after that, so that another program's settings stay
    /// as they are.
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
            timeline: Timeline::since(enabled, rate),
            filling: rate.time_of(watermark).min(settings.hop).mul_f64(SURELY),
            longest_wait: 2 * rate.time_of(watermark).min(settings.hop) + DELAY,
            last_sample: Instant::now(),
            works: false,
            bad_stamp: None,
        })
    }

    /// The clock of the device's own; `None` if it stamps with time since boot.
    pub(super) fn foreign_clock(&self) -> Option<OwnClock> {
        self.timeline.foreign()
    }

    /// Reads every scan that is available, without waiting for more.
    pub(super) fn drain(
        &mut self,
        neighbour: Option<OwnClock>,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), IioError> {
        loop {
            let read = match self.node.file.read(&mut self.bytes) {
                Ok(0) => return self.nothing_to_read(),
                Ok(read) => read,
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                // ENODEV from a read is the only sign that a device was unplugged.
                Err(e) => return Err(IioError::io("read", &self.node.path)(e)),
            };
            self.unpack(read, boottime(), neighbour, queue, counts);
            if read < self.bytes.len() {
                return Ok(());
            }
        }
    }

    /// A read returned 0 bytes. If another program has disabled the buffer, that is an
    /// error; else the node has no buffer behind it. Waiting for that returns at once, so
    /// this sleeps for [`PAUSE`], and [`check`](Self::check) finds the silence.
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
        neighbour: Option<OwnClock>,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) {
        let scans = self.bytes[..read].chunks_exact(self.layout.bytes());
        counts.malformed += u64::from(!scans.remainder().is_empty());
        let mut stamps = scans.clone().filter_map(|scan| self.layout.stamp(scan));
        if let Some(newest) = stamps.clone().next_back() {
            let batch = Batch {
                oldest: stamps.find(|stamp| *stamp > 0).unwrap_or(newest),
                newest,
                scans: scans.len(),
            };
            self.timeline.look_at(batch, now, neighbour);
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

    /// An error if no sample has come for longer than expected: the buffer was disabled
    /// by another program, no scan comes, or only scans with implausible time stamps.
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

/// Sets the sensitivity (hysteresis) of a sensor hub to report every change. Otherwise
/// hubs leave out samples that hardly differ from the one before, and a device at rest
/// looks like one without its sensor.
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

/// Enables the buffer. The kernel refuses that with EINVAL where there is no trigger,
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

/// Sets the length to [`HOPS_KEPT`] × `scans` and the watermark to `scans`, and returns
/// the watermark in effect. The kernel requires the watermark to be within the length;
/// where a driver keeps the length as it is, the watermark is at most half of that.
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
