//! The people of a test, and what the daemon would have seen of them.

use graspd::motion::rest::RestLimits;
use graspd::motion::{CHANNELS, RATE_HZ};
use ndarray::ArrayView2;
use sha2::{Digest, Sha256};

use crate::data::catalogue::Recording;
use crate::data::{
    Catalogue, DataError, DataSet, DataSpec, Skipped, WindowShape, Windows, windows,
};
use crate::folder::hexadecimal;
use crate::progress::Progress;

/// People of one data set.
#[derive(Debug, Clone)]
pub struct EnrolmentWindows {
    /// Where they come from.
    pub set: DataSet,
    /// Who has a session at all, in order of their ids.
    pub people: Vec<Person>,
    /// Sessions that could not be used, and why.
    pub skipped: Vec<Skipped>,
}

/// One person.
#[derive(Debug, Clone)]
pub struct Person {
    /// As the data set names them.
    pub id: String,
    /// Earliest first.
    pub sessions: Vec<Session>,
}

/// One session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Where it is.
    pub recording: Recording,
    /// Windows side by side, without those of a device at rest.
    pub windows: Windows,
    /// Windows left out because the device lay still: the daemon abstains.
    pub at_rest: usize,
}

impl EnrolmentWindows {
    /// Reads whom `spec` names, in windows of `frames` frames that do not overlap.
    pub fn read(spec: &DataSpec, frames: usize, progress: Progress) -> Result<Self, DataError> {
        let catalogue = Catalogue::of(spec)?;
        let bar = progress.bar("reading", catalogue.sessions());
        let mut material = Self {
            set: spec.set,
            people: Vec::new(),
            skipped: catalogue.skipped,
        };
        for recordings in catalogue.people {
            let mut sessions = Vec::new();
            let id = recordings.first().map(|first| first.person.clone());
            for recording in chronological(spec.set, recordings) {
                bar.step(1, &recording.person);
                match read(spec.set, &recording, frames) {
                    Ok((windows, at_rest)) => sessions.push(Session {
                        recording,
                        windows,
                        at_rest,
                    }),
                    Err(why) => material.skipped.push(recording.skipped(why)),
                }
            }
            if let Some(id) = id
                && !sessions.is_empty()
            {
                material.people.push(Person { id, sessions });
            }
        }
        bar.finish();
        if material.people.is_empty() {
            return Err(DataError::Empty {
                set: material.set,
                skipped: material.skipped.len(),
            });
        }
        Ok(material)
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

/// By date where the data set tells it, otherwise in its own order.
fn chronological(set: DataSet, recordings: Vec<Recording>) -> Vec<Recording> {
    let mut dated: Vec<_> = recordings
        .into_iter()
        .map(|recording| (set.began_unix_ms(&recording.path), recording))
        .collect();
    dated.sort_by_key(|(began, _)| *began);
    dated.into_iter().map(|(_, recording)| recording).collect()
}

fn read(set: DataSet, recording: &Recording, frames: usize) -> Result<(Windows, usize), String> {
    let mut source = set.open(&recording.path).map_err(|e| e.to_string())?;
    let side_by_side = WindowShape {
        frames,
        hop: frames,
        most: None,
    };
    let (all, _) = windows::of(&mut source, side_by_side).map_err(|e| e.to_string())?;
    if all.is_empty() {
        let seconds = frames / RATE_HZ as usize;
        return Err(format!("no {seconds} s without a gap"));
    }
    let moving = moving(&all, frames);
    let at_rest = all.len() - moving.len();
    Ok((moving, at_rest))
}

/// The windows of a device that does not lie still.
pub fn moving(all: &Windows, frames: usize) -> Windows {
    let mut moving = Windows::new(frames);
    for window in all.iter().filter(|window| !lies_still(window)) {
        moving.push(window.iter().copied());
    }
    moving
}

fn lies_still(window: &[f32]) -> bool {
    ArrayView2::from_shape((window.len() / CHANNELS, CHANNELS), window)
        .is_ok_and(|window| RestLimits::default().at_rest(window))
}
