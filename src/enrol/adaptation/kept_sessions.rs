//! The windows that a profile is made of: those of the enrolment, and of sessions of use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::redundancy::SessionMeans;
use super::{
    BETWEEN_SESSIONS, Judge, KEPT_WINDOWS, Label, MOST_LEARNT, NoJudge, Refusal, SessionRecord,
    SessionScores, SessionWindows, UnixTime,
};
use crate::enrol::{
    DecisionBudget, EnrolError, EnrolReport, EnrolmentWindows, GammaRule, LearnOptions,
};
use crate::model::cohort::Cohort;
use crate::owner::ocsvm::{Gamma, Nu};
use crate::owner::profile::Profile;
use crate::sealed::{Kind, Sealed};

/// Most labels of false locks that are kept; more forget the oldest.
const MOST_LABELS: usize = 100;

/// The windows that an owner was enrolled with, and the sessions that wait to be learnt or
/// were. From these the profile is made again whenever a session joins or is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptSessions {
    owner_uid: u32,
    /// See [`Profile::created_unix_s`]; a profile keeps it when it learns.
    enrolled_at: UnixTime,
    nu: Nu,
    /// `None` if γ was chosen by held-out windows.
    gamma: Option<Gamma>,
    enrolled: EnrolmentWindows,
    /// Oldest first.
    added: Vec<AddedSession>,
    /// When a session was last recorded, even if it has been dropped since, unless its owner
    /// took it back.
    last_recorded: Option<UnixTime>,
    /// Whether the profile has still to be made of these sessions.
    stale: bool,
    /// When a lock was labelled false, oldest first.
    false_locks: Vec<UnixTime>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AddedSession {
    record: SessionRecord,
    embeddings: Vec<f32>,
}

impl Sealed for KeptSessions {
    const KIND: Kind = Kind {
        name: "record of learnt sessions",
        renew: "enrol again",
    };
    const MAGIC: [u8; 8] = *b"GRASPSE\0";
    const VERSION: u32 = 1;

    fn defect(&self) -> Option<&'static str> {
        let columns = self.enrolled.columns();
        let whole = |session: &AddedSession| {
            let windows = session.record.windows as usize;
            windows.checked_mul(columns) == Some(session.embeddings.len())
                && (1..=KEPT_WINDOWS).contains(&windows)
                && session.embeddings.iter().all(|v| v.is_finite())
        };
        if let Some(defect) = self.enrolled.defect() {
            return Some(defect);
        }
        (!self.added.iter().all(whole)).then_some("a session is cut off or holds no numbers")
    }
}

impl KeptSessions {
    /// The sessions of `profile`, which was made of `enrolled` with `how`.
    pub fn of(enrolled: &EnrolmentWindows, how: &LearnOptions, profile: &Profile) -> Self {
        Self {
            owner_uid: profile.owner_uid,
            enrolled_at: UnixTime(profile.created_unix_s),
            nu: how.nu,
            gamma: match how.gamma {
                GammaRule::Fixed(gamma) => Some(gamma),
                GammaRule::HeldOut => None,
            },
            enrolled: enrolled.thinned(),
            added: Vec::new(),
            last_recorded: None,
            stale: false,
            false_locks: Vec::new(),
        }
    }

    /// Whether `profile` is of the same enrolment.
    pub fn belongs_to(&self, profile: &Profile) -> bool {
        self.owner_uid == profile.owner_uid
            && self.enrolled_at == UnixTime(profile.created_unix_s)
            && self.enrolled.model() == profile.model
    }

    /// The judge of sessions: made of the windows of the enrolment alone, whatever was learnt.
    pub fn judge(&self, rule: &DecisionBudget, cohort: Option<&Cohort>) -> Result<Judge, NoJudge> {
        let (profile, _) = self.made_of(&self.enrolled, rule, cohort)?;
        Judge::of(profile)
    }

