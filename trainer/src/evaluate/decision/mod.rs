//! Error rates of decisions instead of windows: false locks over the owner's test sessions
//! ([`GenuineUse`]) and times to lock after hand-overs ([`HandOvers`]), by the daemon's own
//! pipeline and policy ([`OwnerPipeline`]).

mod genuine_use;
mod hand_over;
mod owner_pipeline;

use serde::{Deserialize, Serialize};

pub use genuine_use::GenuineUse;
pub use hand_over::{BEFORE_S, HandOvers, WATCHED_S};
pub use owner_pipeline::{OwnerPipeline, read_samples};

use super::bootstrap::Interval;
use super::poisson;
use super::survival::Survival;

/// Decision figures over all owners.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionFigures {
    /// Hours of genuine use.
    pub hours: f64,
    /// Locks for lack of evidence in them. The owner unlocks at once, and evidence starts
    /// anew.
    pub false_locks: u64,
    /// False locks per hour.
    pub false_locks_per_hour: f64,
    /// Exact 95 % interval of the same, for independent false locks (Poisson).
    pub false_locks_ci95: Interval,
    /// Locks for other reasons: rest, gaps, a silent sensor.
    pub other_locks: u64,
    /// Longest time in lock for lack of evidence within a session if nobody unlocks, s.
    pub longest_genuine_rejection_s: f64,
    /// Hand-overs replayed.
    pub hand_overs: usize,
    /// Hand-overs left out because the device was locked before.
    pub locked_before: usize,
    /// Median time from hand-over to lock, s. `None` if fewer than half are locked.
    pub seconds_to_lock_median: Option<f64>,
    /// 90th percentile of the same, s. `None` if fewer than 90 % are locked.
    pub seconds_to_lock_p90: Option<f64>,
    /// Share of impostors not locked within five minutes.
    pub never_locked_5min: f64,
    /// Kaplan-Meier estimate of the share not locked, over seconds since the hand-over.
    pub survival: Survival,
    /// Figures of each owner.
    pub per_owner: Vec<OwnerDecisions>,
    /// Owners whose enrolment `graspd enroll` would refuse. They are in no other figure.
    pub refused: Vec<RefusedEnrolment>,
}

/// An enrolment that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedEnrolment {
    /// Id of the owner.
    pub owner: String,
    /// The error of the enrolment.
    pub why: String,
}

/// Decision figures of one owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnerDecisions {
    /// Id of the owner.
    pub owner: String,
    /// Hours of genuine use.
    pub hours: f64,
    /// Locks for lack of evidence in them.
    pub false_locks: u64,
    /// As in [`DecisionFigures`], s.
    pub longest_genuine_rejection_s: f64,
    /// Hand-overs replayed.
    pub hand_overs: usize,
    /// Hand-overs left out because the device was locked before.
    pub locked_before: usize,
    /// Median time from hand-over to lock, s. `None` if fewer than half are locked.
    pub seconds_to_lock_median: Option<f64>,
    /// Share of impostors not locked within five minutes. `None` without a hand-over.
    pub never_locked_5min: Option<f64>,
}

/// Replays of one owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnerOutcome {
    /// Id of the owner.
    pub owner: String,
    /// Their own test sessions.
    pub genuine: GenuineUse,
    /// Hand-overs of their device.
    pub hand_overs: HandOvers,
}

impl OwnerOutcome {
    /// Without any replay yet.
    pub fn of(owner: &str) -> Self {
        Self {
            owner: owner.to_owned(),
            genuine: GenuineUse::default(),
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
    /// Over all owners together. `None` without any genuine use.
    pub fn of(owners: &[OwnerOutcome], refused: Vec<RefusedEnrolment>) -> Option<Self> {
        let (mut genuine, mut hand_overs) = (GenuineUse::default(), HandOvers::default());
        for owner in owners {
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
            per_owner: owners.iter().map(OwnerOutcome::figures).collect(),
            refused,
        })
    }
}
