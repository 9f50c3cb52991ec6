//! Both sensors out of the kernel's buffers, with one wake-up a hop.

use std::collections::VecDeque;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::buffer::Buffer;
use super::device::Device;
use super::{IioError, Settings};
use crate::motion::{Sample, Sensor};
use crate::source::SourceCounts;

/// The buffers of one device or two.
pub(super) struct Buffered {
    buffers: Vec<Buffer>,
}

impl Buffered {
    /// Enables the buffers of the accelerometer's and the gyroscope's device.
    pub(super) fn open(devices: &[Device; 2], settings: &Settings) -> Result<Self, IioError> {
        let [accelerometer, gyroscope] = devices;
        let buffers = if accelerometer == gyroscope {
            vec![Buffer::enable(accelerometer, &Sensor::ALL, settings)?]
        } else {
            vec![
                Buffer::enable(accelerometer, &[Sensor::Accelerometer], settings)?,
                Buffer::enable(gyroscope, &[Sensor::Gyroscope], settings)?,
            ]
        };
        Ok(Self { buffers })
    }

    /// Waits until a buffer has filled to its watermark, for as long as it
    /// should take at most, then takes what all of them have. Emptied together
    /// they fill together, so that two devices wake the CPU no more than one.
    pub(super) fn collect(
        &mut self,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), IioError> {
        self.wait();
        let mut clock = None;
        for buffer in &mut self.buffers {
            // Also after a time-out: only reading tells that a device is gone,
            // and one that has become slow has less than the watermark to give.
            buffer.drain(clock, queue, counts)?;
            buffer.check()?;
            clock = clock.or(buffer.foreign_clock());
        }
        Ok(())
    }

    /// Whether all of them have given samples since they were enabled.
    pub(super) fn work(&self) -> bool {
        self.buffers.iter().all(|buffer| buffer.works)
    }

    fn wait(&self) {
        let longest = self.buffers.iter().map(|buffer| buffer.longest_wait).max();
        let timeout = longest.and_then(|wait| Timespec::try_from(wait).ok());
        let mut nodes: Vec<_> = self
            .buffers
            .iter()
            .map(|buffer| PollFd::new(buffer, PollFlags::IN))
            .collect();
        match poll(&mut nodes, timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            // Whatever it is, reading will show it.
            Err(error) => tracing::debug!(%error, "cannot wait for the sensors"),
        }
    }
}
