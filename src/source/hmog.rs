//! A session folder of the HMOG data set: one file for each sensor, merged by time.
//!
//! `Accelerometer.csv` and `Gyroscope.csv` have no header; their columns are
//! systime_ms, event_time_ns, activity_id, x, y, z, orientation. The second is
//! the sensors' clock. Units are m/s² with gravity and rad/s, axes Android's.
//! Sitová et al. 2016, <https://doi.org/10.1109/TIFS.2015.2506542>

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::csv::NOTHING;
use super::foreign::shown;
use super::lines::{Line, Lines};
use super::recording::open_text;
use super::row::{Fields, RowFault, fault};
use super::{Reading, Source, SourceCounts, SourceError};
use crate::motion::{Sample, Sensor};

/// The columns of a row, as errors name them.
const COLUMNS: &str = "systime_ms,event_time_ns,activity_id,x,y,z,orientation";
const COUNT: usize = 7;

/// The name of a sensor's file.
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
    /// Whether `folder` holds an HMOG session, by the names of its files.
    pub fn is_at(folder: &Path) -> bool {
        Sensor::ALL
            .iter()
            .any(|&s| folder.join(file_name(s)).is_file())
    }

    /// Opens the session in `folder`. A missing file is an error at once, a file that
    /// does not begin with a row is one when it is first read.
    pub fn open(folder: &Path) -> Result<Self, SourceError> {
        let [acc, gyro] = Sensor::ALL;
        let is_missing = |sensor: &Sensor| !folder.join(file_name(*sensor)).exists();
        if let Some(missing) = Sensor::ALL.into_iter().find(is_missing) {
            return Err(SourceError::NotARecording {
                path: folder.to_owned(),
                why: format!(
                    "it has no {}, and a session in HMOG's layout has one file of each sensor",
                    file_name(missing)
                ),
            });
        }
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

    fn unreadable(&self) -> Option<&str> {
        let mut tracks = self.tracks.iter();
        tracks.find_map(|track| track.unreadable.as_deref())
    }
}

/// The rows of one file.
struct Track {
    sensor: Sensor,
    path: PathBuf,
    lines: Lines<Box<dyn BufRead + Send>>,
    head: Option<Sample>,
    counts: SourceCounts,
    unreadable: Option<String>,
}

impl Track {
    fn open(folder: &Path, sensor: Sensor) -> Result<Self, SourceError> {
        let path = folder.join(file_name(sensor));
        Ok(Self {
            sensor,
            lines: Lines::new(open_text(&path)?),
            path,
            head: None,
            counts: SourceCounts::default(),
            unreadable: None,
        })
    }

    /// Reads until `head` is a sample or the file ends.
    fn fill(&mut self) -> Result<(), SourceError> {
        let Self {
            sensor,
            path,
            lines,
            head,
            counts,
            unreadable,
        } = self;
        let refuse = |path: &Path, why| SourceError::NotARecording {
            path: path.to_owned(),
            why,
        };
        while head.is_none() {
            let (number, line) = lines.next_numbered().map_err(|source| SourceError::Io {
                path: path.clone(),
                source,
            })?;
            let (text, row) = match line {
                None if counts.samples == 0 => return Err(refuse(path, NOTHING.into())),
                None => return Ok(()),
                Some(Line::Unreadable) => ("?", Err(RowFault::NoText)),
                Some(Line::Text(text)) if text.trim().is_empty() => continue,
                Some(Line::Text(text)) if number == 1 && is_header(text) => continue,
                Some(Line::Text(text)) => (text, parse_row(text, *sensor)),
            };
            let fault = match row {
                Ok(sample) => {
                    counts.samples += 1;
                    *head = Some(sample);
                    return Ok(());
                }
                Err(fault) => fault,
            };
            let line = format!("line {number} is `{}`", shown(text));
            if counts.samples == 0 {
                let why = format!(
                    "{line}, and a row in HMOG's layout is `{COLUMNS}`: {fault}; of another \
                     program's export make one file of rows `{}`",
                    super::row::COLUMNS
                );
                return Err(refuse(path, why));
            }
            counts.malformed += 1;
            unreadable.get_or_insert_with(|| format!("{}, {line}: {fault}", file_name(*sensor)));
        }
        Ok(())
    }
}

