//! Recordings on disk, told apart by what they are.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{CsvReader, HmogSession, Reading, Source, SourceCounts, SourceError};

/// First bytes of a Zstandard frame (RFC 8878, 3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Opens a recording: graspd's CSV, plain or compressed with zstd, or a
/// session folder in HMOG's layout.
pub fn open(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    let not_a_recording = |why: &str| SourceError::NotARecording {
        path: path.to_owned(),
        why: why.into(),
    };
    let io_error = |source| SourceError::Io {
        path: path.to_owned(),
        source,
    };
    if path.is_dir() {
        if !HmogSession::is_at(path) {
            return Err(not_a_recording(
                "the folder has no Accelerometer.csv and Gyroscope.csv; \
                 give a session folder in HMOG's layout, or a CSV file",
            ));
        }
        return Ok(Box::new(HmogSession::open(path)?));
    }
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(io_error)?);
    let compressed = file.fill_buf().map_err(io_error)?.starts_with(&ZSTD_MAGIC);
    if !compressed {
        return Ok(Box::new(CsvReader::new(file, path)));
    }
    let frames = ruzstd::decoding::StreamingDecoder::new(file)
        .map_err(|e| not_a_recording(&format!("its zstd frame cannot be read: {e}")))?;
    Ok(Box::new(CsvReader::new(BufReader::new(frames), path)))
}

/// Recordings one after the other.
pub struct Chain {
    rest: std::vec::IntoIter<Box<dyn Source>>,
    current: Option<Box<dyn Source>>,
    past: SourceCounts,
}

impl Chain {
    /// Plays `recordings` in order.
    pub fn new(recordings: Vec<Box<dyn Source>>) -> Self {
        let mut rest = recordings.into_iter();
        Self {
            current: rest.next(),
            rest,
            past: SourceCounts::default(),
        }
    }
}

impl Source for Chain {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        while let Some(current) = &mut self.current {
            if let Some(reading) = current.next()? {
                return Ok(Some(reading));
            }
            self.past = self.counts();
            self.current = self.rest.next();
        }
        Ok(None)
    }

    fn counts(&self) -> SourceCounts {
        let now = self
            .current
            .as_ref()
            .map_or(SourceCounts::default(), |c| c.counts());
        SourceCounts {
            samples: self.past.samples + now.samples,
            malformed: self.past.malformed + now.malformed,
        }
    }
}
