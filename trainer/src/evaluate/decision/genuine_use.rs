//! False locks: how often the owner would be locked out in their own test sessions.

use graspd::decide::{Reason, State};
use graspd::model::ModelError;
use graspd::motion::{Sample, SampleTime};
use graspd::pipeline::Output;
use serde::{Deserialize, Serialize};

use super::owner_pipeline::OwnerPipeline;
use super::splice::duration;
use super::start::Start;

/// Locks over genuine use, of one owner or of several.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GenuineUse {
    /// Hours of genuine use.
    pub hours: f64,
    /// Locks for lack of evidence, or because the model failed.
    pub false_locks: u64,
    /// Locks for other reasons: rest, gaps, a silent sensor.
    pub other_locks: u64,
    /// Longest time in lock for lack of evidence if nobody unlocks, s.
    pub longest_rejection_s: f64,
}

impl GenuineUse {
    /// Adds one session of the owner, which begins by `start`. The owner unlocks the device
    /// after each lock.
    pub fn add(
        &mut self,
        pipeline: &OwnerPipeline<'_>,
        start: Start,
        session: &[Sample],
    ) -> Result<(), ModelError> {
        let Some(last) = session.last() else {
            return Ok(());
        };
        self.hours += duration(session).as_secs_f64() / 3600.0;
        pipeline.replay(start, session, |output| {
            let Output::Decision(decision) = output else {
                return false;
            };
            let locked = decision.state == State::Lock;
            match locked {
                true if rejects_user(decision.reason) => self.false_locks += 1,
                true => self.other_locks += 1,
                false => (),
            }
            locked
        })?;
        self.update_longest_rejection(pipeline, start, session, last.t)
    }

    /// Adds the figures of others.
    pub fn merge(&mut self, other: &Self) {
        self.hours += other.hours;
        self.false_locks += other.false_locks;
        self.other_locks += other.other_locks;
        self.longest_rejection_s = self.longest_rejection_s.max(other.longest_rejection_s);
    }

    /// Updates the longest rejection, by a replay in which nobody unlocks.
    fn update_longest_rejection(
        &mut self,
        pipeline: &OwnerPipeline<'_>,
        start: Start,
        session: &[Sample],
        end: SampleTime,
    ) -> Result<(), ModelError> {
        let mut since: Option<SampleTime> = None;
        let mut longest = self.longest_rejection_s;
        let mut until = |since: SampleTime, t: SampleTime| {
            longest = longest.max(t.since(since).as_secs_f64());
        };
        pipeline.replay(start, session, |output| {
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

/// Whether a lock for this reason rejects who uses the device: for lack of evidence, or because
/// the model failed. Rest, gaps and lost sensors lock out whoever it is.
pub(super) fn rejects_user(reason: Reason) -> bool {
    matches!(reason, Reason::Evidence | Reason::ModelFailed)
}
