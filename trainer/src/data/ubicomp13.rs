//! Walking traces of UbiComp'13 in their authors' layout:
//! `{train_data,test_data}/<n>/p<person>.<run>_<sex>_<age>_<height>_<placement>.{out,dat}`.
//!
//! Only phones in the hand are read (`Hand_held`, and `Handheld_using`, typing meanwhile).
//! Android's units, axes and clock, about 100 Hz, all sensors in one file: binary (`.out`,
//! big-endian) or text (`.dat`), one record a sample. What comes before and after the walk,
//! by the authors' `groundtruth_WD.txt`, is left out. Brajdic and Harle 2013,
//! <https://doi.org/10.1145/2493432.2493449>

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use graspd::motion::{Sample, SampleTime, Sensor};
use graspd::source::{Line, Lines, Reading, Source, SourceCounts, SourceError};

use super::error::DataError;
use super::recording::{Found, Recording, entries, inner};

/// Folders of recordings, which the authors divided for a detector of walking.
const PARTS: [&str; 2] = ["train_data", "test_data"];
/// Placements that are read, as file names end.
const IN_HAND: [&str; 2] = ["Hand_held", "Handheld_using"];
/// Start and end of each walk, by numbers of accelerometer samples.
const WALKS: &str = "groundtruth_WD.txt";
/// Bytes of a binary record: time in ns (`i64`), sensor (`i8`), x, y, z (`f32`).
const RECORD: usize = 21;

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let root = inner(root, "ubicomp13");
    let mut found = Found::default();
    for part in PARTS.map(|part| root.join(part)) {
        if !part.is_dir() {
            continue;
        }
        for (_, folder) in entries(&part)? {
            if !folder.is_dir() {
                continue;
            }
            for (name, path) in entries(&folder)? {
                if in_hand(&name) {
                    found.add(path, |path| recording(&name, path));
                }
            }
        }
    }
    Ok(found)
}

fn in_hand(name: &str) -> bool {
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    IN_HAND.iter().any(|placement| stem.ends_with(placement))
}

/// `p4.2_Male_20-29_170-179cm_Handheld_using.out` is run 2 of person 4.
fn recording(name: &str, path: PathBuf) -> Option<Recording> {
    let (stem, kind) = name.rsplit_once('.')?;
    let (id, rest) = stem.strip_prefix('p')?.split_once('_')?;
    let (person, run) = id.split_once('.')?;
    person.parse::<u32>().ok()?;
    let placement = rest.splitn(4, '_').nth(3)?;
    matches!(kind, "out" | "dat").then_some(Recording {
        person: person.to_owned(),
        session: format!("{run}_{placement}"),
        order: run.parse().ok()?,
        path,
    })
}

/// Opens one trace.
pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    let file = File::open(path).map_err(|e| io_error(path, e))?;
    let file = BufReader::with_capacity(1 << 16, file);
    let text = path.extension().is_some_and(|kind| kind == "dat");
    Ok(Box::new(Trace {
        records: match text {
            true => Records::Text(Lines::new(file)),
            false => Records::Binary(file),
        },
        walk: walk(path),
        path: path.to_owned(),
        accelerations: 0,
        counts: SourceCounts::default(),
    }))
}

/// First and last accelerometer sample of the walk, counted from 0. `None` where the authors'
/// list is missing or lacks the trace: then all of it is read.
fn walk(path: &Path) -> Option<(u64, u64)> {
    let name = path.file_stem()?.to_str()?;
    let (id, rest) = name.split_once('_')?;
    let trace = format!("{id}{}", rest.splitn(4, '_').nth(3)?);
    let list = fs::read_to_string(path.ancestors().nth(3)?.join(WALKS)).ok()?;
    let line = list.lines().find_map(|line| {
        let rest = line.strip_prefix(&trace)?.trim();
        rest.strip_prefix('(')?.strip_suffix(')')
    })?;
    let (first, last) = line.split_once(' ')?;
    Some((first.parse().ok()?, last.trim().parse().ok()?))
}

