//! A session folder of the HMOG data set: two files with rows and clocks of
//! their own, merged by time.
//!
//! `Accelerometer.csv` and `Gyroscope.csv` have no header; their columns are
//! systime_ms, event_time_ns, activity_id, x, y, z, orientation. The second is
//! the sensors' clock. Units are m/s² with gravity and rad/s, axes Android's.
//! Sitová et al. 2016, <https://doi.org/10.1109/TIFS.2015.2506542>

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::lines::{Line, Lines};
use super::{Reading, Source, SourceCounts, SourceError};
use crate::motion::{Sample, SampleTime, Sensor};

/// The file that a sensor's rows are in.
fn file_name(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "Accelerometer.csv",
        Sensor::Gyroscope => "Gyroscope.csv",
    }
}

/// One session of one person.
pub struct HmogSession {
    tracks: [Track; 2],
}

impl HmogSession {
    /// Whether `folder` looks like one.
    pub fn is_at(folder: &Path) -> bool {
        Sensor::ALL
            .iter()
            .any(|&s| folder.join(file_name(s)).is_file())
    }

    /// Opens the session in `folder`.
    pub fn open(folder: &Path) -> Result<Self, SourceError> {
        let [acc, gyro] = Sensor::ALL;
        Ok(Self {
            tracks: [Track::open(folder, acc)?, Track::open(folder, gyro)?],
        })
    }
}

impl Source for HmogSession {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        let [acc, gyro] = &mut self.tracks;
        acc.fill()?;
        gyro.fill()?;
        let earlier = match (acc.head, gyro.head) {
            (Some(a), Some(g)) if g.t < a.t => gyro,
            (None, Some(_)) => gyro,
            _ => acc,
        };
        Ok(earlier.head.take().map(Reading::Sample))
    }

    fn counts(&self) -> SourceCounts {
        let [a, g] = self.tracks.each_ref().map(|track| track.counts);
        SourceCounts {
            samples: a.samples + g.samples,
            malformed: a.malformed + g.malformed,
        }
    }
}

/// The rows of one file.
struct Track {
    sensor: Sensor,
    path: PathBuf,
    lines: Lines<BufReader<File>>,
    head: Option<Sample>,
    counts: SourceCounts,
}

impl Track {
    fn open(folder: &Path, sensor: Sensor) -> Result<Self, SourceError> {
        let path = folder.join(file_name(sensor));
        let file = File::open(&path).map_err(|source| SourceError::Io {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            sensor,
            path,
            lines: Lines::new(BufReader::with_capacity(1 << 16, file)),
            head: None,
            counts: SourceCounts::default(),
        })
    }

    /// Reads until `head` is a sample or the file ends.
    fn fill(&mut self) -> Result<(), SourceError> {
        while self.head.is_none() {
            let line = self.lines.next_line().map_err(|source| SourceError::Io {
                path: self.path.clone(),
                source,
            })?;
            let sample = match line {
                None => return Ok(()),
                Some(Line::Text("")) => continue,
                Some(Line::Text(text)) => parse_row(text, self.sensor),
                Some(Line::Unreadable) => None,
            };
            match sample {
                Some(_) => self.counts.samples += 1,
                None => self.counts.malformed += 1,
            }
            self.head = sample;
        }
        Ok(())
    }
}

fn parse_row(text: &str, sensor: Sensor) -> Option<Sample> {
    let mut fields = text.split(',').map(str::trim);
    let t = SampleTime::from_nanos(fields.nth(1)?.parse().ok()?);
    let _activity = fields.next()?;
    let mut xyz = [0.0; 3];
    for value in &mut xyz {
        *value = fields.next()?.parse().ok()?;
    }
    Some(Sample { sensor, t, xyz })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(acc: &str, gyro: &str) -> (tempfile::TempDir, HmogSession) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("Accelerometer.csv"), acc).unwrap();
        std::fs::write(dir.path().join("Gyroscope.csv"), gyro).unwrap();
        let session = HmogSession::open(dir.path()).unwrap();
        (dir, session)
    }

    #[test]
    fn two_files_become_one_stream_in_time_order() {
        let (_dir, mut session) = session(
            "1,10,7,1,2,3,0\n1,30,7,4,5,6,0\n1,broken\n1,50,7,7,8,9,0\n",
            "1,20,7,.1,.2,.3,0\n1,60,7,.4,.5,.6,0\n",
        );
        let mut order = Vec::new();
        while let Some(Reading::Sample(s)) = session.next().unwrap() {
            order.push((s.t.nanos(), s.sensor));
        }
        use Sensor::{Accelerometer as A, Gyroscope as G};
        assert_eq!(order, [(10, A), (20, G), (30, A), (50, A), (60, G)]);
        let counts = session.counts();
        assert_eq!((counts.samples, counts.malformed), (5, 1));
    }

    #[test]
    fn a_missing_file_is_named() {
        let (dir, _) = session("", "");
        std::fs::remove_file(dir.path().join("Gyroscope.csv")).unwrap();
        let error = HmogSession::open(dir.path()).err().unwrap().to_string();
        assert!(error.contains("Gyroscope.csv"), "{error}");
    }
}
