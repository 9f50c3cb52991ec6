//! Reader for text recordings without timestamps: one row every fixed interval.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

use graspd::motion::{Sample, SampleTime, Sensor};
use graspd::source::{Line, Lines, Reading, Source, SourceCounts, SourceError};

/// Standard gravity in m/s², which data sets mean by g.
pub(super) const G: f64 = 9.80665;

/// Both sensors at one instant, in the order of [`Sensor::ALL`]: m/s² with gravity, and
/// rad/s, in Android's axes and signs.
pub(super) type Row = [[f32; 3]; 2];

/// Row format of a data set.
#[derive(Debug)]
pub(super) struct RowFormat {
    /// Time from one row to the next.
    pub interval: Duration,
    /// The line of column names, if files have one; a file without it is refused.
    pub header: Option<&'static str>,
    /// Description of a row, for error messages.
    pub row: &'static str,
    /// Converts a row; `None` if it cannot be read. For several files it gets their lines
    /// joined by a space.
    pub parse: fn(&str) -> Option<Row>,
}

/// One session as a [`Source`]. The first row is at time 0. An unreadable row takes its
/// interval too, so the rows after it keep their times; it counts as malformed. An
/// unreadable first row is an error.
pub(super) struct RegularRows {
    files: Vec<(PathBuf, Lines<BufReader<File>>)>,
    format: &'static RowFormat,
    text: String,
    t: SampleTime,
    /// Gyroscope sample of the last row, not yet returned.
    gyroscope: Option<Sample>,
    counts: SourceCounts,
}

impl RegularRows {
    /// Opens `paths`, read in step, line by line, until the shortest ends.
    pub(super) fn open(
        paths: impl IntoIterator<Item = PathBuf>,
        format: &'static RowFormat,
    ) -> Result<Self, SourceError> {
        let open = |path: PathBuf| {
            let file = File::open(&path).map_err(|e| io_error(&path, e))?;
            let mut lines = Lines::new(BufReader::with_capacity(1 << 16, file));
            if let Some(header) = format.header {
                match lines.next_line().map_err(|e| io_error(&path, e))? {
                    Some(Line::Text(text)) if text == header => {}
                    _ => return Err(not_a_recording(&path, "header", header)),
                }
            }
            Ok((path, lines))
        };
        Ok(Self {
            files: paths.into_iter().map(open).collect::<Result<_, _>>()?,
            format,
            text: String::new(),
            t: SampleTime::default(),
            gyroscope: None,
            counts: SourceCounts::default(),
        })
    }

    /// Reads the next row into `text`; `false` at the end of any file.
    fn read_row(&mut self) -> Result<bool, SourceError> {
        self.text.clear();
        for (path, lines) in &mut self.files {
            match lines.next_line().map_err(|e| io_error(path, e))? {
                None => return Ok(false),
                Some(Line::Text(text)) => self.text.push_str(text),
                Some(Line::Unreadable) => self.text.push('?'),
            }
            self.text.push(' ');
        }
        Ok(true)
    }
}

impl Source for RegularRows {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        if let Some(gyroscope) = self.gyroscope.take() {
            return Ok(Some(Reading::Sample(gyroscope)));
        }
        while self.read_row()? {
            let row = self.text.trim();
            if row.is_empty() {
                continue;
            }
            let t = self.t;
            let first = t == SampleTime::default();
            self.t = t.after(self.format.interval);
            if let Some(values) = (self.format.parse)(row) {
                let [accelerometer, gyroscope] = Sensor::ALL.map(|sensor| Sample {
                    sensor,
                    t,
                    xyz: values[sensor.index()],
                });
                self.gyroscope = Some(gyroscope);
                self.counts.samples += 2;
                return Ok(Some(Reading::Sample(accelerometer)));
            }
            if let Some((path, _)) = self.files.first().filter(|_| first) {
                return Err(not_a_recording(path, "first row", self.format.row));
            }
            self.counts.malformed += 1;
        }
        Ok(None)
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }
}

/// Parses exactly `N` numbers; `None` if there are more, fewer, or one is no number.
pub(super) fn numbers<'a, const N: usize>(
    mut fields: impl Iterator<Item = &'a str>,
) -> Option<[f64; N]> {
    let mut values = [0.0; N];
    for value in &mut values {
        *value = fields.next()?.trim().parse().ok()?;
    }
    fields.next().is_none().then_some(values)
}

fn io_error(path: &Path, source: std::io::Error) -> SourceError {
    SourceError::Io {
        path: path.to_owned(),
        source,
    }
}

fn not_a_recording(path: &Path, what: &str, expected: &str) -> SourceError {
    SourceError::NotARecording {
        path: path.to_owned(),
        why: format!("its {what} is not `{expected}`"),
    }
}
