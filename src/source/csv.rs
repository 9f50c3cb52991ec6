//! graspd's own recording format: lines of `t_ns,sensor,x,y,z`.
//!
//! Times are nanoseconds of the sensors' clock, `sensor` is `accelerometer` (`accel`,
//! `acc`, `a`) or `gyroscope` (`gyro`, `gyr`, `g`), values are m/s² and rad/s. Lines
//! that begin with `#` are comments, and a line `t_ns,…` names the columns. The
//! variants that are also accepted (separators, decimal commas) are in
//! [`row`](super::row).

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::foreign::shown;
use super::lines::{Line, Lines};
use super::row::{COLUMNS, RowFault, is_header, parse_row};
use super::{Reading, Source, SourceCounts, SourceError};

/// Reads samples from lines of text.
pub struct CsvReader<R> {
    lines: Lines<R>,
    path: PathBuf,
    counts: SourceCounts,
    kind: Kind,
    /// The first line that could not be read, with what is wrong; `None` if there was
    /// none.
    unreadable: Option<String>,
}

/// Where the lines come from, which decides whether a missing or broken first row is an
/// error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A file that must begin with a row and hold at least one sample.
    Recording,
    /// A stream read from its first line: it must begin with a row, and may be empty.
    Stream,
    /// A stream that was read before: its first line may be incomplete.
    Joined,
}

impl<R: BufRead + Send> CsvReader<R> {
    /// Reads the recording `inner`; errors name `path`. A recording whose first line
    /// (after comments and the line of column names) is not a row, or that holds no
    /// row, is an error.
    pub fn new(inner: R, path: &Path) -> Self {
        Self::of(Kind::Recording, inner, path)
    }

    /// Reads a stream from its beginning. A first line that is not a row is an error; a
    /// stream without any row is not.
    pub fn stream(inner: R, path: &Path) -> Self {
        Self::of(Kind::Stream, inner, path)
    }

    /// Reads the rest of a stream from which another reader has taken bytes: its first
    /// line may be incomplete and is then counted as malformed.
    pub fn joined(inner: R, path: &Path) -> Self {
        Self::of(Kind::Joined, inner, path)
    }

    fn of(kind: Kind, inner: R, path: &Path) -> Self {
        Self {
            lines: Lines::new(inner),
            path: path.to_owned(),
            counts: SourceCounts::default(),
            kind,
            unreadable: None,
        }
    }
}

impl<R: Read> CsvReader<BufReader<R>> {
    /// Whether a whole line has been read from what is behind the buffer.
    pub(super) fn has_a_line(&self) -> bool {
        self.lines.has_one()
    }
}

impl<R: BufRead + Send> Source for CsvReader<R> {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        let Self {
            lines,
            path,
            counts,
            kind,
            unreadable,
        } = self;
        let not_a_recording = |path: &Path, why| SourceError::NotARecording {
            path: path.to_owned(),
            why,
        };
        loop {
            let (number, line) = lines.next_numbered().map_err(|source| SourceError::Io {
                path: path.clone(),
                source,
            })?;
            let (text, row) = match line {
                None if *kind == Kind::Recording && counts.samples == 0 => {
                    return Err(not_a_recording(path, NOTHING.into()));
                }
                None => return Ok(None),
                Some(Line::Unreadable) => ("?", Err(RowFault::NoText)),
                Some(Line::Text(text)) => {
                    let text = text.trim();
                    if text.is_empty() || text.starts_with('#') || is_header(text) {
                        if *kind == Kind::Recording {
                            continue;
                        }
                        // Whoever has taken samples must not wait with them for the next.
                        return Ok(Some(Reading::Skipped));
                    }
                    (text, parse_row(text))
                }
            };
            let fault = match row {
                Ok(sample) => {
                    counts.samples += 1;
                    return Ok(Some(Reading::Sample(sample)));
                }
                Err(fault) => fault,
            };
            if *kind != Kind::Joined && counts.samples == 0 {
                let why = format!(
                    "line {number} is `{}`, neither `{COLUMNS}` nor a row of that form: {fault}",
                    shown(text)
                );
                return Err(not_a_recording(path, why));
            }
            counts.malformed += 1;
            if unreadable.is_none() {
                let first = format!("line {number} is `{}`: {fault}", shown(text));
                if *kind != Kind::Recording {
                    let path = path.display();
                    tracing::warn!("{path}: a line is no sample, and more may follow: {first}");
                }
                *unreadable = Some(first);
            }
            // A stream may never have another sample, so whoever waits for one is told.
            if *kind != Kind::Recording {
                return Ok(Some(Reading::Skipped));
            }
        }
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }

    fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }
}

