//! HAPT in its authors' layout: `RawData/{acc,gyro}_exp<n>_user<n>.txt`.
//!
//! A Galaxy S II on the waist, 50 Hz; accelerations in g, rates of turn in
//! rad/s, signs Android's. Reyes-Ortiz et al. 2016,
//! <https://doi.org/10.1016/j.neucom.2015.07.085>

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use graspd::source::{Source, SourceError};

use super::error::DataError;
use super::fixed_rate::{G, RegularRows, Row, RowFormat, numbers};
use super::recording::{Found, Recording, entries, inner};

static FORMAT: RowFormat = RowFormat {
    interval: Duration::from_millis(20),
    header: None,
    row: "x y z, in both the acc_ and the gyro_ file",
    parse,
};

fn parse(row: &str) -> Option<Row> {
    let [ax, ay, az, gx, gy, gz] = numbers(row.split_ascii_whitespace())?;
    let acceleration = [ax, ay, az].map(|g| (G * g) as f32);
    Some([acceleration, [gx, gy, gz].map(|rate| rate as f32)])
}

/// Opens the session whose accelerations are in `path`; its rates of turn are beside it.
pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    let gyroscope = gyroscope_beside(path);
    Ok(Box::new(RegularRows::open(
        [path.to_owned(), gyroscope],
        &FORMAT,
    )?))
}

fn gyroscope_beside(accelerometer: &Path) -> PathBuf {
    let name = accelerometer
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let of = name.strip_prefix("acc_").unwrap_or(&name);
    accelerometer.with_file_name(format!("gyro_{of}"))
}

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let folder = inner(root, "RawData");
    // By what follows `acc_` and `gyro_`, so that neither is missed alone.
    let of = |(name, _): (String, PathBuf)| {
        let of = name.strip_prefix("acc_").or(name.strip_prefix("gyro_"))?;
        Some(of.to_owned())
    };
    let sessions: BTreeSet<String> = entries(&folder)?.into_iter().filter_map(of).collect();
    let mut found = Found::default();
    for session in sessions {
        found.add(folder.join(format!("acc_{session}")), |path| {
            let numbers = session.strip_prefix("exp")?.strip_suffix(".txt")?;
            let (experiment, person) = numbers.split_once("_user")?;
            Some(Recording {
                person: person.to_owned(),
                session: experiment.to_owned(),
                order: experiment.parse().ok()?,
                path,
            })
        });
    }
    Ok(found)
}
