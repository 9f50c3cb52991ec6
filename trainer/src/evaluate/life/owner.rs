//! One owner's life.

use graspd::motion::Sample;
use graspd::owner::ocsvm::FitError;
use graspd::owner::score::Scorer;
use ndarray::{Axis, Slice, concatenate};

use super::SITTINGS;
use super::adaptation::Adaptation;
use super::growing_profile::EnrolmentSetup;
use super::owner_scorer::OwnerScorer;
use super::results::{LifeErrors, LifeOwner, LifeSession};
use super::trials_over_time::TrialsOverTime;
use crate::evaluate::EvaluateError;
use crate::evaluate::decision::read_samples;
use crate::evaluate::person_features::PersonFeatures;
use crate::evaluate::test_set::TestSet;
use crate::evaluate::trials::{ScoredSession, Trials};
use crate::evaluate::verification::enrol;
use crate::features::{Features, enrolment_sessions, sample_evenly};

/// Milliseconds of a day.
const DAY_MS: f64 = 86_400_000.0;
/// Rate of accepted impostors at which rejections are given.
const FAR: f64 = 0.1;

/// What lives are made of.
pub(super) struct Life<'a> {
    pub test_set: &'a TestSet,
    pub people: &'a [PersonFeatures],
    pub setup: EnrolmentSetup<'a>,
    pub adaptation: Adaptation,
    pub windows_a_sitting: usize,
    /// Windows that are averaged for the figures over 30 s.
    pub run: usize,
}

/// The sessions after an enrolment, with the verification trials of all of them.
pub(super) struct LifeTrials {
    sittings: usize,
    enrolled_windows: usize,
    pub(super) sessions: Vec<LifeSession>,
    all: TrialsOverTime,
    later: TrialsOverTime,
    /// By the profile as it was enrolled, where it changes.
    pub(super) as_enrolled: Option<(TrialsOverTime, TrialsOverTime)>,
    /// Why nothing could be learnt.
    pub(super) nothing_learnt: Option<String>,
}

