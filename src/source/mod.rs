//! Sources of motion: recordings, a stream of lines, the kernel's sensors, and the services
//! that phones have in front of theirs.
//!
//! A source returns one [`Reading`] at a time and blocks while there is none. It
//! converts units and axes. Input that it cannot read is never guessed at, but counted
//! in [`SourceCounts`].

pub mod auto;
mod backoff;
mod csv;
mod fault;
mod foreign;
mod hertz;
mod hmog;
pub mod iio;
mod lines;
mod offer;
mod reconnecting;
mod recording;
mod replay_speed;
mod row;
pub mod sensorfw;
pub mod ssc;
mod stream;
mod system_clock;
mod thinner;
mod zstd;

pub use auto::AutoSource;
pub use csv::CsvReader;
pub use hertz::Hertz;
pub use hmog::HmogSession;
pub use iio::IioSource;
pub use lines::{Line, Lines};
pub use recording::{Chain, open};
pub use replay_speed::{Paced, Speed};
pub use row::{RowFault, format_row, parse_row};
pub use sensorfw::SensorfwSource;
pub use ssc::SscSource;
pub use stream::LineStream;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

use crate::motion::{Sample, SampleTime};
use system_clock::boottime;

/// Interval of [`Reading::Quiet`] while a live sensor gives nothing.
const TELL: Duration = Duration::from_secs(1);

/// What a source returns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A sample of one sensor.
    Sample(Sample),
    /// No sample arrived although the sensors' clock has reached this time.
    Quiet(SampleTime),
    /// A line of a live stream was no sample: a comment, or what [`Source::counts`] has
    /// counted.
    Skipped,
}

/// A source of motion.
pub trait Source: Send {
    /// The next reading; `None` at the end. Blocks until there is one.
    fn next(&mut self) -> Result<Option<Reading>, SourceError>;

    /// Whether the next reading has come already, so that nobody waits for it. A source that
    /// cannot tell says no.
    fn is_ready(&self) -> bool {
        false
    }

    /// Closes the devices that it holds open; the next reading opens them again.
    fn release(&mut self) {}

    /// Counts of samples read and of input skipped so far.
    fn counts(&self) -> SourceCounts;

    /// The first input that was skipped, with what is wrong with it, for people; `None`
    /// where there was none or the source does not keep it.
    fn unreadable(&self) -> Option<&str> {
        None
    }

    /// Why there are no samples at the moment, for people; `None` where there are, or the
    /// source does not keep it.
    fn fault(&self) -> Option<&str> {
        None
    }
}

/// The next of the queued samples, which is counted; without one the time since boot.
fn queued(queue: &mut VecDeque<Sample>, counts: &mut SourceCounts) -> Reading {
    match queue.pop_front() {
        Some(sample) => {
            counts.samples += 1;
            Reading::Sample(sample)
        }
        None => Reading::Quiet(boottime()),
    }
}

/// Counts of samples and of skipped input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SourceCounts {
    /// Samples returned.
    pub samples: u64,
    /// Lines, scans or readings that were not readable as a sample.
    pub malformed: u64,
}

/// Why a source cannot go on.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A system call failed.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file that was read.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The input is not a recording.
    #[error("{} is no recording: {why}", path.display())]
    NotARecording {
        /// The file that was read.
        path: PathBuf,
        /// What is wrong, and what is expected.
        why: String,
    },
    /// The kernel's sensors cannot be read.
    #[error(transparent)]
    Iio(#[from] iio::IioError),
}
