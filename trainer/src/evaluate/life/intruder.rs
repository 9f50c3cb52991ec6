//! Somebody else who knows the owner's secret: does the profile become theirs?

use std::time::Duration;

use clap::ValueEnum;
use graspd::enrol::adaptation::UnixTime;
use graspd::motion::{Sample, SampleTime};
use serde::Serialize;

use super::growing_profile::GrowingProfile;
use super::learning_owner::Enrolled;
use super::owner::Life;
use crate::evaluate::EvaluateError;
use crate::evaluate::decision::Splice;

/// Seconds of a day.
const DAY: u64 = 24 * 3600;
/// Seconds of a day's use by a housemate.
const HOUSEMATE_S: f64 = 600.0;
/// How much of the owner's session there is before the device is lent.
const LENT_AFTER: Duration = Duration::from_secs(240);
/// For how long it is lent.
const LENT_FOR: Duration = Duration::from_secs(120);

/// Somebody else who knows the owner's secret, and enters it at once after every lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Intruder {
    /// Has the device from the enrolment on: one of their sessions a day
    Thief,
    /// Uses it for ten minutes every day, before the owner does
    Housemate,
    /// Is lent it unlocked every day, for two minutes in the midst of the owner's session
    Borrower,
}

impl Intruder {
    /// Name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thief => "thief",
            Self::Housemate => "housemate",
            Self::Borrower => "borrower",
        }
    }
}

/// What came of one intruder with one owner's device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intrusion {
    /// Id of the owner.
    pub owner: String,
    /// Id of the intruder.
    pub intruder: String,
    /// Days that were lived through.
    pub days: u32,
    /// Sessions of the intruder in them; of a borrower, parts of the owner's.
    pub sessions: u32,
    /// How many of them joined the profile; of a borrower none can, but the owner's sessions.
    pub joined: u32,
    /// The day on which the first did; null if none has.
    pub first_joined_day: Option<u32>,
    /// Highest mean score of a session of theirs by the enrolment alone, in standard
    /// deviations of strangers' windows above their mean; null if none could be judged.
    pub highest_mean: Option<f64>,
    /// Sessions of the owner that joined.
    pub owner_joined: u32,
    /// Share of the intruder's windows that pass the threshold, as enrolled.
    pub passes_as_enrolled: f64,
    /// The same after the last day.
    pub passes_after: f64,
    /// Share of their sessions in which evidence locks, as enrolled.
    pub locked_as_enrolled: f64,
    /// The same after the last day.
    pub locked_after: f64,
    /// Why nothing is ever learnt from this owner; null if use can be.
    pub nothing_learnt: Option<String>,
}

