//! HMOG in its authors' layout: `public_dataset/<id>/<id>_session_<n>/`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use graspd::source::HmogSession;

use super::{Corpus, DataError, DataSpec, Person, Session, Skipped, WindowShape, windows};
use crate::progress::Progress;

/// Reads the people that `spec` asks for.
pub(super) fn read(
    spec: &DataSpec,
    shape: WindowShape,
    progress: Progress,
) -> Result<Corpus, DataError> {
    let mut people = people_of(spec)?;
    choose(&mut people, spec)?;
    let mut corpus = Corpus {
        set: spec.set,
        people: Vec::new(),
        skipped: Vec::new(),
    };
    let sessions = people.iter().map(|person| person.sessions.len()).sum();
    let bar = progress.bar("reading", sessions);
    for person in people {
        let mut read = Vec::new();
        for (number, folder) in person.sessions {
            match session(number, &folder, shape) {
                Ok(session) => read.push(session),
                Err(why) => corpus.skipped.push(Skipped {
                    session: format!("{} session {number}", person.id),
                    why,
                }),
            }
            bar.step(1, &person.id);
        }
        if !read.is_empty() {
            corpus.people.push(Person {
                id: person.id,
                sessions: read,
            });
        }
    }
    bar.finish();
    Ok(corpus)
}

fn session(number: u32, folder: &Path, shape: WindowShape) -> Result<Session, String> {
    let source = HmogSession::open(folder).map_err(|e| e.to_string())?;
    let (windows, counts) = windows::of(source, shape).map_err(|e| e.to_string())?;
    if windows.is_empty() {
        return Err(format!(
            "no {} frames without a gap ({} gaps)",
            shape.frames, counts.gaps
        ));
    }
    Ok(Session { number, windows })
}

/// A person's folder, not yet read.
struct PersonFolder {
    id: String,
    sessions: Vec<(u32, PathBuf)>,
}

fn people_of(spec: &DataSpec) -> Result<Vec<PersonFolder>, DataError> {
    let inner = spec.root.join("public_dataset");
    let root = if inner.is_dir() { &inner } else { &spec.root };
    let mut people = Vec::new();
    for (id, folder) in folders_in(root)? {
        let prefix = format!("{id}_session_");
        let mut sessions: Vec<(u32, PathBuf)> = folders_in(&folder)?
            .into_iter()
            .filter_map(|(name, path)| Some((name.strip_prefix(&prefix)?.parse().ok()?, path)))
            .collect();
        sessions.sort();
        if !sessions.is_empty() {
            people.push(PersonFolder { id, sessions });
        }
    }
    if people.is_empty() {
        return Err(DataError::Layout {
            path: spec.root.clone(),
            set: spec.set,
            expected: "public_dataset/<id>/<id>_session_<n>/Accelerometer.csv and Gyroscope.csv",
        });
    }
    Ok(people)
}

/// Leaves only whom the spec asks for.
fn choose(people: &mut Vec<PersonFolder>, spec: &DataSpec) -> Result<(), DataError> {
    let missing = |asked: &&String| !people.iter().any(|person| person.id == **asked);
    if let Some(person) = spec.people.iter().find(missing) {
        let here: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
        return Err(DataError::NoSuchPerson {
            set: spec.set,
            person: person.clone(),
            here: here.join(", "),
        });
    }
    if !spec.people.is_empty() {
        people.retain(|person| spec.people.contains(&person.id));
    }
    Ok(())
}

/// The folders in a folder, by name.
fn folders_in(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let failed = |source: io::Error| DataError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name
            && path.is_dir()
        {
            found.push((name.to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}