/// The error text for a recording without a sample.
pub(super) const NOTHING: &str = "it holds no samples";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::{Sample, Sensor};

    fn read_all(text: &str) -> (Vec<Sample>, SourceCounts) {
        let mut reader = CsvReader::new(text.as_bytes(), Path::new("test.csv"));
        let mut samples = Vec::new();
        while let Some(Reading::Sample(s)) = reader.next().unwrap() {
            samples.push(s);
        }
        (samples, reader.counts())
    }

    #[test]
    fn rows_comments_header_and_rubbish() {
        let (samples, counts) = read_all(
            "# a comment\nt_ns,sensor,x,y,z\n10,acc,1,2,3\n\n# more\n10,gyro,0.5,NaN,-1e3\n\
             x,acc,1,2,3\n11,acc,1,2\n11,acc,1,2,3,4\n11,magnet,1,2,3\n12,gyroscope, 1,2,3\n",
        );
        assert_eq!(samples.len(), 3);
        assert_eq!(samples[0].xyz, [1.0, 2.0, 3.0]);
        assert_eq!(samples[1].sensor, Sensor::Gyroscope);
        assert!(samples[1].xyz[1].is_nan());
        assert_eq!((counts.samples, counts.malformed), (3, 4));
    }

    #[test]
    fn the_first_line_that_cannot_be_read_is_kept() {
        let text = "1,acc,0,0,0\n2,acc,0,0\n3,acc,0,0,0,0\n";
        let mut reader = CsvReader::new(text.as_bytes(), Path::new("test.csv"));
        while reader.next().unwrap().is_some() {}
        assert_eq!(
            reader.unreadable(),
            Some("line 2 is `2,acc,0,0`: 4 columns, not 5")
        );
    }

    #[test]
    fn marks_and_line_ends_of_other_systems_are_no_part_of_a_row() {
        let rows = "t_ns,sensor,x,y,z\r\n1,acc,0,0,0\r\n\r\n";
        let (samples, counts) = read_all(&format!("\u{feff}{rows}\u{feff}{rows}"));
        assert_eq!((samples.len(), counts.malformed), (2, 0));
    }

    fn refusal(text: &[u8]) -> String {
        let mut reader = CsvReader::new(text, Path::new("paper.pdf"));
        reader.next().unwrap_err().to_string()
    }

    #[test]
    fn a_file_of_another_kind_is_refused_in_its_first_line_which_is_shown() {
        for (text, parts) in [
            (
                &b"%PDF-1.7\n1,acc,0,0,0\n"[..],
                ["line 1 is `%PDF-1.7`", "1 column"],
            ),
            (
                b"t_ns,sensor,x,y,z\n# only times\n5000000000\n",
                ["line 3 is `5000000000`", "1 column"],
            ),
            (
                b"t_ns,sensor,z,y,x\n1,acc,0,0,0\n",
                ["`t_ns,sensor,z,y,x`", "another order"],
            ),
            (
                b"\x1b[2J,1,2,3,4\n",
                ["`\\u{1b}[2J", "neither accelerometer"],
            ),
            (b"\xff\xff\n1,acc,0,0,0\n", ["line 1", "UTF-8"]),
        ] {
            let error = refusal(text);
            for part in parts.into_iter().chain(["paper.pdf", "t_ns,sensor,x,y,z"]) {
                assert!(error.contains(part), "no {part:?} in {error}");
            }
        }
        for nothing in ["", "t_ns,sensor,x,y,z\n", "\n# a comment"] {
            assert!(refusal(nothing.as_bytes()).contains("no samples"));
        }
    }

    #[test]
    fn a_stream_may_be_joined_in_the_middle_of_a_line_and_get_new_writers() {
        let text = "8,0.5,1\n1,acc,0,0,0\nt_ns,sensor,x,y,z\n2,acc,0,0,0\n";
        let mut reader = CsvReader::joined(text.as_bytes(), Path::new("motion"));
        while reader.next().unwrap().is_some() {}
        assert_eq!((reader.counts().samples, reader.counts().malformed), (2, 1));
    }

    #[test]
    fn a_stream_may_end_before_its_first_sample() {
        let mut reader = CsvReader::stream(&b"t_ns,sensor,x,y,z\n"[..], Path::new("motion"));
        assert_eq!(reader.next().unwrap(), Some(Reading::Skipped));
        assert_eq!(reader.next().unwrap(), None);
        assert_eq!(reader.counts(), SourceCounts::default());
    }
}
