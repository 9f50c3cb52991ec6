//! MotionSense in its authors' layout: `A_DeviceMotion_data/<activity>_<trial>/sub_<n>.csv`.
//!
//! An iPhone in a front trouser pocket; Core Motion splits what the
//! accelerometer feels into gravity and user acceleration, in g, and gives both
//! the signs opposite to Android's. Its axes and its rates of turn (rad/s) are
//! as Android has them.
//! <https://developer.apple.com/documentation/coremotion/cmdevicemotion>

use std::path::Path;
use std::time::Duration;

use graspd::source::{Source, SourceError};

use super::error::DataError;
use super::fixed_rate::{G, RegularRows, Row, RowFormat, numbers};
use super::recording::{Found, Recording, entries, inner};

static FORMAT: RowFormat = RowFormat {
    interval: Duration::from_millis(20),
    header: Some(
        ",attitude.roll,attitude.pitch,attitude.yaw,gravity.x,gravity.y,gravity.z,\
         rotationRate.x,rotationRate.y,rotationRate.z,\
         userAcceleration.x,userAcceleration.y,userAcceleration.z",
    ),
    row: "a number of the row and 12 values, with commas",
    parse,
};

fn parse(row: &str) -> Option<Row> {
    let values: [f64; 13] = numbers(row.split(','))?;
    let [
        _row,
        _roll,
        _pitch,
        _yaw,
        gx,
        gy,
        gz,
        rx,
        ry,
        rz,
        ux,
        uy,
        uz,
    ] = values;
    let felt = [gx + ux, gy + uy, gz + uz].map(|g| (-G * g) as f32);
    Some([felt, [rx, ry, rz].map(|rate| rate as f32)])
}

pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, SourceError> {
    Ok(Box::new(RegularRows::open([path.to_owned()], &FORMAT)?))
}

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let mut found = Found::default();
    for (session, folder) in entries(&inner(root, "A_DeviceMotion_data"))? {
        let Some(trial) = session.rsplit_once('_').and_then(|(_, n)| n.parse().ok()) else {
            continue;
        };
        if !folder.is_dir() {
            continue;
        }
        for (name, path) in entries(&folder)? {
            let person = name
                .strip_prefix("sub_")
                .and_then(|n| n.strip_suffix(".csv"));
            found.add(path, |path| {
                Some(Recording {
                    person: person?.to_owned(),
                    session: session.clone(),
                    order: trial,
                    path,
                })
            });
        }
    }
    Ok(found)
}