enum Records {
    Binary(BufReader<File>),
    Text(Lines<BufReader<File>>),
}

/// One trace as a [`Source`].
struct Trace {
    path: PathBuf,
    records: Records,
    walk: Option<(u64, u64)>,
    /// Number of accelerometer records read.
    accelerations: u64,
    counts: SourceCounts,
}

/// A record; `sensor` is `None` for the magnetometer's.
struct Record {
    sensor: Option<Sensor>,
    t: SampleTime,
    xyz: [f32; 3],
}

impl Trace {
    /// The next record: `None` at the end, an inner `None` for one that is unreadable.
    fn record(&mut self) -> Result<Option<Option<Record>>, SourceError> {
        let failed = |e| io_error(&self.path, e);
        match &mut self.records {
            Records::Binary(file) => {
                let mut bytes = [0; RECORD];
                let mut read = 0;
                while read < RECORD {
                    match file.read(&mut bytes[read..]).map_err(failed)? {
                        0 => break,
                        more => read += more,
                    }
                }
                Ok(match read {
                    0 => None,
                    RECORD => Some(binary(&bytes)),
                    _ => Some(None),
                })
            }
            Records::Text(lines) => Ok(match lines.next_line().map_err(failed)? {
                None => None,
                Some(Line::Unreadable) => Some(None),
                Some(Line::Text(line)) => Some(text(line)),
            }),
        }
    }

    fn is_walking(&self) -> bool {
        let now = self.accelerations;
        self.walk
            .is_none_or(|(first, last)| (first..=last).contains(&now))
    }
}

impl Source for Trace {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        while let Some(record) = self.record()? {
            let Some(Record { sensor, t, xyz }) = record else {
                if self.accelerations == 0 && self.counts.samples == 0 {
                    return Err(SourceError::NotARecording {
                        path: self.path.clone(),
                        why: "it does not begin with a record of time, sensor (1 to 3), x, y, z"
                            .into(),
                    });
                }
                self.counts.malformed += 1;
                continue;
            };
            let walking = self.is_walking();
            self.accelerations += u64::from(sensor == Some(Sensor::Accelerometer));
            let Some(sensor) = sensor.filter(|_| walking) else {
                continue;
            };
            self.counts.samples += 1;
            return Ok(Some(Reading::Sample(Sample { sensor, t, xyz })));
        }
        Ok(None)
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }
}

fn binary(bytes: &[u8; RECORD]) -> Option<Record> {
    let (time, rest) = bytes.split_first_chunk::<8>()?;
    let (kind, rest) = rest.split_first()?;
    let (axes, _) = rest.as_chunks::<4>();
    let [x, y, z] = *axes else { return None };
    Some(Record {
        sensor: sensor(*kind)?,
        t: SampleTime::from_nanos(i64::from_be_bytes(*time)),
        xyz: [x, y, z].map(f32::from_be_bytes),
    })
}

fn text(line: &str) -> Option<Record> {
    let mut fields = line.split_ascii_whitespace();
    let t = fields.next()?.parse().ok()?;
    let sensor = sensor(fields.next()?.parse().ok()?)?;
    let mut xyz = [0.0; 3];
    for value in &mut xyz {
        *value = fields.next()?.parse().ok()?;
    }
    let t = SampleTime::from_nanos(t);
    (fields.next().is_none()).then_some(Record { sensor, t, xyz })
}

/// Android's number of a sensor, in an outer `None` if it is none that is recorded.
fn sensor(kind: u8) -> Option<Option<Sensor>> {
    match kind {
        1 => Some(Some(Sensor::Accelerometer)),
        2 => Some(Some(Sensor::Gyroscope)),
        3 => Some(None),
        _ => None,
    }
}

fn io_error(path: &Path, source: std::io::Error) -> SourceError {
    SourceError::Io {
        path: path.to_owned(),
        source,
    }
}
