//! Decision figures, over all owners and of each.

use graspd::enrol::poisson;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::genuine_use::GenuineUse;
use super::hand_over::{HAND_OVERS, HandOvers, IMPOSTOR_FIRST, Scenario, WATCHED_S};
use super::outcome::OwnerOutcome;
use super::promise::{PromiseFigures, PromiseSummary};
use crate::evaluate::bootstrap::Interval;
use crate::evaluate::survival::Survival;

/// Decision figures over all owners.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionFigures {
    /// Hours of genuine use in recorded sessions, each just unlocked.
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
    /// The same sessions without an unlock at their start.
    pub untrusted_start: GenuineFigures,
    /// Sessions in which the owner changes what they do without unlocking.
    pub context_changes: GenuineFigures,
    /// Recorded sessions and those with changes of context, all just unlocked.
    pub with_changes: GenuineFigures,
    /// Hand-overs replayed, 10 s, 60 s and 300 s after an unlock.
    pub hand_overs: usize,
    /// Hand-overs left out because the device was locked before.
    pub locked_before: usize,
    /// Hand-overs that ended in a lock for other reasons than the impostor: rest, gaps, a
    /// silent sensor. The impostor counts as not locked until then.
    pub hand_overs_locked_otherwise: usize,
    /// Median time from hand-over to lock, s. `None` if fewer than half are locked.
    pub seconds_to_lock_median: Option<f64>,
    /// 90th percentile of the same, s. `None` if fewer than 90 % are locked.
    pub seconds_to_lock_p90: Option<f64>,
    /// Share of impostors not locked within five minutes.
    pub never_locked_5min: f64,
    /// Kaplan-Meier estimate of the share not locked, over seconds since the hand-over.
    pub survival: Survival,
    /// Hand-overs by their time after the unlock.
    pub hand_over_times: Vec<HandOverFigures>,
    /// Use that begins with an impostor.
    pub impostor_first: Vec<HandOverFigures>,
    /// What enrolments promised and what came; null if none promised anything.
    pub promise: Option<PromiseSummary>,
    /// The same for each enrolment.
    pub promises: Vec<PromiseFigures>,
    /// Figures of each owner.
    pub per_owner: Vec<OwnerDecisions>,
    /// Owners whose enrolment `graspd enroll` would refuse. They are in no other figure.
    pub refused: Vec<RefusedEnrolment>,
}

/// False locks over genuine use.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GenuineFigures {
    /// Hours of it.
    pub hours: f64,
    /// Locks for lack of evidence.
    pub false_locks: u64,
    /// False locks per hour; null without any use.
    pub false_locks_per_hour: f64,
    /// Exact 95 % interval of the same (Poisson).
    pub false_locks_ci95: Interval,
    /// Locks for other reasons: rest, gaps, a silent sensor.
    pub other_locks: u64,
}

impl From<&GenuineUse> for GenuineFigures {
    fn from(used: &GenuineUse) -> Self {
        let (low, high) = poisson::interval(used.false_locks);
        let per_hour = |count: f64| count / used.hours;
        Self {
            hours: used.hours,
            false_locks: used.false_locks,
            false_locks_per_hour: per_hour(used.false_locks as f64),
            false_locks_ci95: Interval(per_hour(low), per_hour(high)),
            other_locks: used.other_locks,
        }
    }
}

/// Times to lock in one scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HandOverFigures {
    /// Start, and seconds until the hand-over.
    #[serde(flatten)]
    pub scenario: Scenario,
    /// Hand-overs replayed.
    pub hand_overs: usize,
    /// Hand-overs left out because the device was locked before.
    pub locked_before: usize,
    /// As in [`DecisionFigures`].
    pub hand_overs_locked_otherwise: usize,
    /// Median time from hand-over to lock, s. `None` if fewer than half are locked.
    pub seconds_to_lock_median: Option<f64>,
    /// 90th percentile of the same, s. `None` if fewer than 90 % are locked.
    pub seconds_to_lock_p90: Option<f64>,
    /// Share of impostors not locked within five minutes. `None` without a hand-over.
    pub never_locked_5min: Option<f64>,
    /// Kaplan-Meier estimate of the share not locked.
    pub survival: Survival,
}

