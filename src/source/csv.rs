//! graspd's own recording format: lines of `t_ns,sensor,x,y,z`.
//!
//! Times are nanoseconds of the sensors' clock, `sensor` is `accelerometer`
//! (`accel`, `acc`, `a`) or `gyroscope` (`gyro`, `gyr`, `g`), values are m/s²
//! and rad/s. `#` begins a comment line, and a line `t_ns,…` names the columns.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::lines::{Line, Lines};
use super::{Reading, Source, SourceCounts, SourceError};
use crate::motion::{Sample, SampleTime, Sensor};

/// Reads samples from lines of text.
pub struct CsvReader<R> {
    lines: Lines<R>,
    path: PathBuf,
    counts: SourceCounts,
    /// Whether a row may still show that this is another kind of file.
    in_doubt: bool,
}

impl<R: BufRead + Send> CsvReader<R> {
    /// Reads the recording `inner`, which errors will call `path`. One that
    /// does not begin like a recording is refused.
    pub fn new(inner: R, path: &Path) -> Self {
        Self {
            in_doubt: true,
            ..Self::joined(inner, path)
        }
    }

    /// Reads what is left of a stream that others began to read: its first line
    /// may be half of one.
    pub fn joined(inner: R, path: &Path) -> Self {
        Self {
            lines: Lines::new(inner),
            path: path.to_owned(),
            counts: SourceCounts::default(),
            in_doubt: false,
        }
    }
}

impl<R: BufRead + Send> Source for CsvReader<R> {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        loop {
            let line = self.lines.next_line().map_err(|source| SourceError::Io {
                path: self.path.clone(),
                source,
            })?;
            let text = match line {
                None => return Ok(None),
                Some(Line::Text(text)) => text.trim(),
                Some(Line::Unreadable) => "?",
            };
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let first = std::mem::take(&mut self.in_doubt);
            if text.starts_with("t_ns,") {
                continue;
            }
            match parse_row(text) {
                Some(sample) => {
                    self.counts.samples += 1;
                    return Ok(Some(Reading::Sample(sample)));
                }
                None if first => {
                    return Err(SourceError::NotARecording {
                        path: self.path.clone(),
                        why: "its first line is neither `t_ns,sensor,x,y,z` nor a row of that form"
                            .into(),
                    });
                }
                None => self.counts.malformed += 1,
            }
        }
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }
}

/// One row as a sample, if it is one. Values may be non-finite: alignment
/// drops and counts those.
pub fn parse_row(text: &str) -> Option<Sample> {
    let mut fields = text.split(',').map(str::trim);
    let t = SampleTime::from_nanos(fields.next()?.parse().ok()?);
    let sensor = match fields.next()? {
        "accelerometer" | "accel" | "acc" | "a" => Sensor::Accelerometer,
        "gyroscope" | "gyro" | "gyr" | "g" => Sensor::Gyroscope,
        _ => return None,
    };
    let mut xyz = [0.0; 3];
    for value in &mut xyz {
        *value = fields.next()?.parse().ok()?;
    }
    fields.next().is_none().then_some(Sample { sensor, t, xyz })
}

/// The row of a sample, as [`parse_row`] reads it back to the bit.
pub fn format_row(sample: &Sample) -> String {
    let [x, y, z] = sample.xyz;
    format!("{},{},{x},{y},{z}", sample.t.nanos(), sample.sensor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn a_file_of_another_kind_is_refused_by_name() {
        let mut reader = CsvReader::new(&b"%PDF-1.7\n1,acc,0,0,0\n"[..], Path::new("paper.pdf"));
        let error = reader.next().unwrap_err().to_string();
        assert!(
            error.contains("paper.pdf") && error.contains("t_ns,sensor,x,y,z"),
            "{error}"
        );
    }

    #[test]
    fn a_stream_may_be_joined_in_the_middle_of_a_line_and_get_new_writers() {
        let text = "8,0.5,1\n1,acc,0,0,0\nt_ns,sensor,x,y,z\n2,acc,0,0,0\n";
        let mut reader = CsvReader::joined(text.as_bytes(), Path::new("motion"));
        while reader.next().unwrap().is_some() {}
        assert_eq!((reader.counts().samples, reader.counts().malformed), (2, 1));
    }

    proptest! {
        #[test]
        fn rows_survive_the_round_trip(t: i64, gyro: bool, xyz in prop::array::uniform3(-1e6f32..1e6)) {
            let sensor = if gyro { Sensor::Gyroscope } else { Sensor::Accelerometer };
            let sample = Sample { sensor, t: SampleTime::from_nanos(t), xyz };
            prop_assert_eq!(parse_row(&format_row(&sample)), Some(sample));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,80}") {
            let _ = parse_row(&text);
        }
    }
}
