//! The windows of everyone whom one `--data` names, for training.

use super::catalogue::Catalogue;
use super::error::DataError;
use super::recording::Skipped;
use super::set::DataSet;
use super::spec::DataSpec;
use super::usable_windows::usable_windows;
use super::windows::{WindowShape, Windows};
use crate::progress::Progress;

/// People of one data set with their windows.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Which data set.
    pub set: DataSet,
    /// In order of their ids; each has at least one session with a window.
    pub people: Vec<Person>,
    /// Sessions that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

/// One person of a data set.
#[derive(Debug, Clone)]
pub struct Person {
    /// Id, as the data set names people.
    pub id: String,
    /// In the data set's own order.
    pub sessions: Vec<Session>,
}

/// One recording session of a person.
#[derive(Debug, Clone)]
pub struct Session {
    /// Name, as the data set has it.
    pub name: String,
    /// Windows, oldest first; at least one.
    pub windows: Windows,
}

impl Corpus {
    /// Reads the people that `spec` names, in windows of `shape`. [`DataError::Empty`]
    /// if nobody has a window.
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
                match usable_windows(spec.set, &recording, shape) {
                    Ok(windows) => {
                        let new = || Person {
                            id: recording.person,
                            sessions: Vec::new(),
                        };
                        person.get_or_insert_with(new).sessions.push(Session {
                            name: recording.session,
                            windows,
                        });
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
