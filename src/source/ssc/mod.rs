//! The sensor core of Qualcomm's phones (SSC): a processor that keeps accelerometer and
//! gyroscope to itself, spoken to through the IPC router.
//!
//! All is asked for anew after a fault. docs/phones.md has the protocol.

mod conversation;
mod directory;
mod error;
mod message;
mod protobuf;
mod qmi;
mod ticks;
mod transport;

#[cfg(test)]
mod tests;

pub use error::SscError;
pub use transport::{Transport, router};

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use super::reconnecting::{Reconnecting, Service};
use super::{Hertz, SourceCounts};
use crate::motion::{Channels, Sample};
use conversation::Conversation;

/// Longer than any datagram of the router.
const LARGEST: usize = 1 << 16;

/// What is asked of the sensor core.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The sensors that are asked for.
    pub channels: Channels,
    /// The node that it is on; `None` for any but this processor's own, where any program
    /// can pretend to be one.
    pub node: Option<u32>,
    /// The wanted sampling rate; it rounds up to one of its own.
    pub rate: Hertz,
    /// How long it may gather samples before it sends them.
    pub hop: Duration,
}

/// Opens the way to the sensor core.
pub type Open = Box<dyn FnMut() -> io::Result<Box<dyn Transport>> + Send>;

/// The accelerometer and the gyroscope of the sensor core as one source.
pub type SscSource = Reconnecting<SensorCore>;

impl SscSource {
    /// Connects at the first reading.
    pub fn new(settings: Settings, open: Open) -> Self {
        Self::to(SensorCore {
            settings,
            open,
            buffer: vec![0; LARGEST],
        })
    }
}

/// The sensor core.
pub struct SensorCore {
    settings: Settings,
    open: Open,
    buffer: Vec<u8>,
}

impl Service for SensorCore {
    type Connection = Box<Conversation>;
    type Error = SscError;

    fn open(&mut self) -> Result<Option<Self::Connection>, SscError> {
        let transport = (self.open)().map_err(SscError::Router)?;
        let conversation = Conversation::begin(transport, self.settings)?;
        Ok(Some(Box::new(conversation)))
    }

    fn listen(
        &mut self,
        conversation: &mut Self::Connection,
        longest: Duration,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SscError> {
        conversation.listen(&mut self.buffer, longest, queue, counts)?;
        conversation.check()
    }

    fn works(&self, conversation: &Self::Connection) -> bool {
        conversation.works()
    }

    /// Has the sensor core stop both sensors; it does so too once it knows that the port is
    /// closed.
    fn close(&mut self, conversation: Option<Self::Connection>) {
        if let Some(conversation) = conversation {
            conversation.end();
        }
    }
}

/// Whether a sensor core answers within `longest`; an error if there is no router.
pub fn is_there(settings: Settings, mut open: Open, longest: Duration) -> Result<bool, SscError> {
    let transport = open().map_err(SscError::Router)?;
    directory::find(&*transport, settings.node, longest)
}
