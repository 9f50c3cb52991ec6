//! The owner's own later sessions: how often they would be locked out.

use graspd::decide::{Reason, State};
use graspd::model::ModelError;
use graspd::motion::{Sample, SampleTime};
use graspd::pipeline::Output;
use serde::{Deserialize, Serialize};

use super::House;

/// What befell owners.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Genuine {
    /// Hours of use.
    pub hours: f64,
    /// Locks for want of evidence.
    pub false_locks: u64,
    /// Locks for other reasons.
    pub other_locks: u64,
    /// The longest time in lock for want of evidence.
    pub longest_rejection_s: f64,
}

impl Genuine {
    /// Adds one session of the owner, who picks the device up and unlocks it at
    /// its start, and after each lock.
    pub fn add(&mut self, house: &House<'_>, session: &[Sample]) -> Result<(), ModelError> {
        let (Some(first), Some(last)) = (session.first(), session.last()) else {
            return Ok(());
        };
        self.hours += last.t.since(first.t).as_secs_f64() / 3600.0;
        house.replay(session, |output| {
            let Output::Decision(decision) = output else {
                return false;
            };
            let locked = decision.state == State::Lock;
            match decision.reason {
                Reason::Evidence | Reason::ModelFailed if locked => self.false_locks += 1,
                _ if locked => self.other_locks += 1,
                _ => (),
            }
            locked
        })?;
        self.rejection(house, session, last.t)
    }

    /// Adds what befell others.
    pub fn merge(&mut self, other: &Self) {
        self.hours += other.hours;
        self.false_locks += other.false_locks;
        self.other_locks += other.other_locks;
        self.longest_rejection_s = self.longest_rejection_s.max(other.longest_rejection_s);
    }

    /// Nobody unlocks it this time.
    fn rejection(
        &mut self,
        house: &House<'_>,
        session: &[Sample],
        end: SampleTime,
    ) -> Result<(), ModelError> {
        let mut since: Option<SampleTime> = None;
        let mut longest = self.longest_rejection_s;
        let mut until = |since: SampleTime, t: SampleTime| {
            longest = longest.max(t.since(since).as_secs_f64());
        };
        house.replay(session, |output| {
            if let Output::Decision(decision) = output {
                let rejected = decision.state == State::Lock && decision.reason == Reason::Evidence;
                match since {
                    None if rejected => since = Some(decision.t),
                    Some(began) if !rejected => {
                        until(began, decision.t);
                        since = None;
                    }
                    _ => (),
                }
            }
            false
        })?;
        if let Some(began) = since {
            until(began, end);
        }
        self.longest_rejection_s = longest;
        Ok(())
    }
}
