//! A source whose samples are examined while they are read.

use super::{Doubt, Examination};
use crate::motion::Channels;
use crate::source::{Reading, Source, SourceCounts, SourceError};

/// Returns the readings of `inner`, and examines them.
pub struct ExaminedSource<S> {
    inner: S,
    examination: Examination,
}

impl<S: Source> ExaminedSource<S> {
    /// Wraps `inner`, of which nothing has been read yet, for a model that takes `channels`.
    pub fn new(inner: S, channels: Channels) -> Self {
        Self {
            inner,
            examination: Examination::of(channels),
        }
    }

    /// The doubts about what has been read so far.
    pub fn doubts(&self) -> Vec<Doubt> {
        self.examination.doubts()
    }
}

impl<S: Source> Source for ExaminedSource<S> {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        let reading = self.inner.next()?;
        if let Some(Reading::Sample(sample)) = &reading {
            self.examination.note(sample);
        }
        Ok(reading)
    }

    fn release(&mut self) {
        self.inner.release();
    }

    fn counts(&self) -> SourceCounts {
        self.inner.counts()
    }

    fn unreadable(&self) -> Option<&str> {
        self.inner.unreadable()
    }
}
