//! Reads the files of the last days.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use graspd_client::days;

use super::line::Line;
use super::log::Log;

/// The most of a day that is read, in bytes: more than the agent writes.
const LARGEST: u64 = 8 << 20;

/// A number that differs once the days have grown.
pub fn stamp(folder: &Path) -> u64 {
    let size = |day: &PathBuf| day.metadata().map_or(0, |metadata| metadata.len() + 1);
    let days = newest(folder).unwrap_or_default();
    days.iter().map(size).sum()
}

/// The days in this folder; an error where there is none.
pub fn read(folder: &Path) -> io::Result<Log> {
    let days = newest(folder)?;
    if days.is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut log = Log::default();
    for day in &days {
        let mut bytes = Vec::new();
        File::open(day)?.take(LARGEST).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        for line in text.lines().filter_map(Line::parse) {
            log.take(&line);
        }
    }
    Ok(log)
}

/// The newest days' files, in their order.
fn newest(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut days = days::files(folder)?;
    Ok(days.split_off(days.len().saturating_sub(days::KEPT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_their_order_whatever_else_is_in_the_folder() {
        let home = tempfile::tempdir().unwrap();
        assert!(read(&home.path().join("none")).is_err());
        assert!(read(home.path()).is_err(), "an empty folder has no days");
        let write = |name: &str, bytes: &[u8]| std::fs::write(home.path().join(name), bytes);
        let lock = |second| format!(r#"{{"event":"lock","reason":"gap","unix_s":{second}}}"#);
        write("events-2026-11-28.jsonl", lock(9).as_bytes()).unwrap();
        let spoilt = [b"\xff{\n", lock(5).as_bytes(), b"\n{\"event\":\"lo"].concat();
        write("events-2026-11-27.jsonl", &spoilt).unwrap();
        write("promise", b"{}").unwrap();
        std::fs::create_dir(home.path().join("events-2026-11-29.jsonl")).unwrap();
        let log = read(home.path()).unwrap();
        let times: Vec<_> = log.locks.iter().map(|lock| lock.at).collect();
        assert_eq!(times, [5, 9]);
    }
}