    /// Records `session`, which ended at `now`, to be learnt after a while; of one that a false
    /// lock has ended what came before there was doubt.
    pub fn propose(
        &mut self,
        judge: &Judge,
        session: &SessionWindows,
        label: Label,
        now: UnixTime,
    ) -> Result<SessionScores, Refusal> {
        if session.columns() != self.enrolled.columns() {
            return Err(Refusal::OtherModel);
        }
        let undoubted;
        let session = match label {
            Label::Undisturbed => session,
            Label::FalseLock => {
                undoubted = judge.before_doubt(session);
                &undoubted
            }
        };
        let scores = judge.scores(session);
        judge.admits(&scores)?;
        if now < self.enrolled_at.max(self.last_recorded.unwrap_or_default()) {
            return Err(Refusal::ClockSetBack);
        }
        if self
            .last_recorded
            .is_some_and(|last| now < last.after(BETWEEN_SESSIONS))
        {
            return Err(Refusal::TooSoon);
        }
        let embeddings = session.thinned(KEPT_WINDOWS);
        self.last_recorded = Some(now);
        self.added.push(AddedSession {
            record: SessionRecord {
                recorded: now,
                learnt: None,
                label,
                windows: (embeddings.len() / session.columns()) as u32,
                score: scores.mean,
            },
            embeddings,
        });
        Ok(scores)
    }

    /// Drops waiting sessions that were recorded far in the future, because the clock was wrong
    /// then or is now, and sets the time of the last recorded one back to `now`: were the clock
    /// wrong now, what is recorded next would otherwise join as soon as it is right. Whether
    /// anything has changed.
    pub fn heed_clock(&mut self, now: UnixTime) -> bool {
        if now < self.enrolled_at {
            return false;
        }
        let ahead = self.last_recorded.filter(|at| at.is_far_ahead_of(now));
        if ahead.is_some() {
            self.last_recorded = Some(now);
        }
        let before = self.added.len();
        self.added.retain(|AddedSession { record, .. }| {
            record.learnt.is_some() || !record.recorded.is_far_ahead_of(now)
        });
        ahead.is_some() || self.added.len() < before
    }

