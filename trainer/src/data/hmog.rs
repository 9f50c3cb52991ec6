//! HMOG in its authors' layout: `public_dataset/<id>/<id>_session_<n>/`.
//! graspd itself reads what is in such a folder ([`graspd::source::HmogSession`]).

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::DataError;
use super::catalogue::{Found, Recording, entries, inner};

/// Longer than any row is.
const LINE: u64 = 4096;

/// Sessions are numbered by task, not by day; the first column tells the time.
pub(super) fn began_unix_ms(session: &Path) -> Option<u64> {
    let file = File::open(session.join("Accelerometer.csv")).ok()?;
    let mut first = String::new();
    BufReader::new(file).take(LINE).read_line(&mut first).ok()?;
    first.split(',').next()?.parse().ok()
}

/// Sessions 5, 11, … sit and 6, 12, … walk over a map.
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
