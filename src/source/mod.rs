//! Where motion comes from: recordings, a stream of lines, a sensor device.
//!
//! A source hands out [`Reading`]s one at a time and blocks while there is
//! nothing. It converts units and axes; what it cannot read it counts in
//! [`SourceCounts`] rather than guesses.

mod csv;
mod foreign;
mod hmog;
pub mod iio;
mod lines;
mod pace;
mod recording;
mod row;
mod stream;
mod zstd;

pub use csv::CsvReader;
pub use hmog::HmogSession;
pub use iio::IioSource;
pub use lines::{Line, Lines};
pub use pace::{Paced, Speed};
pub use recording::{Chain, open};
pub use row::{RowFault, format_row, parse_row};
pub use stream::LineStream;

use std::path::PathBuf;

use serde::Serialize;
use thiserror::Error;

use crate::motion::{Sample, SampleTime};

/// What a source has to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A sample of one sensor.
    Sample(Sample),
    /// The sensors' clock has come this far and no sample arrived.
    Quiet(SampleTime),
}

/// A place that motion comes from.
pub trait Source: Send {
    /// The next reading; `None` once there will be no more. Blocks until then.
    fn next(&mut self) -> Result<Option<Reading>, SourceError>;

    /// Lets go of what it holds; the next reading takes it up again.
    fn release(&mut self) {}

    /// What has been read and passed over so far.
    fn counts(&self) -> SourceCounts;

    /// The first of what was passed over, and what is wrong with it, for people;
    /// `None` where there was none or the source keeps none.
    fn unreadable(&self) -> Option<&str> {
        None
    }
}

/// What a source has read and what it passed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SourceCounts {
    /// Samples handed out.
    pub samples: u64,
    /// Lines, scans or readings that could not be read as a sample.
    pub malformed: u64,
}

/// Why a source cannot go on.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The operating system refused.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// What was being read.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// What is there is no recording.
    #[error("{} is no recording: {why}", path.display())]
    NotARecording {
        /// What was being read.
        path: PathBuf,
        /// What is wrong, and what is expected.
        why: String,
    },
    /// The kernel's sensors cannot be read.
    #[error(transparent)]
    Iio(#[from] iio::IioError),
}