    /// Why the clock keeps sessions from being learnt, and what becomes of that, for people;
    /// `None` if it does not.
    pub fn clock_trouble(&self, now: UnixTime) -> Option<&'static str> {
        if now < self.enrolled_at {
            return Some(
                "the system's clock is before the time of the enrolment, and until then nothing is \
                 learnt: set it, or enrol again if it was wrong then",
            );
        }
        let waiting = self.records().filter(|record| record.learnt.is_none());
        let mut times = waiting
            .map(|record| record.recorded)
            .chain(self.last_recorded);
        times.any(|at| at.is_far_ahead_of(now)).then_some(
            "a session was recorded at a time to come, so the system's clock was wrong then or is \
             now: at the end of the next session it is dropped if it waits, and others are \
             recorded again a day later",
        )
    }

    /// Lets the oldest session that has waited for `wait` join, in the place of the most
    /// redundant learnt one if there are as many as may be; whether there was one.
    pub fn admit(&mut self, now: UnixTime, wait: Duration) -> bool {
        let Some(at) = self.due(now, wait) else {
            return false;
        };
        self.added[at].record.learnt = Some(now);
        self.stale = true;
        if self.learnt().count() > MOST_LEARNT {
            self.replace_one(at);
        }
        true
    }

    /// Drops the session that [`KeptSessions::admit`] would let join.
    pub fn reject(&mut self, now: UnixTime, wait: Duration) {
        if let Some(at) = self.due(now, wait) {
            self.added.remove(at);
        }
    }

    /// Drops the sessions that wait, because a stranger may have had the device; how many.
    pub fn drop_waiting(&mut self) -> usize {
        let before = self.added.len();
        self.added.retain(|session| session.record.learnt.is_some());
        before - self.added.len()
    }

    /// Takes the newest session back, learnt or waiting.
    pub fn undo(&mut self) -> Option<SessionRecord> {
        let undone = self.added.pop()?.record;
        if self.last_recorded == Some(undone.recorded) {
            self.last_recorded = self.records().map(|record| record.recorded).max();
        }
        self.stale |= undone.learnt.is_some();
        Some(undone)
    }

    /// Notes that a lock at `now` was false.
    pub fn label_false_lock(&mut self, now: UnixTime) {
        if self.false_locks.len() >= MOST_LABELS {
            self.false_locks.remove(0);
        }
        self.false_locks.push(now);
    }

    /// Takes back that the lock labelled at `at` was false. If a `session` was recorded with it
    /// and still waits, drops that, and says so.
    pub fn withdraw_false_lock(&mut self, at: UnixTime, session: bool) -> bool {
        if let Some(label) = self.false_locks.iter().rposition(|label| *label == at) {
            self.false_locks.remove(label);
        }
        let ended_in_it = |AddedSession { record, .. }: &AddedSession| {
            record.learnt.is_none() && record.label == Label::FalseLock && record.recorded == at
        };
        let waits = self.added.iter().rposition(ended_in_it);
        let dropped = waits.filter(|_| session);
        dropped.map(|at| self.added.remove(at)).is_some()
    }

    /// Makes the profile of the enrolment and all learnt sessions. It is calibrated as an
    /// enrolment is, by the enrolment's sessions: those that were learnt were chosen for their
    /// scores, and say too much good of later ones.
    pub fn learn(
        &self,
        rule: &DecisionBudget,
        cohort: Option<&Cohort>,
    ) -> Result<(Profile, EnrolReport), EnrolError> {
        let mut material = self.enrolled.clone();
        for session in self.learnt() {
            material.add_session(&session.embeddings);
        }
        self.made_of(&material, rule, cohort)
    }

    /// Notes that the profile is made of these sessions.
    pub fn made(&mut self) {
        self.stale = false;
    }

    /// Whether the profile has still to be made of these sessions.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// The sessions that wait or were learnt, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &SessionRecord> {
        self.added.iter().map(|session| &session.record)
    }

    /// Number of sessions of the enrolment.
    pub fn enrolled_sessions(&self) -> usize {
        self.enrolled.sessions()
    }

    /// When locks were labelled false, oldest first; the newest hundred.
    pub fn false_locks(&self) -> &[UnixTime] {
        &self.false_locks
    }

    /// Whether a session has waited for `wait`.
    pub fn is_due(&self, now: UnixTime, wait: Duration) -> bool {
        self.due(now, wait).is_some()
    }

    /// The oldest session that has waited for `wait`.
    fn due(&self, now: UnixTime, wait: Duration) -> Option<usize> {
        self.added.iter().position(|AddedSession { record, .. }| {
            record.learnt.is_none() && now >= record.recorded.after(wait)
        })
    }

    fn learnt(&self) -> impl Iterator<Item = &AddedSession> {
        let added = self.added.iter();
        added.filter(|session| session.record.learnt.is_some())
    }

    /// Without windows, of the enrolment of `profile`.
    #[cfg(test)]
    pub(crate) fn made_up(profile: &Profile, columns: usize, stale: bool) -> Self {
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: DecisionBudget::default(),
        };
        Self {
            stale,
            ..Self::of(&EnrolmentWindows::made_up(columns), &how, profile)
        }
    }

    fn made_of(
        &self,
        material: &EnrolmentWindows,
        rule: &DecisionBudget,
        cohort: Option<&Cohort>,
    ) -> Result<(Profile, EnrolReport), EnrolError> {
        let how = LearnOptions {
            nu: self.nu,
            gamma: self.gamma.map_or(GammaRule::HeldOut, GammaRule::Fixed),
            rule: *rule,
        };
        let measured = self.enrolled_sessions();
        material.finish_and_expect(measured, &how, cohort, self.owner_uid, self.enrolled_at.0)
    }

    /// Removes the most redundant learnt session, but not the one at `joins`, which is to join.
    fn replace_one(&mut self, joins: usize) {
        let enrolled: Vec<&[f32]> = self.enrolled.by_session().collect();
        let own = enrolled.len();
        let all = enrolled
            .into_iter()
            .chain(self.added.iter().map(|session| &session.embeddings[..]));
        let means = SessionMeans::of(all, self.enrolled.columns());
        let learnt = |(at, session): (usize, &AddedSession)| Some((session.record.learnt?, at));
        let mut candidates: Vec<_> = self.added.iter().enumerate().filter_map(learnt).collect();
        candidates.retain(|&(_, at)| at != joins);
        candidates.sort_unstable();
        let candidates = candidates.into_iter().map(|(_, at)| own + at);
        if let Some(goes) = means.most_redundant(candidates) {
            self.added.remove(goes - own);
        }
    }
}
