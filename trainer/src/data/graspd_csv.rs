//! graspd's own recordings: `<person>/<session>.csv` or `.csv.zst`.

use std::path::Path;

use super::error::DataError;
use super::recording::{Found, Recording, entries};

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let mut found = Found::default();
    for (person, folder) in entries(root)? {
        if !folder.is_dir() {
            continue;
        }
        for (name, path) in entries(&folder)? {
            found.add(path, |path| {
                let plain = name.strip_suffix(".zst").unwrap_or(&name);
                Some(Recording {
                    person: person.clone(),
                    session: plain.strip_suffix(".csv")?.to_owned(),
                    order: 0,
                    path,
                })
            });
        }
    }
    Ok(found)
}
