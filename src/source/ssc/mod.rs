//! The sensor core of Qualcomm's phones (SSC): a processor that keeps accelerometer and
//! gyroscope to itself, spoken to through the IPC router.
//!
//! All is asked for anew after a fault, after growing waits; meanwhile [`Reading::Quiet`]
//! reports the time since boot. docs/phones.md has the protocol.

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
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::system_clock::boottime;
use super::thinner::Thinner;
use super::{Hertz, Reading, Source, SourceCounts, SourceError, TELL};
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
pub struct SscSource {
    settings: Settings,
    open: Open,
    state: State,
    buffer: Vec<u8>,
    queue: VecDeque<Sample>,
    counts: SourceCounts,
    backoff: Backoff,
    thinner: Thinner,
    fault: Option<String>,
}

enum State {
    Lost { retry_at: Instant },
    Open(Box<Conversation>),
}

impl SscSource {
    /// Connects at the first reading, and again whenever the sensor core is lost.
    pub fn new(settings: Settings, open: Open) -> Self {
        Self {
            settings,
            open,
            state: State::Lost {
                retry_at: Instant::now(),
            },
            buffer: vec![0; LARGEST],
            queue: VecDeque::new(),
            counts: SourceCounts::default(),
            backoff: Backoff::default(),
            thinner: Thinner::default(),
            fault: None,
        }
    }

    fn lose(&mut self, error: &SscError) {
        self.close();
        let pause = self.backoff.next();
        tracing::warn!(%error, retry_in_ms = pause.as_millis() as u64, "no motion");
        self.fault = Some(error.to_string());
        self.state = State::Lost {
            retry_at: Instant::now() + pause,
        };
    }

    /// Goes on for [`TELL`] at most.
    fn collect(&mut self) -> Result<(), SscError> {
        match &mut self.state {
            State::Lost { retry_at } => {
                let left = retry_at.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(TELL));
                if left <= TELL {
                    let transport = (self.open)().map_err(SscError::Router)?;
                    let conversation = Conversation::begin(transport, self.settings)?;
                    self.state = State::Open(Box::new(conversation));
                }
            }
            State::Open(conversation) => {
                let (queue, counts) = (&mut self.queue, &mut self.counts);
                conversation.listen(&mut self.buffer, TELL, queue, counts)?;
                conversation.check()?;
                self.queue.retain(|sample| self.thinner.keeps(sample));
                if conversation.works() {
                    self.backoff = Backoff::default();
                    self.fault = None;
                }
            }
        }
        Ok(())
    }

    /// Has the sensor core stop both sensors; it does so too once it knows that the port is
    /// closed.
    fn close(&mut self) {
        let retry_at = Instant::now();
        let state = std::mem::replace(&mut self.state, State::Lost { retry_at });
        if let State::Open(conversation) = state {
            conversation.end();
        }
    }
}

impl Source for SscSource {
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

impl Drop for SscSource {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether a sensor core answers within `longest`; an error if there is no router.
pub fn is_there(settings: Settings, mut open: Open, longest: Duration) -> Result<bool, SscError> {
    let transport = open().map_err(SscError::Router)?;
    directory::find(&*transport, settings.node, longest)
}
