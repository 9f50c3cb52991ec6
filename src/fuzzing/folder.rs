//! A folder that is said to be a session of HMOG.

use super::recording::drain;
use super::split;

/// Separates the two files in the bytes.
const MARK: &[u8] = b"\n--\n";

/// Any two files under HMOG's names; one that is empty is not there.
pub fn folder(bytes: &[u8]) {
    let (accelerometer, gyroscope) = split(bytes, MARK);
    let Ok(dir) = tempfile::tempdir() else { return };
    for (name, contents) in [
        ("Accelerometer.csv", accelerometer),
        ("Gyroscope.csv", gyroscope),
    ] {
        if !contents.is_empty() && std::fs::write(dir.path().join(name), contents).is_err() {
            return;
        }
    }
    drain(dir.path());
}
