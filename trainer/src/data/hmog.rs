//! HMOG in its authors' layout: `public_dataset/<id>/<id>_session_<n>/`.
//! graspd itself reads what is in such a folder ([`graspd::source::HmogSession`]).

use std::path::Path;

use super::DataError;
use super::catalogue::{Found, Recording, entries, inner};

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
