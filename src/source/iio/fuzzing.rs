//! Fuzzing entry points: arbitrary sysfs attributes, scans and udev records.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::layout::ScanLayout;
use super::{Choice, Hertz, Mode, Roots, Settings, survey};
use crate::motion::{Channels, Sensor};

/// Separates the parts of an input.
const MARK: &str = "\n--\n";

/// Lines of `channel index type`, [`MARK`], and scans in that form.
pub fn iio(bytes: &[u8]) {
    let at = bytes
        .windows(MARK.len())
        .position(|part| part == MARK.as_bytes());
    let (head, scans) = bytes.split_at(at.unwrap_or(bytes.len()));
    let Ok(head) = std::str::from_utf8(head) else {
        return;
    };
    let channels = head.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let channel = words.next()?;
        let index = words.next()?.parse().ok()?;
        Some((index, channel, words.next()?.parse().ok()?))
    });
    let Some(layout) = ScanLayout::new(channels.collect(), &Sensor::ALL) else {
        return;
    };
    let scans = scans.get(MARK.len()..).unwrap_or_default();
    for scan in scans.chunks(layout.bytes()) {
        let read = layout.stamp(scan).is_some() && layout.raw(scan).count() == 2;
        assert!(read || scan.len() < layout.bytes());
    }
}

/// Parts by [`MARK`]: udev's record of a device, then lines of `attribute=text`, a literal
/// `\n` in the text standing for a line's end.
pub fn udev(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split(MARK);
    let record = parts.next().unwrap_or_default();
    let Ok(dir) = tempfile::tempdir() else { return };
    if tree(dir.path(), record, parts.next().unwrap_or_default()).is_err() {
        return;
    }
    let settings = Settings {
        roots: Roots::under(dir.path()),
        channels: Channels::default(),
        mode: Mode::Polled,
        choices: [Choice::default(), Choice::default()],
        rate: Hertz(100.0),
        hop: Duration::from_millis(100),
    };
    for found in survey(&settings) {
        if let Err(error) = found.and_then(|survey| survey.calibration) {
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
}

/// A device with both sensors, and what the lines of `attributes` say of it.
fn tree(root: &Path, record: &str, attributes: &str) -> std::io::Result<()> {
    let device = root.join("sys/bus/iio/devices/iio:device0");
    fs::create_dir_all(&device)?;
    fs::create_dir_all(root.join("run/udev/data"))?;
    fs::write(root.join("run/udev/data/c248:0"), record)?;
    fs::write(device.join("dev"), "248:0\n")?;
    for sensor in ["accel", "anglvel"] {
        for axis in ["x", "y", "z"] {
            fs::write(device.join(format!("in_{sensor}_{axis}_raw")), "1\n")?;
        }
        fs::write(device.join(format!("in_{sensor}_scale")), "0.01\n")?;
    }
    for line in attributes.lines() {
        let Some((name, text)) = line.split_once('=') else {
            continue;
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.is_empty() && name.chars().all(plain) {
            fs::write(device.join(name), text.replace("\\n", "\n"))?;
        }
    }
    Ok(())
}
