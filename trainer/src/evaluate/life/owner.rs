//! One owner's life.

use graspd::model::cohort::Cohort;
use graspd::owner::ocsvm::FitError;
use graspd::owner::score::Scorer;
use ndarray::{Axis, Slice, concatenate};

use super::SITTINGS;
use super::adaptation::{Adaptation, LivedSession};
use super::results::{LifeOwner, LifeSession};
use crate::evaluate::features::{Features, PersonFeatures};
use crate::evaluate::test_set::TestSet;
use crate::evaluate::trials::{ScoredSession, Trials};
use crate::evaluate::verification::{
    Enrolment, enrol, enrolment_sessions, sample_evenly, test_sessions,
};

/// Milliseconds of a day.
const DAY_MS: f64 = 86_400_000.0;
/// Rate of accepted impostors at which rejections are given.
const FAR: f64 = 0.1;

/// What lives are made of.
pub(super) struct Life<'a> {
    pub test_set: &'a TestSet,
    pub people: &'a [PersonFeatures],
    pub how: Enrolment,
    pub cohort: Option<&'a Cohort>,
    pub adaptation: Adaptation,
    pub windows_a_sitting: usize,
    /// Windows that are averaged for the figures over 30 s.
    pub run: usize,
}

impl Life<'_> {
    /// The life of `owner`. `None` without a session after the enrolment, or impostors.
    pub(super) fn of(&self, owner: usize) -> Result<Option<LifeOwner>, FitError> {
        let sessions = &self.people[owner].sessions;
        if sessions.len() <= SITTINGS {
            return Ok(None);
        }
        let sitting = |rows: &Features| {
            let most = rows.nrows().min(self.windows_a_sitting);
            rows.slice_axis(Axis(0), Slice::from(..most)).to_owned()
        };
        let mut profile: Vec<Features> = sessions[..SITTINGS].iter().map(sitting).collect();
        let enrolled_windows = profile.iter().map(Features::nrows).sum();
        let half = enrolment_sessions(sessions.len()).unwrap_or(0);
        let mut scorer = self.scorer(&profile)?;
        let mut impostors = self.impostors(owner, &scorer);
        let mut all = impostors.clone();
        let mut later = impostors.clone();
        let mut lived = Vec::new();
        for (number, rows) in sessions.iter().enumerate().skip(SITTINGS) {
            let own = score(&scorer, owner, owner, rows);
            let learnt = self.adaptation.learn(&LivedSession {
                rows,
                scores: &own.scores,
            });
            let mut trials = impostors.clone();
            trials.push(own.clone());
            all.push(own.clone());
            if number >= half {
                later.push(own);
            }
            let figures = self.session(owner, number, Trials::new(trials));
            lived.push(LifeSession {
                profile_sessions: profile.len(),
                learnt: learnt.is_some(),
                ..figures
            });
            if let Some(rows) = learnt {
                profile.push(rows);
                scorer = self.scorer(&profile)?;
                impostors = self.impostors(owner, &scorer);
                all.extend(impostors.clone());
                later.extend(impostors.clone());
            }
        }
        if impostors.iter().all(|session| session.scores.is_empty()) {
            return Ok(None);
        }
        let reference = self.reference(owner)?;
        let (all, later) = (Trials::new(all), Trials::new(later));
        let others = self
            .people
            .iter()
            .filter(|one| one.id != self.people[owner].id);
        Ok(Some(LifeOwner {
            owner: self.people[owner].id.clone(),
            impostors: others.map(|one| one.id.clone()).collect(),
            enrolled_windows,
            sessions: lived,
            eer: all.eer(),
            eer_30s: all.fused(self.run).eer(),
            eer_later_half: later.eer(),
            eer_30s_later_half: later.fused(self.run).eer(),
            eer_half_enrolled: reference.eer(),
            eer_30s_half_enrolled: reference.fused(self.run).eer(),
        }))
    }

    fn scorer(&self, profile: &[Features]) -> Result<Scorer, FitError> {
        let views: Vec<_> = profile.iter().map(|rows| rows.view()).collect();
        let rows = concatenate(Axis(0), &views).unwrap_or_default();
        let numbered = (0u32..).zip(profile);
        let sessions: Vec<u32> = numbered
            .flat_map(|(number, rows)| std::iter::repeat_n(number, rows.nrows()))
            .collect();
        enrol(&rows, &sessions, self.how, self.cohort)
    }

    /// Trials of the later half, by a profile of the earlier half.
    fn reference(&self, owner: usize) -> Result<Trials, FitError> {
        let sessions = &self.people[owner].sessions;
        let half = enrolment_sessions(sessions.len()).unwrap_or(0);
        let (rows, numbers) = sample_evenly(&sessions[..half], self.how.windows);
        let scorer = enrol(&rows, &numbers, self.how, self.cohort)?;
        let own = sessions[half..].iter();
        let own = own.map(|rows| score(&scorer, owner, owner, rows));
        Ok(Trials::new(
            own.chain(self.impostors(owner, &scorer)).collect(),
        ))
    }

    fn impostors(&self, owner: usize, scorer: &Scorer) -> Vec<ScoredSession> {
        let others = (0..self.people.len()).filter(|other| *other != owner);
        let sessions = others.flat_map(|other| {
            let theirs = test_sessions(&self.people[other].sessions).iter();
            theirs.map(move |rows| (other, rows))
        });
        sessions
            .map(|(other, rows)| score(scorer, owner, other, rows))
            .collect()
    }

    fn session(&self, owner: usize, number: usize, trials: Trials) -> LifeSession {
        let sessions = &self.test_set.people[owner].sessions;
        let recording = &sessions[number].recording;
        let set = self.test_set.set;
        let began = |number: usize| set.began_unix_ms(&sessions[number].recording.path);
        let days = match (began(0), began(number)) {
            (Some(first), Some(now)) => Some((now as f64 - first as f64) / DAY_MS),
            _ => None,
        };
        let genuine = trials.sessions().iter().filter(|one| one.genuine);
        LifeSession {
            session: recording.session.clone(),
            days,
            windows: genuine.map(|one| one.scores.len()).sum(),
            profile_sessions: 0,
            eer: trials.eer(),
            eer_30s: trials.fused(self.run).eer(),
            frr_at_far_10: frr_at_far(&trials, FAR),
            learnt: false,
        }
    }
}

fn score(scorer: &Scorer, owner: usize, person: usize, rows: &Features) -> ScoredSession {
    ScoredSession {
        person,
        genuine: person == owner,
        scores: rows.outer_iter().map(|row| scorer.score(row).0).collect(),
    }
}

/// Lowest rate of rejections at no more than this rate of acceptances.
fn frr_at_far(trials: &Trials, far: f64) -> Option<f64> {
    trials.eer()?;
    let points = trials.roc().det();
    let allowed = points.iter().filter(|point| point.far <= far);
    allowed.map(|point| point.frr).reduce(f64::min)
}
