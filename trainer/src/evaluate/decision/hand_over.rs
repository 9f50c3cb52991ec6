//! Hand-overs of a device: the owner's motion, then an impostor's without a gap.

use std::fmt;
use std::time::Duration;

use graspd::decide::{Reason, State};
use graspd::model::ModelError;
use graspd::motion::{Sample, SampleTime};
use graspd::pipeline::Output;
use serde::{Deserialize, Serialize};

use super::genuine_use::rejects_user;
use super::owner_pipeline::OwnerPipeline;
use super::splice::{Splice, duration};
use super::start::Start;
use crate::evaluate::survival::Wait;

/// Seconds of the impostor after a hand-over.
pub const WATCHED_S: f64 = 300.0;

/// When a device changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// How use begins.
    pub start: Start,
    /// Seconds of the owner before the hand-over.
    pub after_s: f64,
}

/// Hand-overs of a device that its owner unlocked.
pub const HAND_OVERS: [Scenario; 3] = [
    Scenario::new(Start::Trusted, 10.0),
    Scenario::new(Start::Trusted, 60.0),
    Scenario::new(Start::Trusted, 300.0),
];

/// Use that begins with the impostor: without any unlock, and after an unlock that was not
/// the owner's, as by somebody who was told the secret.
pub const IMPOSTOR_FIRST: [Scenario; 2] = [
    Scenario::new(Start::Untrusted, 0.0),
    Scenario::new(Start::Trusted, 0.0),
];

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.start, self.after_s > 0.0) {
            (Start::Trusted, true) => write!(f, "{:.0} s after an unlock", self.after_s),
            (Start::Untrusted, true) => write!(f, "{:.0} s after no unlock", self.after_s),
            (Start::Trusted, false) => f.write_str("thief unlocks"),
            (Start::Untrusted, false) => f.write_str("thief from the start"),
        }
    }
}

impl Scenario {
    const fn new(start: Start, after_s: f64) -> Self {
        Self { start, after_s }
    }
}

/// Times to lock after hand-overs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandOvers {
    /// Time from each hand-over to the lock that rejects the impostor; censored at another
    /// lock, at the end of the impostor's recordings, or at [`WATCHED_S`].
    pub waits: Vec<Wait>,
    /// Of these, the number that ended in a lock for other reasons: rest, gaps, a silent
    /// sensor.
    pub other_locks: usize,
    /// Hand-overs left out because the device had been locked before.
    pub locked_before: usize,
}

impl HandOvers {
    /// Replays one hand-over from the `owner`'s session to the `impostor`'s sessions, one
    /// after the other. Nothing if the owner's session is shorter than the scenario needs.
    pub fn add(
        &mut self,
        scenario: Scenario,
        pipeline: &OwnerPipeline<'_>,
        owner: &[Sample],
        impostor: &[Vec<Sample>],
    ) -> Result<(), ModelError> {
        let before = Duration::from_secs_f64(scenario.after_s);
        let Some((spliced, at)) = splice(owner, impostor, before) else {
            return Ok(());
        };
        let mut locked = None;
        pipeline.replay(scenario.start, spliced.samples(), |output| {
            if let Output::Decision(decision) = output
                && decision.state == State::Lock
            {
                locked = locked.or(Some((decision.t, decision.reason)));
            }
            false
        })?;
        match locked {
            Some((t, _)) if t < at => self.locked_before += 1,
            Some((t, reason)) if seconds(at, t) <= WATCHED_S => {
                self.locked(seconds(at, t), reason);
            }
            _ => self.waits.push(Wait {
                seconds: seconds(at, spliced.next()).min(WATCHED_S),
                ended: false,
            }),
        }
        Ok(())
    }

    /// Adds a hand-over that ended in a lock.
    fn locked(&mut self, seconds: f64, reason: Reason) {
        let ended = rejects_user(reason);
        self.other_locks += usize::from(!ended);
        self.waits.push(Wait { seconds, ended });
    }

    /// Adds the hand-overs of others.
    pub fn merge(&mut self, other: &Self) {
        self.waits.extend(&other.waits);
        self.other_locks += other.other_locks;
        self.locked_before += other.locked_before;
    }
}

fn seconds(from: SampleTime, to: SampleTime) -> f64 {
    to.since(from).as_secs_f64()
}

/// The owner's first samples, for as long as `before`, and the impostor's after them, on one
/// clock, and the time of the hand-over. `None` if the owner's session is too short, or there
/// is nothing of the impostor.
fn splice(
    owner: &[Sample],
    impostor: &[Vec<Sample>],
    before: Duration,
) -> Option<(Splice, SampleTime)> {
    if duration(owner) < before {
        return None;
    }
    let mut spliced = Splice::at(owner.first()?.t);
    spliced.append(owner, Duration::ZERO, before);
    let at = spliced.next();
    let end = at.after(Duration::from_secs_f64(WATCHED_S));
    for session in impostor {
        if spliced.next() >= end {
            break;
        }
        let left = end.since(spliced.next());
        spliced.append(session, Duration::ZERO, left);
    }
    (spliced.next() > at).then_some((spliced, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::decision::splice::tests::session;
    use crate::evaluate::survival::Survival;
    use graspd::motion::GRID;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_impostor_follows_without_a_gap_for_five_minutes() {
        let impostor = [session(9000, 200), session(10, 200)];
        let (spliced, at) = splice(&session(500, 100), &impostor, MINUTE).unwrap();
        assert_eq!(at.nanos(), 560_000_000_000);
        let spliced = spliced.samples();
        let steps = spliced.windows(2).map(|two| two[1].t.since(two[0].t));
        assert!(steps.into_iter().all(|step| step == GRID));
        assert!(spliced.len().abs_diff(6000 + 30_000) <= 1);
        assert_eq!(spliced[6000].xyz, [9000.0; 3]);
        assert_eq!(spliced[6000 + 20_000].xyz, [10.0; 3]);
    }

    #[test]
    fn an_impostor_may_be_there_from_the_start() {
        let (spliced, at) =
            splice(&session(500, 100), &[session(9000, 400)], Duration::ZERO).unwrap();
        let first = spliced.samples()[0];
        assert_eq!(first.xyz, [9000.0; 3]);
        assert!(first.t >= at);
        assert!(spliced.samples().len().abs_diff(30_000) <= 1);
    }

    #[test]
    fn a_lock_that_rejects_nobody_is_no_catch() {
        let mut hand_overs = HandOvers::default();
        for (seconds, reason) in [
            (40.0, Reason::Evidence),
            (20.0, Reason::AtRest),
            (25.0, Reason::Gap),
            (30.0, Reason::SensorLost),
        ] {
            hand_overs.locked(seconds, reason);
        }
        let survival = Survival::of(&hand_overs.waits);
        assert_eq!(survival.0, [(40.0, 0.0)]);
        assert_eq!((hand_overs.waits.len(), hand_overs.other_locks), (4, 3));
        let mut twice = hand_overs.clone();
        twice.merge(&hand_overs);
        assert_eq!(twice.other_locks, 6);
    }

    #[test]
    fn an_owner_of_less_than_a_minute_makes_no_hand_over() {
        assert!(splice(&session(0, 50), &[session(0, 400)], MINUTE).is_none());
        assert!(splice(&session(0, 90), &[], MINUTE).is_none());
    }
}