impl HandOverFigures {
    fn of(scenario: Scenario, hand_overs: &HandOvers) -> Self {
        let survival = Survival::of(&hand_overs.waits);
        Self {
            scenario,
            hand_overs: hand_overs.waits.len(),
            locked_before: hand_overs.locked_before,
            hand_overs_locked_otherwise: hand_overs.other_locks,
            seconds_to_lock_median: survival.quantile(0.5),
            seconds_to_lock_p90: survival.quantile(0.9),
            never_locked_5min: (!hand_overs.waits.is_empty()).then(|| survival.after(WATCHED_S)),
            survival,
        }
    }
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
    /// Hours of genuine use in recorded sessions.
    pub hours: f64,
    /// Locks for lack of evidence in them.
    pub false_locks: u64,
    /// Sessions with changes of context.
    pub context_changes: GenuineFigures,
    /// As in [`DecisionFigures`], s.
    pub longest_genuine_rejection_s: f64,
    /// Hand-overs replayed.
    pub hand_overs: usize,
    /// Hand-overs left out because the device was locked before.
    pub locked_before: usize,
    /// As in [`DecisionFigures`].
    pub hand_overs_locked_otherwise: usize,
    /// Median time from hand-over to lock, s. `None` if fewer than half are locked.
    pub seconds_to_lock_median: Option<f64>,
    /// Share of impostors not locked within five minutes. `None` without a hand-over.
    pub never_locked_5min: Option<f64>,
}

impl OwnerDecisions {
    fn of(outcome: &OwnerOutcome) -> Self {
        let hand_overs = outcome.all_hand_overs();
        let survival = Survival::of(&hand_overs.waits);
        Self {
            owner: outcome.owner.clone(),
            hours: outcome.genuine.hours,
            false_locks: outcome.genuine.false_locks,
            context_changes: (&outcome.context_changes).into(),
            longest_genuine_rejection_s: outcome.genuine.longest_rejection_s,
            hand_overs: hand_overs.waits.len(),
            locked_before: hand_overs.locked_before,
            hand_overs_locked_otherwise: hand_overs.other_locks,
            seconds_to_lock_median: survival.quantile(0.5),
            never_locked_5min: (!hand_overs.waits.is_empty()).then(|| survival.after(WATCHED_S)),
        }
    }
}

impl DecisionFigures {
    /// Over all enrolments together, of which an owner may have several. `None` without any
    /// genuine use.
    pub fn of(enrolments: &[OwnerOutcome], refused: Vec<RefusedEnrolment>) -> Option<Self> {
        let mut all = OwnerOutcome::of("", Vec::new());
        let mut by_owner: BTreeMap<&str, OwnerOutcome> = BTreeMap::new();
        for enrolment in enrolments {
            all.merge(enrolment);
            let owner = by_owner.entry(&enrolment.owner);
            let none = || OwnerOutcome::of(&enrolment.owner, Vec::new());
            owner.or_insert_with(none).merge(enrolment);
        }
        if all.genuine.hours <= 0.0 {
            return None;
        }
        let genuine = GenuineFigures::from(&all.genuine);
        let mut with_changes = all.genuine.clone();
        with_changes.merge(&all.context_changes);
        let hand_overs = all.all_hand_overs();
        let survival = Survival::of(&hand_overs.waits);
        let promises: Vec<_> = enrolments.iter().map(PromiseFigures::of).collect();
        let each = |scenarios: &[Scenario], all: &[HandOvers]| {
            let each = scenarios.iter().zip(all);
            each.map(|(scenario, all)| HandOverFigures::of(*scenario, all))
                .collect()
        };
        Some(Self {
            hours: genuine.hours,
            false_locks: genuine.false_locks,
            false_locks_per_hour: genuine.false_locks_per_hour,
            false_locks_ci95: genuine.false_locks_ci95,
            other_locks: all.genuine.other_locks,
            longest_genuine_rejection_s: all.genuine.longest_rejection_s,
            untrusted_start: (&all.genuine_untrusted).into(),
            context_changes: (&all.context_changes).into(),
            with_changes: (&with_changes).into(),
            hand_overs: hand_overs.waits.len(),
            locked_before: hand_overs.locked_before,
            hand_overs_locked_otherwise: hand_overs.other_locks,
            seconds_to_lock_median: survival.quantile(0.5),
            seconds_to_lock_p90: survival.quantile(0.9),
            never_locked_5min: survival.after(WATCHED_S),
            survival,
            hand_over_times: each(&HAND_OVERS, &all.hand_overs),
            impostor_first: each(&IMPOSTOR_FIRST, &all.impostor_first),
            promise: PromiseSummary::of(&promises),
            promises,
            per_owner: by_owner.values().map(OwnerDecisions::of).collect(),
            refused,
        })
    }
}
