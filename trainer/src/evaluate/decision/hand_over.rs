//! Hand-overs of an unlocked device: the owner's motion, then an impostor's without a gap.

use std::time::Duration;

use graspd::decide::State;
use graspd::model::ModelError;
use graspd::motion::{GRID, Sample, SampleTime};
use graspd::pipeline::Output;
use serde::{Deserialize, Serialize};

use super::owner_pipeline::OwnerPipeline;
use crate::evaluate::survival::Wait;

/// Seconds of the owner before the hand-over.
pub const BEFORE_S: f64 = 60.0;
/// Seconds of the impostor after it.
pub const WATCHED_S: f64 = 300.0;

/// Times to lock after hand-overs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandOvers {
    /// Time from each hand-over to the lock; censored at the end of the impostor's
    /// recordings or at [`WATCHED_S`].
    pub waits: Vec<Wait>,
    /// Hand-overs left out because the device had been locked before.
    pub locked_before: usize,
}

impl HandOvers {
    /// Replays one hand-over from the `owner`'s session to the `impostor`'s sessions, one
    /// after the other. Nothing if the owner's session is shorter than [`BEFORE_S`].
    pub fn add(
        &mut self,
        pipeline: &OwnerPipeline<'_>,
        owner: &[Sample],
        impostor: &[Vec<Sample>],
    ) -> Result<(), ModelError> {
        let Some((spliced, at)) = splice(owner, impostor) else {
            return Ok(());
        };
        let mut locked = None;
        pipeline.replay(&spliced, |output| {
            if let Output::Decision(decision) = output
                && decision.state == State::Lock
            {
                locked = locked.or(Some(decision.t));
            }
            false
        })?;
        let watched = |t: SampleTime| t.since(at).as_secs_f64().min(WATCHED_S);
        match (locked, spliced.last()) {
            (Some(t), _) if t < at => self.locked_before += 1,
            (Some(t), _) if t.since(at).as_secs_f64() <= WATCHED_S => self.waits.push(Wait {
                seconds: watched(t),
                ended: true,
            }),
            (_, Some(last)) => self.waits.push(Wait {
                seconds: watched(last.t),
                ended: false,
            }),
            _ => (),
        }
        Ok(())
    }

    /// Adds the hand-overs of others.
    pub fn merge(&mut self, other: &Self) {
        self.waits.extend(&other.waits);
        self.locked_before += other.locked_before;
    }
}

/// The owner's first [`BEFORE_S`] and the impostor's samples after it, on one clock, and
/// the time of the hand-over. `None` if the owner's session is too short, or there is
/// nothing of the impostor.
fn splice(owner: &[Sample], impostor: &[Vec<Sample>]) -> Option<(Vec<Sample>, SampleTime)> {
    let at = owner.first()?.t.after(Duration::from_secs_f64(BEFORE_S));
    if owner.last()?.t < at {
        return None;
    }
    let mut spliced: Vec<Sample> = owner.iter().copied().filter(|s| s.t < at).collect();
    let end = at.after(Duration::from_secs_f64(WATCHED_S));
    let mut next = at;
    for session in impostor {
        let first = session.first()?.t;
        let moved = session.iter().map(|sample| Sample {
            t: next.after(sample.t.since(first)),
            ..*sample
        });
        spliced.extend(moved.take_while(|sample| sample.t <= end));
        next = spliced.last()?.t.after(GRID);
        if next > end {
            break;
        }
    }
    (spliced.last()?.t >= at).then_some((spliced, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use graspd::motion::Sensor;

    fn session(start_s: i64, seconds: i64) -> Vec<Sample> {
        (0..seconds * 100)
            .map(|i| Sample {
                sensor: Sensor::Accelerometer,
                t: SampleTime::from_nanos(start_s * 1_000_000_000 + i * 10_000_000),
                xyz: [start_s as f32; 3],
            })
            .collect()
    }

    #[test]
    fn the_impostor_follows_without_a_gap_for_five_minutes() {
        let impostor = [session(9000, 200), session(10, 200)];
        let (spliced, at) = splice(&session(500, 100), &impostor).unwrap();
        assert_eq!(at.nanos(), 560_000_000_000);
        let steps = spliced.windows(2).map(|two| two[1].t.since(two[0].t));
        assert!(steps.into_iter().all(|step| step == GRID));
        assert_eq!(spliced.len(), 6000 + 30_001);
        assert_eq!(spliced[6000].xyz, [9000.0; 3]);
        assert_eq!(spliced[6000 + 20_000].xyz, [10.0; 3]);
    }

    #[test]
    fn an_owner_of_less_than_a_minute_makes_no_hand_over() {
        assert!(splice(&session(0, 50), &[session(0, 400)]).is_none());
        assert!(splice(&session(0, 90), &[]).is_none());
    }
}