impl Life<'_> {
    /// The life of `owner`. `None` without a session after the enrolment, or impostors.
    pub(super) fn of(&self, owner: usize) -> Result<Option<LifeOwner>, EvaluateError> {
        if self.people[owner].sessions.len() <= SITTINGS {
            return Ok(None);
        }
        let life_trials = match self.adaptation {
            Adaptation::None => Some(self.unchanging(owner)?),
            Adaptation::Daemon | Adaptation::Daily => self.learning(owner)?,
        };
        let Some(life_trials) = life_trials else {
            return Ok(None);
        };
        let reference = self.reference(owner)?;
        let (all, later) = (life_trials.all.trials(), life_trials.later.trials());
        let mut sessions = all.sessions().iter();
        if sessions.all(|one| one.genuine || one.scores.is_empty()) {
            return Ok(None);
        }
        let errors = |(all, later): (TrialsOverTime, TrialsOverTime)| {
            let (all, later) = (all.trials(), later.trials());
            LifeErrors {
                eer: all.eer(),
                eer_30s: all.fused(self.run).eer(),
                eer_later_half: later.eer(),
                eer_30s_later_half: later.fused(self.run).eer(),
            }
        };
        let others = (self.people.iter()).filter(|one| one.id != self.people[owner].id);
        Ok(Some(LifeOwner {
            owner: self.people[owner].id.clone(),
            impostors: others.map(|one| one.id.clone()).collect(),
            sittings: life_trials.sittings,
            enrolled_windows: life_trials.enrolled_windows,
            sessions: life_trials.sessions,
            eer: all.eer(),
            eer_30s: all.fused(self.run).eer(),
            eer_later_half: later.eer(),
            eer_30s_later_half: later.fused(self.run).eer(),
            eer_half_enrolled: reference.eer(),
            eer_30s_half_enrolled: reference.fused(self.run).eer(),
            as_enrolled: life_trials.as_enrolled.map(errors),
            nothing_learnt: life_trials.nothing_learnt,
        }))
    }

    /// A life in which the profile stays as it was enrolled.
    fn unchanging(&self, owner: usize) -> Result<LifeTrials, FitError> {
        let sessions = &self.people[owner].sessions;
        let sitting = |rows: &Features| {
            let most = rows.nrows().min(self.windows_a_sitting);
            rows.slice_axis(Axis(0), Slice::from(..most)).to_owned()
        };
        let profile: Vec<Features> = sessions[..SITTINGS].iter().map(sitting).collect();
        let scorer = self.scorer(&profile)?;
        let by = self.by(owner, &scorer, 1.0);
        let impostors = by.impostors();
        let mut life_trials =
            LifeTrials::after(SITTINGS, profile.iter().map(Features::nrows).sum());
        for (number, rows) in sessions.iter().enumerate().skip(SITTINGS) {
            let own = by.session(owner, rows);
            let figures = self.session(owner, number, &own, &impostors);
            life_trials.add(own, &impostors, 0, self.is_later(owner, number));
            life_trials.sessions.push(LifeSession {
                profile_sessions: SITTINGS,
                ..figures
            });
        }
        Ok(life_trials)
    }

    /// All samples of a session.
    pub(super) fn samples(
        &self,
        person: usize,
        number: usize,
    ) -> Result<Vec<Sample>, EvaluateError> {
        let recording = &self.test_set.people[person].sessions[number].recording;
        let mut source = self.test_set.set.open(&recording.path)?;
        Ok(read_samples(source.as_mut())?)
    }

    /// What scores for `owner`.
    pub(super) fn by<'b>(&'b self, owner: usize, scorer: &'b Scorer, unit: f64) -> OwnerScorer<'b> {
        OwnerScorer {
            scorer,
            unit,
            people: self.people,
            owner,
        }
    }

    pub(super) fn is_later(&self, owner: usize, number: usize) -> bool {
        let sessions = self.people[owner].sessions.len();
        number >= enrolment_sessions(sessions).unwrap_or(0)
    }

    fn scorer(&self, profile: &[Features]) -> Result<Scorer, FitError> {
        let views: Vec<_> = profile.iter().map(|rows| rows.view()).collect();
        let rows = concatenate(Axis(0), &views).unwrap_or_default();
        let numbered = (0u32..).zip(profile);
        let sessions: Vec<u32> = numbered
            .flat_map(|(number, rows)| std::iter::repeat_n(number, rows.nrows()))
            .collect();
        enrol(&rows, &sessions, self.setup.how, self.setup.cohort)
    }

    /// Trials of the later half, by a profile of the earlier half.
    fn reference(&self, owner: usize) -> Result<Trials, FitError> {
        let sessions = &self.people[owner].sessions;
        let half = enrolment_sessions(sessions.len()).unwrap_or(0);
        let how = self.setup.how;
        let (rows, numbers) = sample_evenly(&sessions[..half], how.windows);
        let scorer = enrol(&rows, &numbers, how, self.setup.cohort)?;
        let by = self.by(owner, &scorer, 1.0);
        let own = sessions[half..].iter();
        let own = own.map(|rows| by.session(owner, rows));
        Ok(Trials::new(own.chain(by.impostors()).collect()))
    }

    /// Figures of one session. What was learnt of it is not among them.
    pub(super) fn session(
        &self,
        owner: usize,
        number: usize,
        own: &ScoredSession,
        impostors: &[ScoredSession],
    ) -> LifeSession {
        let person = &self.test_set.people[owner];
        let recording = &person.sessions[number].recording;
        let began = |number: usize| person.began_unix_ms(number);
        let days = match (began(0), began(number)) {
            (Some(first), Some(now)) => Some((now as f64 - first as f64) / DAY_MS),
            _ => None,
        };
        let all = impostors.iter().chain([own]);
        let trials = Trials::new(all.cloned().collect());
        LifeSession {
            session: recording.session.clone(),
            days,
            windows: own.scores.len(),
            profile_sessions: 0,
            eer: trials.eer(),
            eer_30s: trials.fused(self.run).eer(),
            frr_at_far_10: frr_at_far(&trials, FAR),
            learnt: false,
            kept_out: None,
            locks: None,
            eer_as_enrolled: None,
            eer_30s_as_enrolled: None,
        }
    }
}

impl LifeTrials {
    pub(super) fn after(sittings: usize, enrolled_windows: usize) -> Self {
        Self {
            sittings,
            enrolled_windows,
            sessions: Vec::new(),
            all: TrialsOverTime::default(),
            later: TrialsOverTime::default(),
            as_enrolled: None,
            nothing_learnt: None,
        }
    }

    pub(super) fn add(
        &mut self,
        own: ScoredSession,
        impostors: &[ScoredSession],
        version: usize,
        later: bool,
    ) {
        if later {
            self.later.add(own.clone(), impostors, version);
        }
        self.all.add(own, impostors, version);
    }
}

/// Lowest rate of rejections at no more than this rate of acceptances.
fn frr_at_far(trials: &Trials, far: f64) -> Option<f64> {
    trials.eer()?;
    let points = trials.roc().det();
    let allowed = points.iter().filter(|point| point.far <= far);
    allowed.map(|point| point.frr).reduce(f64::min)
}
