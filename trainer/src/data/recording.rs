//! The recordings in a data set's folder, found by file names alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::DataError;

/// One session's file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Id of the person, as the data set names people.
    pub person: String,
    /// Name of the session, as the data set has it.
    pub session: String,
    /// Position among the person's sessions; equal ones are ordered by name.
    pub order: u32,
    /// File or folder, for [`DataSet::open`](super::DataSet::open).
    pub path: PathBuf,
}

impl Recording {
    /// `<person> session <name>`.
    pub fn name(&self) -> String {
        format!("{} session {}", self.person, self.session)
    }

    /// This recording as left out for the reason `why`.
    pub(crate) fn skipped(&self, why: String) -> Skipped {
        let session = self.name();
        Skipped { session, why }
    }
}

/// A session or a file that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// `<person> session <name>`, or a path.
    pub session: String,
    /// Reason, for people to read.
    pub why: String,
}

/// Recordings found in a folder, and files that are none.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) recordings: Vec<Recording>,
    pub(super) skipped: Vec<Skipped>,
}

impl Found {
    /// Adds the recording that `recording` makes of `path`; where it gives `None`, the
    /// path counts as skipped.
    pub(super) fn add(
        &mut self,
        path: PathBuf,
        recording: impl FnOnce(PathBuf) -> Option<Recording>,
    ) {
        let name = path.display().to_string();
        match recording(path) {
            Some(recording) => self.recordings.push(recording),
            None => self.skipped.push(Skipped {
                session: name,
                why: "no recording of this data set has such a name".into(),
            }),
        }
    }
}

/// The folder `name` in `root` if there is one, else `root` itself.
pub(super) fn inner(root: &Path, name: &str) -> PathBuf {
    let inner = root.join(name);
    if inner.is_dir() {
        inner
    } else {
        root.to_owned()
    }
}

/// Entries of a folder that are not hidden: name and path, ordered by name.
pub(super) fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let failed = |source: io::Error| DataError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') {
            found.push((name.into_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}
