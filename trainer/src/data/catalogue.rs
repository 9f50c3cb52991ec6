//! Who is in a data set's folder and which sessions they have, by the names of
//! the files alone.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{DataError, DataSpec, Skipped};

/// A session that is there to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Whose, as the data set names them.
    pub person: String,
    /// As the data set names it.
    pub session: String,
    /// Place among the person's sessions; names decide between equals.
    pub order: u32,
    /// What [`DataSet::open`](super::DataSet::open) takes.
    pub path: PathBuf,
}

impl Recording {
    pub(crate) fn skipped(&self, why: String) -> Skipped {
        Skipped {
            session: format!("{} session {}", self.person, self.session),
            why,
        }
    }
}

/// What a `--data` argument asks for.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Each person's recordings in the data set's own order, which need not be
    /// that of their dates; people in order of their ids.
    pub people: Vec<Vec<Recording>>,
    /// What lies among the recordings under a name that none has.
    pub skipped: Vec<Skipped>,
}

impl Catalogue {
    /// Looks for what `spec` names.
    pub fn of(spec: &DataSpec) -> Result<Self, DataError> {
        let set = spec.set;
        let Found {
            recordings,
            skipped,
        } = set.find(&spec.root)?;
        // Ids that are numbers by their value, 2 before 10.
        let mut people = BTreeMap::<(Option<u64>, String), Vec<Recording>>::new();
        for recording in recordings {
            let id = (recording.person.parse().ok(), recording.person.clone());
            people.entry(id).or_default().push(recording);
        }
        if people.is_empty() {
            let path = spec.root.clone();
            return Err(DataError::Layout { path, set });
        }
        let here = || people.keys().map(|(_, id)| id.as_str());
        if let Some(person) = spec
            .people
            .iter()
            .find(|asked| !here().any(|id| id == *asked))
        {
            return Err(DataError::NoSuchPerson {
                set,
                person: person.clone(),
                here: here().collect::<Vec<_>>().join(", "),
            });
        }
        people.retain(|(_, id), _| spec.people.is_empty() || spec.people.contains(id));
        for recordings in people.values_mut() {
            recordings.sort_by(|a, b| (a.order, &a.session).cmp(&(b.order, &b.session)));
        }
        Ok(Self {
            people: people.into_values().collect(),
            skipped,
        })
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.people.iter().map(Vec::len).sum()
    }
}

/// What a folder turned out to hold.
#[derive(Debug, Default)]
pub(super) struct Found {
    recordings: Vec<Recording>,
    skipped: Vec<Skipped>,
}

impl Found {
    /// Adds what is at `path`, if `recording` can tell from its name what it is.
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

/// The folder `name` in `root`, or `root` where that was given instead.
pub(super) fn inner(root: &Path, name: &str) -> PathBuf {
    let inner = root.join(name);
    if inner.is_dir() {
        inner
    } else {
        root.to_owned()
    }
}

/// What is in a folder and not hidden, by name.
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
