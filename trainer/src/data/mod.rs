//! People, their sessions, and the windows of each session.
//!
//! Every reader goes through graspd's own source, alignment and window code
//! ([`windows::of`]), so that what a network is taught on is what the daemon
//! will show it.

pub mod catalogue;
mod hapt;
mod hmog;
mod motionsense;
mod own;
mod regular;
mod sisfall;
pub mod spec;
pub mod windows;

use std::path::PathBuf;

use serde::Serialize;
use thiserror::Error;

pub use catalogue::{Catalogue, Recording};
pub use spec::{DataSet, DataSpec};
pub use windows::{WindowShape, Windows};

use crate::progress::Progress;

/// What was read of a data set.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Where it comes from.
    pub set: DataSet,
    /// In order of their ids; each has a session with a window at least.
    pub people: Vec<Person>,
    /// Sessions that could not be used, and why.
    pub skipped: Vec<Skipped>,
}

/// One person of a data set.
#[derive(Debug, Clone)]
pub struct Person {
    /// As the data set names them.
    pub id: String,
    /// In the data set's own order.
    pub sessions: Vec<Session>,
}

/// One stretch of use, from picking the phone up to putting it away.
#[derive(Debug, Clone)]
pub struct Session {
    /// As the data set names it.
    pub name: String,
    /// Its windows, oldest first.
    pub windows: Windows,
}

/// A session or a file that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Person and session, as in the data set, or a path.
    pub session: String,
    /// What is wrong with it.
    pub why: String,
}

/// Why a data set cannot be used.
#[derive(Debug, Error)]
pub enum DataError {
    /// The folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The folder is not laid out as its authors publish it.
    #[error("{} holds no {set} data: expected {}", path.display(), set.layout())]
    Layout {
        /// The folder.
        path: PathBuf,
        /// The data set.
        set: DataSet,
    },
    /// A person was asked for who is not there.
    #[error("{set} has no person `{person}` here; it has {here}")]
    NoSuchPerson {
        /// The data set.
        set: DataSet,
        /// Who was asked for.
        person: String,
        /// Who is there.
        here: String,
    },
    /// Nothing usable was found.
    #[error("no session of {set} gave a single whole window ({skipped} sessions skipped)")]
    Empty {
        /// The data set.
        set: DataSet,
        /// How many sessions were passed over.
        skipped: usize,
    },
}

impl Corpus {
    /// Reads what `spec` names, as windows of `shape`.
    pub fn read(
        spec: &DataSpec,
        shape: WindowShape,
        progress: Progress,
    ) -> Result<Self, DataError> {
        let catalogue = Catalogue::of(spec)?;
        let bar = progress.bar("reading", catalogue.sessions());
        let mut corpus = Self {
            set: spec.set,
            people: Vec::new(),
            skipped: catalogue.skipped,
        };
        for recordings in catalogue.people {
            let mut person: Option<Person> = None;
            for recording in recordings {
                bar.step(1, &recording.person);
                match read(spec.set, &recording, shape) {
                    Ok(session) => {
                        let new = || Person {
                            id: recording.person,
                            sessions: Vec::new(),
                        };
                        person.get_or_insert_with(new).sessions.push(session);
                    }
                    Err(why) => corpus.skipped.push(recording.skipped(why)),
                }
            }
            corpus.people.extend(person);
        }
        bar.finish();
        if corpus.people.is_empty() {
            return Err(DataError::Empty {
                set: corpus.set,
                skipped: corpus.skipped.len(),
            });
        }
        Ok(corpus)
    }

    /// Sessions of all people.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.people.iter().flat_map(|person| &person.sessions)
    }
}

fn read(set: DataSet, recording: &Recording, shape: WindowShape) -> Result<Session, String> {
    let mut source = set.open(&recording.path).map_err(|e| e.to_string())?;
    let (windows, counts) = windows::of(&mut source, shape).map_err(|e| e.to_string())?;
    if windows.is_empty() {
        return Err(format!(
            "no {} frames without a gap ({} gaps, {} rows unreadable, {} samples off 25 to 400 Hz)",
            shape.frames,
            counts.gaps,
            source.counts().malformed,
            counts.off_rate
        ));
    }
    Ok(Session {
        name: recording.session.clone(),
        windows,
    })
}
