//! SisFall in its authors' layout: `S[AE]<n>/D<n>_<person>_R<n>.txt`.
//!
//! A sensor board on the waist, 200 Hz, raw counts: an ADXL345 (13 bits over
//! ±16 g), an ITG3200 (16 bits over ±2000 °/s), and a second accelerometer that
//! is ignored. Files of falls (`F…`) are ignored: they are no everyday motion. Sucerquia et al. 2017, <https://doi.org/10.3390/s17010198>

use std::path::Path;
use std::time::Duration;

use graspd::source::{Source, SourceError};

use super::error::DataError;
use super::fixed_rate::{G, RegularRows, Row, RowFormat, numbers};
use super::recording::{Found, Recording, entries};

/// m/s² a count.
const ADXL345: f64 = 32.0 / 8192.0 * G;
/// rad/s a count.
const ITG3200: f64 = 4000.0 / 65536.0 * std::f64::consts::PI / 180.0;

static FORMAT: RowFormat = RowFormat {
    interval: Duration::from_millis(5),
    header: None,
    row: "nine counts, with commas, and a semicolon",
    parse,
};

fn parse(row: &str) -> Option<Row> {
    let counts = row.strip_suffix(';').unwrap_or(row);
    let [ax, ay, az, gx, gy, gz, _, _, _] = numbers(counts.split(','))?;
    let acceleration = [ax, ay, az].map(|count| (ADXL345 * count) as f32);
    Some([
        acceleration,
        [gx, gy, gz].map(|count| (ITG3200 * count) as f32),
    ])
}

pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    Ok(Box::new(RegularRows::open([path.to_owned()], &FORMAT)?))
}

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let mut found = Found::default();
    for (person, folder) in entries(root)? {
        let of_someone = person.starts_with("SA") || person.starts_with("SE");
        if !of_someone || !folder.is_dir() {
            continue;
        }
        for (name, path) in entries(&folder)? {
            if name.starts_with('F') {
                continue;
            }
            found.add(path, |path| {
                let mut parts = name.strip_suffix(".txt")?.split('_');
                let (activity, of, run) = (parts.next()?, parts.next()?, parts.next()?);
                let session = format!("{activity}_{run}");
                (of == person && parts.next().is_none()).then_some(Recording {
                    person: person.clone(),
                    session,
                    order: 0,
                    path,
                })
            });
        }
    }
    Ok(found)
}
