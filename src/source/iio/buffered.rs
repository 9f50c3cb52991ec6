//! Reads the sensors from the kernel's IIO buffers, with one wake-up for each hop.

use std::collections::VecDeque;
use std::thread::sleep;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::buffer::Buffer;
use super::device::Device;
use super::{IioError, Settings};
use crate::motion::{Sample, Sensor};
use crate::source::SourceCounts;

/// The buffers of one device or of two.
pub(super) struct Buffered {
    buffers: Vec<Buffer>,
}

impl Buffered {
    /// Enables the buffer of each sensor's device, once where one device has both.
    pub(super) fn open(
        devices: &[(Sensor, &Device)],
        settings: &Settings,
    ) -> Result<Self, IioError> {
        let buffers = match devices {
            [(one, device), (other, same)] if device == same => {
                vec![Buffer::enable(device, &[*one, *other], settings)?]
            }
            _ => devices
                .iter()
                .map(|(sensor, device)| Buffer::enable(device, &[*sensor], settings))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self { buffers })
    }

    /// Waits until a buffer reaches its watermark, for at most as long as that should
    /// take, then reads all of them. Since they are emptied together they fill
    /// together, so two devices wake the CPU no more often than one.
    pub(super) fn collect(
        &mut self,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), IioError> {
        self.wait();
        let mut clock = None;
        for buffer in &mut self.buffers {
            // Read after a time-out too: only a read reveals an unplugged device
            // (ENODEV), and a device that has become slow has fewer scans than the
            // watermark.
            buffer.drain(clock, queue, counts)?;
            buffer.check()?;
            clock = clock.or(buffer.foreign_clock());
        }
        Ok(())
    }

    /// Whether every buffer has given a sample since it was enabled.
    pub(super) fn work(&self) -> bool {
        self.buffers.iter().all(|buffer| buffer.works)
    }

    /// Asleep until shortly before the watermark: the kernel wakes whoever waits for a buffer
    /// with each scan that it puts there, to see whether that is the watermark
    /// (iio_push_to_buffer).
    fn wait(&self) {
        if self.is_ready_within(Some(Duration::ZERO)) {
            return;
        }
        let filling = self.buffers.iter().map(|buffer| buffer.filling).min();
        let filling = filling.unwrap_or_default();
        sleep(filling);
        let longest = self.buffers.iter().map(|buffer| buffer.longest_wait).max();
        self.is_ready_within(longest.map(|longest| longest.saturating_sub(filling)));
    }

    fn is_ready_within(&self, longest: Option<Duration>) -> bool {
        let timeout = longest.and_then(|wait| Timespec::try_from(wait).ok());
        let mut nodes: Vec<_> = self
            .buffers
            .iter()
            .map(|buffer| PollFd::new(buffer, PollFlags::IN))
            .collect();
        match poll(&mut nodes, timeout.as_ref()) {
            Ok(ready) => ready > 0,
            Err(Errno::INTR) => false,
            // Not fatal: the reads that follow return the device's own error.
            Err(error) => {
                tracing::debug!(%error, "cannot wait for the sensors");
                true
            }
        }
    }
}
