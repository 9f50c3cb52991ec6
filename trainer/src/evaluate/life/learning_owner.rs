//! The life of an owner whose profile learns.

use graspd::enrol::adaptation::UnixTime;

use super::SITTINGS;
use super::growing_profile::GrowingProfile;
use super::owner::{Life, LifeTrials};
use super::results::LifeSession;
use super::trials_over_time::TrialsOverTime;
use crate::evaluate::EvaluateError;

/// What is said of a session that is recorded last.
const WAITS: &str = "it still waits when the recordings end";
/// Why it does not where there is nothing to judge.
const NO_PART: &str = "no part of it is the owner's by proof";

/// A profile after its enrolment.
pub(super) struct Enrolled<'a> {
    pub profile: GrowingProfile<'a>,
    pub sittings: usize,
    pub at: UnixTime,
}

impl Life<'_> {
    /// A life in which the profile learns. `None` if no enrolment is accepted that leaves a
    /// session.
    pub(super) fn learning(&self, owner: usize) -> Result<Option<LifeTrials>, EvaluateError> {
        let Some(Enrolled {
            profile: enrolled,
            sittings,
            at: mut now,
        }) = self.enrol(owner)?
        else {
            return Ok(None);
        };
        let mut profile = enrolled.clone();
        let windows = enrolled.profile().enrolment.windows as usize;
        let mut life_trials = LifeTrials::after(sittings, windows);
        life_trials.nothing_learnt = enrolled.off();
        let (mut trials, mut later) = <(TrialsOverTime, TrialsOverTime)>::default();
        let enrolled_by = self.by(owner, &enrolled.profile().scorer, enrolled.unit());
        let enrolled_impostors = enrolled_by.impostors();
        let mut impostors = enrolled_impostors.clone();
        let mut version = profile.version();
        let sessions = &self.people[owner].sessions;
        for (number, rows) in sessions.iter().enumerate().skip(sittings) {
            let began = self.adaptation.begins(self.test_set, (owner, number), now);
            if let Some((name, refused)) = profile.proven(began) {
                let session = &mut life_trials.sessions[name - sittings];
                session.learnt = refused.is_none();
                session.kept_out = refused.map(|why| why.to_string());
            }
            let by = self.by(owner, &profile.profile().scorer, profile.unit());
            if profile.version() != version {
                version = profile.version();
                impostors = by.impostors();
            }
            let own = by.session(owner, rows);
            let is_later = self.is_later(owner, number);
            let figures = self.session(owner, number, &own, &impostors);
            life_trials.add(own, &impostors, version, is_later);
            let before = enrolled_by.session(owner, rows);
            let fixed = self.session(owner, number, &before, &enrolled_impostors);
            trials.add(before.clone(), &enrolled_impostors, 0);
            if is_later {
                later.add(before, &enrolled_impostors, 0);
            }

            let used = profile.replay(&self.samples(owner, number)?)?;
            let profile_sessions = profile.sessions();
            let judged = profile.record(number, began, &used);
            let waits = judged.iter().any(|one| one.refused.is_none());
            let mut refusals = judged.into_iter().filter_map(|one| one.refused);
            now = began.after(used.length);
            life_trials.sessions.push(LifeSession {
                profile_sessions,
                locks: Some(used.locks),
                eer_as_enrolled: fixed.eer,
                eer_30s_as_enrolled: fixed.eer_30s,
                kept_out: Some(match (waits, refusals.next_back()) {
                    (true, _) => WAITS.into(),
                    (false, Some(why)) => why.to_string(),
                    (false, None) => profile.off().unwrap_or_else(|| NO_PART.into()),
                }),
                ..figures
            });
        }
        life_trials.as_enrolled = Some((trials, later));
        Ok(Some(life_trials))
    }

    /// Enrols `owner` as the daemon does, in [`SITTINGS`] or as many more as it takes; `None`
    /// if that leaves no session.
    pub(super) fn enrol(&self, owner: usize) -> Result<Option<Enrolled<'_>>, EvaluateError> {
        let mut enrolment = self.setup.begin()?;
        let mut now = UnixTime::default();
        for number in 0..self.people[owner].sessions.len().saturating_sub(1) {
            let samples = self.samples(owner, number)?;
            self.setup.add_sitting(&mut enrolment, &samples)?;
            let length = match (samples.first(), samples.last()) {
                (Some(first), Some(last)) => last.t.since(first.t),
                _ => continue,
            };
            let began = self.adaptation.begins(self.test_set, (owner, number), now);
            now = began.after(length);
            if number + 1 < SITTINGS {
                continue;
            }
            if let Ok(profile) = GrowingProfile::of(&enrolment, self.setup, now) {
                return Ok(Some(Enrolled {
                    profile,
                    sittings: number + 1,
                    at: now,
                }));
            }
        }
        Ok(None)
    }
}
