//! Which recordings a fold's bundle was trained on, in a file beside it: its folder's name and
//! `.trained-on`. A manifest names people, and other recordings may be given for the same people.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::data::{
    Catalogue, DataError, DataSet, DataSpec, Recording, WindowShape, usable_windows,
};
use crate::hash::hexadecimal;
use crate::progress::Progress;

/// SHA-256 of each person's windows, so that recordings are read once however many folds they
/// are trained on in. People without a window have none.
pub(super) struct PeopleDigests(HashMap<(&'static str, String), String>);

impl PeopleDigests {
    /// Reads everyone whom `specs` name, in windows of `shape`.
    pub(super) fn read(
        specs: &[DataSpec],
        shape: WindowShape,
        progress: Progress,
    ) -> Result<Self, DataError> {
        let mut people = Vec::new();
        for spec in specs {
            let found = Catalogue::of(spec)?.people;
            people.extend(found.into_iter().map(|recordings| (spec.set, recordings)));
        }
        let bar = progress.bar("reading", people.len());
        let digests = people
            .par_iter()
            .filter_map(|(set, recordings)| {
                let person = recordings.first()?.person.clone();
                bar.step(1, &person);
                Some(((set.name(), person), of_person(*set, recordings, shape)?))
            })
            .collect();
        bar.finish();
        Ok(Self(digests))
    }

    /// SHA-256 of what a training on `specs` learns from.
    pub(super) fn of(&self, specs: &[DataSpec]) -> Result<String, DataError> {
        let mut sha256 = Sha256::new();
        for spec in specs {
            for person in Catalogue::of(spec)?.ids() {
                if let Some(digest) = self.0.get(&(spec.set.name(), person.clone())) {
                    sha256.update(format!("{} {person} {digest}\n", spec.set));
                }
            }
        }
        Ok(hexadecimal(&sha256.finalize()))
    }
}

/// SHA-256 of a person's windows; `None` without any.
fn of_person(set: DataSet, recordings: &[Recording], shape: WindowShape) -> Option<String> {
    let mut sha256 = Sha256::new();
    let mut any = false;
    for recording in recordings {
        let Ok(windows) = usable_windows(set, recording, shape) else {
            continue;
        };
        any = true;
        sha256.update(format!("{} {}\n", recording.session, windows.len()));
        for value in windows.iter().flatten() {
            sha256.update(value.to_le_bytes());
        }
    }
    any.then(|| hexadecimal(&sha256.finalize()))
}

/// Writes down that the bundle which is about to be trained at `bundle` is of recordings of this
/// digest. Before and not after the training, which may be cut off between the two.
pub(super) fn write(bundle: &Path, digest: &str) -> Result<(), String> {
    let path = beside(bundle);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, format!("{digest}\n")))
        .map_err(|e| format!("cannot write {}: {e}", path.display()))
}

/// An error if the bundle was trained on recordings of another digest, or nothing says on which.
pub(super) fn check(bundle: &Path, digest: &str) -> Result<(), String> {
    let path = beside(bundle);
    let differs = match fs::read_to_string(&path) {
        Ok(text) if text.trim_end() == digest => return Ok(()),
        Ok(_) => "was trained on other recordings".to_owned(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().unwrap_or_default().display();
            format!("has no {name} beside it, so nothing says what recordings it was trained on")
        }
        Err(e) => return Err(format!("cannot read {}: {e}", path.display())),
    };
    Err(format!(
        "{} {differs}; remove it, give another --out, or give its folder as --folds-from to test \
         it all the same",
        bundle.display()
    ))
}

fn beside(bundle: &Path) -> PathBuf {
    let mut path = bundle.as_os_str().to_owned();
    path.push(".trained-on");
    path.into()
}
