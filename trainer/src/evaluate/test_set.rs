//! The people of a test and their windows, as the daemon would cut them.

use graspd::model::Bundle;
use graspd::motion::Channels;
use sha2::{Digest, Sha256};

use super::person_index::PersonId;
use crate::data::{
    Catalogue, DataError, DataSet, DataSpec, Recording, Skipped, WindowShape, Windows,
    usable_windows,
};
use crate::features::moving;
use crate::hash::hexadecimal;
use crate::progress::Progress;

/// Tested people of one data set.
#[derive(Debug, Clone)]
pub struct TestSet {
    /// The data set.
    pub set: DataSet,
    /// People with at least one session that can be used, in order of their ids.
    pub people: Vec<Person>,
    /// Sessions that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

/// One tested person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Id, as the data set names people.
    pub id: String,
    /// Sessions, earliest first if each has a date; else in the data set's own order, because
    /// one without a date may have been at any time.
    pub sessions: Vec<Session>,
}

impl Person {
    /// When session `number` began, in milliseconds since 1970; `None` unless all have a date,
    /// because otherwise they do not stand in the order of dates.
    pub fn began_unix_ms(&self, number: usize) -> Option<u64> {
        dates(&self.sessions)?.get(number).copied()
    }
}

/// When each of `sessions` began, in milliseconds since 1970; `None` unless all have a date.
pub(super) fn dates(sessions: &[Session]) -> Option<Vec<u64>> {
    sessions
        .iter()
        .map(|session| session.began_unix_ms)
        .collect()
}

/// One session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The recording, to be read again for replays.
    pub recording: Recording,
    /// When it began, ms since 1970; `None` where the data set does not say.
    pub began_unix_ms: Option<u64>,
    /// Windows without overlap, without those of a device at rest.
    pub windows: Windows,
    /// Number of windows left out because the device lay still; the daemon does not score
    /// those.
    pub at_rest: usize,
}

impl TestSet {
    /// Reads the people that `spec` names, in windows of `frames` frames of `channels` without
    /// overlap.
    pub fn read(
        spec: &DataSpec,
        channels: Channels,
        frames: usize,
        progress: Progress,
    ) -> Result<Self, DataError> {
        let shape = WindowShape {
            channels,
            frames,
            hop: frames,
            most: None,
        };
        let catalogue = Catalogue::of(spec)?;
        let bar = progress.bar("reading", catalogue.sessions());
        let mut test_set = Self {
            set: spec.set,
            people: Vec::new(),
            skipped: catalogue.skipped,
        };
        for recordings in catalogue.people {
            let mut sessions: Vec<Session> = Vec::new();
            let id = recordings.first().map(|first| first.person.clone());
            for recording in recordings {
                bar.step(1, &recording.person);
                match usable_windows(spec.set, &recording, shape) {
                    Ok(all) => {
                        let windows = moving(&all, frames);
                        sessions.push(Session {
                            began_unix_ms: spec.set.began_unix_ms(&recording.path),
                            recording,
                            at_rest: all.len() - windows.len(),
                            windows,
                        });
                    }
                    Err(why) => test_set.skipped.push(recording.skipped(why)),
                }
            }
            if dates(&sessions).is_some() {
                sessions.sort_by_key(|one| one.began_unix_ms);
            }
            if let Some(id) = id
                && !sessions.is_empty()
            {
                test_set.people.push(Person { id, sessions });
            }
        }
        bar.finish();
        Ok(test_set)
    }

    /// [`DataError::Empty`] if there is nobody in it.
    pub fn or_empty(self) -> Result<Self, DataError> {
        match self.people.is_empty() {
            false => Ok(self),
            true => Err(DataError::Empty {
                set: self.set,
                skipped: self.skipped.len(),
            }),
        }
    }

    /// Ids of the people, in their order.
    pub fn ids(&self) -> Vec<String> {
        self.people.iter().map(|person| person.id.clone()).collect()
    }

    /// The people, in their order.
    pub fn person_ids(&self) -> Vec<PersonId> {
        let ids = self.ids().into_iter();
        ids.map(|id| (self.set, id)).collect()
    }

    /// SHA-256 of everyone's windows and their sessions' names.
    pub fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        for session in self.people.iter().flat_map(|person| &person.sessions) {
            let recording = &session.recording;
            let (person, name) = (&recording.person, &recording.session);
            digest.update(format!("{person}\n{name}\n{}\n", session.at_rest));
            for value in session.windows.iter().flatten() {
                digest.update(value.to_le_bytes());
            }
        }
        hexadecimal(&digest.finalize())
    }
}

/// Those of `ids`, people of `set`, whom `bundle` was trained on, by its manifest.
pub fn seen_in_training(bundle: &Bundle, set: DataSet, ids: &[String]) -> Vec<String> {
    let data = &bundle.manifest().training.data;
    let of_set = data.iter().filter(|data| data.name == set.name());
    let trained_on: Vec<&String> = of_set.flat_map(|data| &data.people).collect();
    ids.iter()
        .filter(|id| trained_on.contains(id))
        .cloned()
        .collect()
}
