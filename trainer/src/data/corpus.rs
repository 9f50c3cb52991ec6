//! The windows of everyone whom one `--data` names, for training.

use graspd::examine::ExaminedSource;
use graspd::source::Source;

use super::catalogue::Catalogue;
use super::error::DataError;
use super::recording::{Recording, Skipped};
use super::set::DataSet;
use super::spec::DataSpec;
use super::windows::{self, WindowShape, Windows};
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
    let source = set.open(&recording.path).map_err(|e| e.to_string())?;
    let mut source = ExaminedSource::new(source, shape.channels);
    let (windows, counts) = windows::of(&mut source, shape).map_err(|e| e.to_string())?;
    if windows.is_empty() {
        let why = match source.doubts().first() {
            Some(doubt) => doubt.to_string(),
            None => format!(
                "{} gaps, {} rows unreadable, {} samples off 25 to 400 Hz",
                counts.gaps,
                source.counts().malformed,
                counts.off_rate
            ),
        };
        return Err(format!("no {} frames without a gap ({why})", shape.frames));
    }
    Ok(Session {
        name: recording.session.clone(),
        windows,
    })
}
