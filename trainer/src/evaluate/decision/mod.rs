//! Decisions, not windows: the daemon's own pipeline and policy, over the owner's
//! later sessions and over hand-overs spliced from two people's.

mod genuine;
mod hand_over;
mod house;

use serde::{Deserialize, Serialize};

pub use genuine::Genuine;
pub use hand_over::{BEFORE_S, HandOvers, WATCHED_S};
pub use house::{House, samples};

use super::bootstrap::Interval;
use super::poisson;
use super::survival::Survival;

/// What people would live through.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionFigures {
    /// Hours of genuine use.
    pub hours: f64,
    /// Times that the owner's device was locked for want of evidence in them. The
    /// owner unlocks it at once, and everything starts anew.
    pub false_locks: u64,
    /// The same per hour.
    pub false_locks_per_hour: f64,
    /// Its exact 95 % interval, as if false locks came independently.
    pub false_locks_ci95: Interval,
    /// Locks for other reasons: rest, gaps, a silent sensor.
    pub other_locks: u64,
    /// The longest that a session's owner would have been taken for another, if
    /// nobody unlocked it by other means.
    pub longest_genuine_rejection_s: f64,
    /// Hand-overs watched.
    pub hand_overs: usize,
    /// Hand-overs left out because the owner had been locked out before.
    pub locked_before: usize,
    /// Median of the seconds from hand-over to lock; absent if half are never locked.
    pub seconds_to_lock_median: Option<f64>,
    /// The 90th percentile.
    pub seconds_to_lock_p90: Option<f64>,
    /// Share of impostors not locked within five minutes.
    pub never_locked_5min: f64,
    /// The share still not locked after so many seconds.
    pub survival: Survival,
    /// Each owner by themselves: a mean hides whom it fails for.
    pub per_owner: Vec<OwnerDecisions>,
    /// Owners whose enrolment `graspd enroll` would refuse, and why. Nothing is
    /// replayed for them.
    pub refused: Vec<Refused>,
}

/// An enrolment that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Whose.
    pub owner: String,
    /// Why.
    pub why: String,
}

/// What one owner would live through.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnerDecisions {
    /// Who.
    pub owner: String,
    /// Hours of genuine use.
    pub hours: f64,
    /// Locks for want of evidence in them.
    pub false_locks: u64,
    /// As in [`DecisionFigures`].
    pub longest_genuine_rejection_s: f64,
    /// Hand-overs watched.
    pub hand_overs: usize,
    /// Hand-overs left out because the owner had been locked out before.
    pub locked_before: usize,
    /// Median of the seconds from hand-over to lock; absent if half are never locked.
    pub seconds_to_lock_median: Option<f64>,
    /// Share of impostors not locked within five minutes; absent without a hand-over.
    pub never_locked_5min: Option<f64>,
}

/// What befell one owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lived {
    /// Who.
    pub owner: String,
    /// Their own later sessions.
    pub genuine: Genuine,
    /// Hand-overs of their device.
    pub hand_overs: HandOvers,
}

impl Lived {
    /// Nothing yet.
    pub fn of(owner: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            genuine: Genuine::default(),
            hand_overs: HandOvers::default(),
        }
    }

    fn figures(&self) -> OwnerDecisions {
        let Self {
            owner,
            genuine,
            hand_overs,
        } = self;
        let survival = Survival::of(&hand_overs.waits);
        OwnerDecisions {
            owner: owner.clone(),
            hours: genuine.hours,
            false_locks: genuine.false_locks,
            longest_genuine_rejection_s: genuine.longest_rejection_s,
            hand_overs: hand_overs.waits.len(),
            locked_before: hand_overs.locked_before,
            seconds_to_lock_median: survival.quantile(0.5),
            never_locked_5min: (!hand_overs.waits.is_empty()).then(|| survival.after(WATCHED_S)),
        }
    }
}

impl DecisionFigures {
    /// Of all owners together.
    pub fn of(lived: &[Lived], refused: Vec<Refused>) -> Option<Self> {
        let (mut genuine, mut hand_overs) = (Genuine::default(), HandOvers::default());
        for owner in lived {
            genuine.merge(&owner.genuine);
            hand_overs.merge(&owner.hand_overs);
        }
        if genuine.hours <= 0.0 {
            return None;
        }
        let per_hour = |count: f64| count / genuine.hours;
        let Interval(low, high) = poisson::interval(genuine.false_locks);
        let survival = Survival::of(&hand_overs.waits);
        Some(Self {
            hours: genuine.hours,
            false_locks: genuine.false_locks,
            false_locks_per_hour: per_hour(genuine.false_locks as f64),
            false_locks_ci95: Interval(per_hour(low), per_hour(high)),
            other_locks: genuine.other_locks,
            longest_genuine_rejection_s: genuine.longest_rejection_s,
            hand_overs: hand_overs.waits.len(),
            locked_before: hand_overs.locked_before,
            seconds_to_lock_median: survival.quantile(0.5),
            seconds_to_lock_p90: survival.quantile(0.9),
            never_locked_5min: survival.after(WATCHED_S),
            survival,
            per_owner: lived.iter().map(Lived::figures).collect(),
            refused,
        })
    }
}
