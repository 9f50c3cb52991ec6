//! HMOG in its authors' layout: `public_dataset/<id>/<id>_session_<n>/`.
//! The files of a session are read by [`graspd::source::HmogSession`].

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::error::DataError;
use super::recording::{Found, Recording, entries, inner};

/// Bytes of a line that are read at most; no row is as long.
const LINE: u64 = 4096;

/// Start of a session, ms since 1970, from the first column of its first row. Needed
/// because HMOG numbers sessions by task and not by date.
pub(super) fn began_unix_ms(session: &Path) -> Option<u64> {
    let file = File::open(session.join("Accelerometer.csv")).ok()?;
    let mut first = String::new();
    BufReader::new(file).take(LINE).read_line(&mut first).ok()?;
    first.split(',').next()?.parse().ok()
}

/// Whether a session is map navigation: 5, 11, … seated, 6, 12, … walking.
pub(super) fn is_map(session: &str) -> bool {
    session
        .parse::<u32>()
        .is_ok_and(|number| number % 6 == 5 || number % 6 == 0)
}

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let mut found = Found::default();
    for (person, folder) in entries(&inner(root, "public_dataset"))? {
        if !folder.is_dir() {
            continue;
        }
        let prefix = format!("{person}_session_");
        for (name, path) in entries(&folder)? {
            found.add(path, |path| {
                let session = name.strip_prefix(&prefix)?;
                Some(Recording {
                    person: person.clone(),
                    session: session.to_owned(),
                    order: session.parse().ok()?,
                    path,
                })
            });
        }
    }
    Ok(found)
}
