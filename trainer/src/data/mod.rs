//! People, their sessions, and the windows of each session.
//!
//! Every reader goes through graspd's own source, alignment and window code
//! ([`windows::of`]), so that what a network is taught on is what the daemon
//! will show it.

mod hmog;
pub mod spec;
pub mod windows;

use std::path::PathBuf;

use thiserror::Error;

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
    /// In the order in which they were recorded.
    pub sessions: Vec<Session>,
}

/// One stretch of use, from picking the phone up to putting it away.
#[derive(Debug, Clone)]
pub struct Session {
    /// As the data set numbers it.
    pub number: u32,
    /// Its windows, oldest first.
    pub windows: Windows,
}

/// A session that was passed over.
#[derive(Debug, Clone)]
pub struct Skipped {
    /// Person and session, as in the data set.
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
    #[error("{} holds no {set} data: expected {expected}", path.display())]
    Layout {
        /// The folder.
        path: PathBuf,
        /// The data set.
        set: DataSet,
        /// What should be there.
        expected: &'static str,
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
        let corpus = match spec.set {
            DataSet::Hmog => hmog::read(spec, shape, progress)?,
        };
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
