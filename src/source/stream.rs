//! Live lines of graspd's CSV on standard input or a FIFO, for devices whose
//! sensors sit behind another service.

use std::fs::OpenOptions;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::csv::CsvReader;
use super::{Reading, Source, SourceCounts, SourceError};

/// What is read at once: as much as a pipe holds.
const PIPE: usize = 64 * 1024;

/// A live stream of samples as lines of text.
pub struct LineStream(CsvReader<BufReader<Box<dyn Read + Send>>>);

impl LineStream {
    /// Reads standard input; its end ends the stream.
    pub fn stdin() -> Self {
        let name = Path::new("standard input");
        Self(CsvReader::stream(buffered(io::stdin()), name))
    }

    /// Reads the FIFO (or file) at `path`.
    ///
    /// A FIFO is opened for writing too, so that it does not end when a writer closes
    /// it; without a writer the stream is silent, and silence is handled by the
    /// decision. Bytes that an earlier reader left may begin in the middle of a line,
    /// so an incomplete first line is not an error.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let fifo = std::fs::metadata(path)
            .is_ok_and(|m| std::os::unix::fs::FileTypeExt::is_fifo(&m.file_type()));
        let file = OpenOptions::new()
            .read(true)
            .write(fifo)
            .open(path)
            .map_err(|source| SourceError::Io {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self(CsvReader::joined(buffered(file), path)))
    }
}

#[cfg(test)]
impl LineStream {
    /// Reads `inner` from its beginning.
    pub(crate) fn reading(inner: impl Read + Send + 'static, name: &Path) -> Self {
        Self(CsvReader::stream(buffered(inner), name))
    }
}

fn buffered(inner: impl Read + Send + 'static) -> BufReader<Box<dyn Read + Send>> {
    BufReader::with_capacity(PIPE, Box::new(inner))
}

impl Source for LineStream {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        self.0.next()
    }

    fn is_ready(&self) -> bool {
        self.0.has_a_line()
    }

    fn counts(&self) -> SourceCounts {
        self.0.counts()
    }

    fn unreadable(&self) -> Option<&str> {
        self.0.unreadable()
    }
}
