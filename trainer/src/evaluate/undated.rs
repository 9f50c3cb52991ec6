//! Sessions without a date in a data set that has dates.

use std::collections::BTreeSet;

use crate::data::{Catalogue, DataError, DataSpec, Skipped};

/// Sessions that a warning names.
const NAMED: usize = 5;

/// A warning if sessions that `specs` name, but for those `skipped`, have no date though their data
/// set has dates: nobody knows then which of a person's sessions are the later ones.
pub fn warning<'a>(
    specs: impl IntoIterator<Item = &'a DataSpec>,
    skipped: &[Skipped],
) -> Result<Option<String>, DataError> {
    let skipped: BTreeSet<&str> = skipped.iter().map(|one| one.session.as_str()).collect();
    // A person may be in several folds.
    let (mut sessions, mut undated) = (BTreeSet::new(), Vec::new());
    for spec in specs.into_iter().filter(|spec| spec.set.has_dates()) {
        for recording in Catalogue::of(spec)?.people.into_iter().flatten() {
            let name = recording.name();
            if skipped.contains(name.as_str()) || !sessions.insert(name.clone()) {
                continue;
            }
            if spec.set.began_unix_ms(&recording.path).is_none() {
                undated.push(name);
            }
        }
    }
    if undated.is_empty() {
        return Ok(None);
    }
    let more = match undated.len() > NAMED {
        true => ", …",
        false => "",
    };
    Ok(Some(format!(
        "{} of {} sessions have no date ({}{more}): sessions of these people are in the data set's \
         own order, so that those they are tested on need not be later than their enrolment",
        undated.len(),
        sessions.len(),
        undated[..undated.len().min(NAMED)].join(", ")
    )))
}