/// Whether a line is HMOG's line of column names, which some copies of the data set
/// have.
fn is_header(text: &str) -> bool {
    let names: Vec<String> = Fields::of(text)
        .map(|field| field.text.to_ascii_lowercase())
        .collect();
    let is = |column: usize, name| names.get(column).is_some_and(|n| n == name);
    let time = names.get(1).is_some_and(|name| name.contains("time"));
    names.len() == COUNT && time && is(3, "x") && is(4, "y") && is(5, "z")
}

fn parse_row(text: &str, sensor: Sensor) -> Result<Sample, RowFault> {
    let mut fields = Fields::of(text).skip(1);
    let wrong = || fault(text, COUNT);
    let time = fields.next().ok_or_else(wrong)?;
    let _activity = fields.next().ok_or_else(wrong)?;
    let no_number = || match wrong() {
        RowFault::Columns { found, .. } if found + 1 >= COUNT => RowFault::Value,
        shape => shape,
    };
    let mut xyz = [0.0; 3];
    for value in &mut xyz {
        let field = fields.next().ok_or_else(wrong)?;
        *value = field.number().ok_or_else(no_number)?;
    }
    let _orientation = fields.next();
    if fields.next().is_some() {
        return Err(wrong());
    }
    let t = time.time().ok_or(RowFault::Time)?;
    Ok(Sample { sensor, t, xyz })
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

    const ROW: &str = "1396000005000,5000000000,7,1.5,4.25,9,0\n";

    #[test]
    fn a_missing_file_is_named_and_so_is_an_empty_one() {
        let (dir, mut session) = session(ROW, "");
        let error = session.next().unwrap_err().to_string();
        assert!(error.contains("Gyroscope.csv"), "{error}");
        std::fs::remove_file(dir.path().join("Gyroscope.csv")).unwrap();
        let error = HmogSession::open(dir.path()).err().unwrap().to_string();
        assert!(error.contains("Gyroscope.csv"), "{error}");
    }

    #[test]
    fn the_same_rows_in_other_clothes_are_the_same_samples() {
        let samples = |acc: &str| {
            let (_dir, mut session) = session(acc, ROW);
            std::iter::from_fn(|| session.next().unwrap()).collect::<Vec<_>>()
        };
        let header = "Systime,EventTime,ActivityID,X,Y,Z,Phone_orientation\n";
        let semicolons = ROW.replace(',', ";").replace('.', ",");
        for clothes in [
            format!("{header}{ROW}"),
            format!("\u{feff}{}", ROW.replace('\n', "\r\n")),
            ROW.replace(",0\n", ",0,\n"),
            ROW.replace(",0\n", "\n"),
            ROW.replace(",5000000000,", ",5.0e9,"),
            semicolons,
        ] {
            assert_eq!(samples(&clothes), samples(ROW), "{clothes}");
        }
    }

    #[test]
    fn files_of_another_program_are_refused_in_their_first_line() {
        for (acc, part) in [
            (
                "time,seconds_elapsed,z,y,x\n1698501144401773000,0.2,9,3,1\n",
                "names",
            ),
            ("1698501144401773000,0.2,9,3,1\n", "Accelerometer.csv"),
            (
                "1396000005000,5000000000,7,1,75,4,10,9,34,0\n",
                "decimal commas",
            ),
        ] {
            let (_dir, mut session) = session(acc, ROW);
            let error = session.next().unwrap_err().to_string();
            let first = acc.lines().next().unwrap();
            assert!(error.contains(part) && error.contains(first), "{error}");
        }
    }
}
