//! Opens recordings on disk, whose format is told from their content.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use super::foreign::{self, HEAD};
use super::zstd::{self, Frames};
use super::{CsvReader, HmogSession, Reading, Source, SourceCounts, SourceError};
use crate::regular_file;

/// Bytes that are read at a time, before or after decompression.
const CHUNK: usize = 1 << 16;
/// Bytes at a file's beginning that suffice to tell its kind.
const LONGEST_MAGIC: usize = 8;

/// Opens a recording: graspd's CSV, plain or compressed with zstd, or a
/// session folder in HMOG's layout.
pub fn open(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    if !path.is_dir() {
        return Ok(Box::new(CsvReader::new(open_text(path)?, path)));
    }
    if !HmogSession::is_at(path) {
        return Err(SourceError::NotARecording {
            path: path.to_owned(),
            why: "the folder has no Accelerometer.csv and Gyroscope.csv; \
                  give a session folder in HMOG's layout, or a CSV file"
                .into(),
        });
    }
    Ok(Box::new(HmogSession::open(path)?))
}

/// Opens a file of lines, plain or compressed with zstd. The format is told from the
/// first bytes, not from the name; others are an error.
pub(super) fn open_text(path: &Path) -> Result<Box<dyn BufRead + Send>, SourceError> {
    let io_error = |source| SourceError::Io {
        path: path.to_owned(),
        source,
    };
    let refuse = |why: String| SourceError::NotARecording {
        path: path.to_owned(),
        why,
    };
    let file = regular_file::open_input(path).map_err(io_error)?;
    let (head, file) = behead(file).map_err(io_error)?;
    if !zstd::begins(&head) {
        return match foreign::kind(&head) {
            Some(kind) => Err(refuse(format!("it is {kind}"))),
            None => Ok(Box::new(BufReader::with_capacity(CHUNK, file))),
        };
    }
    let packed = BufReader::with_capacity(CHUNK, file);
    let (head, content) = behead(Frames::new(packed)).map_err(io_error)?;
    match foreign::kind(&head) {
        Some(kind) => Err(refuse(format!("what is packed in it is {kind}"))),
        None => Ok(Box::new(BufReader::with_capacity(CHUNK, content))),
    }
}

/// The first bytes, already read, followed by the rest.
type Beheaded<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// Reads the first bytes of `from`; returns them, and a reader of everything. From a
/// pipe it waits for [`LONGEST_MAGIC`] bytes only.
fn behead<R: Read>(mut from: R) -> io::Result<(Vec<u8>, Beheaded<R>)> {
    let mut head = vec![0; HEAD];
    let mut length = 0;
    while length < LONGEST_MAGIC {
        match from.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    head.truncate(length);
    Ok((head.clone(), Cursor::new(head).chain(from)))
}

/// Several recordings, one after the other, as one source.
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
