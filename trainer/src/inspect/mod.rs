//! `grasp-train inspect`: a survey of recordings (minutes, rates, gaps, sensor values at
//! rest).

pub mod page;
pub mod rest;
pub mod session;
pub mod table;

use serde::Serialize;

pub use rest::Rest;
pub use session::SessionSurvey;

use crate::data::{Catalogue, DataError, DataSet, DataSpec, Recording, Skipped};
use crate::progress::Progress;
use rest::Second;

/// Survey of one data set.
#[derive(Debug, Clone, Serialize)]
pub struct Survey {
    /// Name of the data set, as in `--data`.
    pub set: &'static str,
    /// Terms of use that were stated with the data.
    pub terms: &'static str,
    /// People with a readable session, in order of their ids.
    pub people: Vec<PersonSurvey>,
    /// Sessions that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

/// Survey of one person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonSurvey {
    /// Id, as the data set names people.
    pub id: String,
    /// Values at rest over all their sessions. `None` without a second free of gaps.
    pub rest: Option<Rest>,
    /// Sessions in the data set's own order.
    pub sessions: Vec<SessionSurvey>,
}

impl Survey {
    /// Reads the people that `spec` names. [`DataError::Empty`] if no session can be read.
    pub fn of(spec: &DataSpec, progress: Progress) -> Result<Self, DataError> {
        let catalogue = Catalogue::of(spec)?;
        let bar = progress.bar("reading", catalogue.sessions());
        let mut skipped = catalogue.skipped;
        let mut people = Vec::new();
        for recordings in catalogue.people {
            let mut seconds = Vec::new();
            let mut sessions = Vec::new();
            let id = recordings
                .first()
                .map_or("", |first| &first.person)
                .to_owned();
            for recording in recordings {
                bar.step(1, &id);
                match read(spec.set, &recording) {
                    Ok((session, own)) => {
                        sessions.push(session);
                        seconds.extend(own);
                    }
                    Err(why) => skipped.push(recording.skipped(why)),
                }
            }
            if !sessions.is_empty() {
                people.push(PersonSurvey {
                    id,
                    rest: Rest::of(&mut seconds),
                    sessions,
                });
            }
        }
        bar.finish();
        if people.is_empty() {
            return Err(DataError::Empty {
                set: spec.set,
                skipped: skipped.len(),
            });
        }
        Ok(Self {
            set: spec.set.name(),
            terms: spec.set.terms(),
            people,
            skipped,
        })
    }

    /// Sessions of all people.
    pub fn sessions(&self) -> impl Iterator<Item = &SessionSurvey> {
        self.people.iter().flat_map(|person| &person.sessions)
    }
}

fn read(set: DataSet, recording: &Recording) -> Result<(SessionSurvey, Vec<Second>), String> {
    let mut source = set.open(&recording.path).map_err(|e| e.to_string())?;
    let (session, seconds) =
        session::read(&recording.session, source.as_mut()).map_err(|e| e.to_string())?;
    if session.minutes == 0.0 {
        if let Some(doubt) = session.doubts.first() {
            return Err(format!(
                "not one instant at which both sensors are known: {doubt}"
            ));
        }
        return Err(format!(
            "not one instant at which both sensors are known ({} rows unreadable, {} samples \
             off 25 to 400 Hz)",
            session.source.malformed, session.align.off_rate
        ));
    }
    Ok((session, seconds))
}