impl Life<'_> {
    /// `days` of each other person with the device of `owner`. Empty if no enrolment is
    /// accepted.
    pub(super) fn intrusions(
        &self,
        owner: usize,
        kind: Intruder,
        days: u32,
    ) -> Result<Vec<Intrusion>, EvaluateError> {
        let Some(enrolled) = self.enrol(owner)? else {
            return Ok(Vec::new());
        };
        let own = match kind {
            Intruder::Thief => Vec::new(),
            Intruder::Housemate | Intruder::Borrower => {
                self.all_samples(owner, enrolled.sittings)?
            }
        };
        let others = (0..self.people.len()).filter(|other| *other != owner);
        let all = others.map(|other| {
            let theirs = self.all_samples(other, 0)?;
            self.intrusion(&enrolled, (owner, other), kind, (&own, &theirs), days)
        });
        all.collect()
    }

    fn intrusion(
        &self,
        enrolled: &Enrolled<'_>,
        (owner, other): (usize, usize),
        kind: Intruder,
        (own, theirs): (&[Vec<Sample>], &[Vec<Sample>]),
        days: u32,
    ) -> Result<Intrusion, EvaluateError> {
        let mut life = IntrudedDevice::of(enrolled.profile.clone());
        let mut told = Intrusion {
            owner: self.people[owner].id.clone(),
            intruder: self.people[other].id.clone(),
            days,
            sessions: 0,
            joined: 0,
            first_joined_day: None,
            highest_mean: None,
            owner_joined: 0,
            passes_as_enrolled: self.passes(&life.profile, other),
            passes_after: f64::NAN,
            locked_as_enrolled: locked(&life.profile, theirs)?,
            locked_after: f64::NAN,
            nothing_learnt: life.profile.off(),
        };
        let (mut next, mut own_next) = (theirs.iter().cycle(), own.iter().cycle());
        for day in 1..=days {
            let mut now = UnixTime(enrolled.at.0 + u64::from(day) * DAY);
            if kind == Intruder::Borrower {
                if let (Some(own), Some(theirs)) = (own_next.next(), next.next()) {
                    let lent = lent(own, theirs);
                    life.uses(Who::Owner, lent.samples(), (day, &mut now), &mut told)?;
                    told.sessions += 1;
                }
                continue;
            }
            let mut used_s = 0.0;
            for samples in next.by_ref().take(theirs.len()) {
                used_s += life.uses(Who::Intruder, samples, (day, &mut now), &mut told)?;
                told.sessions += 1;
                if kind == Intruder::Thief || used_s >= HOUSEMATE_S {
                    break;
                }
            }
            if let Some(samples) = own_next.next() {
                life.uses(Who::Owner, samples, (day, &mut now), &mut told)?;
            }
        }
        // What is used on the last day waits for a day, and joins with the next secret.
        for day in days + 1..=days + 2 {
            life.proven(
                UnixTime(enrolled.at.0 + u64::from(day) * DAY),
                day,
                &mut told,
            );
        }
        told.passes_after = self.passes(&life.profile, other);
        told.locked_after = locked(&life.profile, theirs)?;
        Ok(told)
    }

    /// Share of all of a person's windows at or above the threshold.
    fn passes(&self, profile: &GrowingProfile<'_>, person: usize) -> f64 {
        let (scorer, threshold) = {
            let profile = profile.profile();
            (&profile.scorer, profile.calibration.threshold)
        };
        let sessions = self.people[person].sessions.iter();
        let rows = sessions.flat_map(|rows| rows.outer_iter());
        let (all, above) = rows.fold((0, 0), |(all, above), row| {
            let passes = scorer.score(row) >= threshold;
            (all + 1, above + usize::from(passes))
        });
        above as f64 / all as f64
    }

    fn all_samples(&self, person: usize, from: usize) -> Result<Vec<Vec<Sample>>, EvaluateError> {
        let numbers = from..self.people[person].sessions.len();
        numbers.map(|number| self.samples(person, number)).collect()
    }
}

/// A session of the owner, who lends the unlocked device.
fn lent(own: &[Sample], theirs: &[Sample]) -> Splice {
    let began = own
        .first()
        .map_or_else(SampleTime::default, |first| first.t);
    let mut spliced = Splice::at(began);
    spliced.append(own, Duration::ZERO, LENT_AFTER);
    spliced.append(theirs, Duration::ZERO, LENT_FOR);
    spliced
}

/// Who uses the device.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Owner,
    Intruder,
}

/// A profile, and whose the recorded sessions are.
struct IntrudedDevice<'a> {
    profile: GrowingProfile<'a>,
    recorded: Vec<Who>,
}

impl<'a> IntrudedDevice<'a> {
    fn of(profile: GrowingProfile<'a>) -> Self {
        Self {
            profile,
            recorded: Vec::new(),
        }
    }

    /// Somebody enters the secret on `day`, and what has waited joins.
    fn proven(&mut self, now: UnixTime, day: u32, told: &mut Intrusion) {
        if let Some((name, None)) = self.profile.proven(now) {
            match self.recorded[name] {
                Who::Owner => told.owner_joined += 1,
                Who::Intruder => {
                    told.joined += 1;
                    told.first_joined_day.get_or_insert(day);
                }
            }
        }
    }

    /// A session from `now`, on `day`, to its end; its length, s.
    fn uses(
        &mut self,
        who: Who,
        samples: &[Sample],
        (day, now): (u32, &mut UnixTime),
        told: &mut Intrusion,
    ) -> Result<f64, EvaluateError> {
        self.proven(*now, day, told);
        let session = self.profile.replay(samples)?;
        let judged = self.profile.record(self.recorded.len(), *now, &session);
        self.recorded.push(who);
        if who != Who::Owner {
            let means = judged.iter().map(|one| one.mean);
            told.highest_mean = means.chain(told.highest_mean).reduce(f64::max);
        }
        *now = now.after(session.length);
        Ok(session.length.as_secs_f64())
    }
}

/// Share of sessions in which evidence locks.
fn locked(profile: &GrowingProfile<'_>, sessions: &[Vec<Sample>]) -> Result<f64, EvaluateError> {
    let mut locked = 0;
    for samples in sessions {
        locked += usize::from(profile.replay(samples)?.locks > 0);
    }
    Ok(locked as f64 / sessions.len() as f64)
}
