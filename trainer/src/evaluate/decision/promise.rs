//! What enrolment promised against what came: false locks and missed impostors that were to
//! be expected, and those of the replays.

use graspd::enrol::poisson;
use graspd::owner::profile::Forecast;
use serde::{Deserialize, Serialize};

use super::hand_over::WATCHED_S;
use super::outcome::OwnerOutcome;
use crate::evaluate::bootstrap::Interval;
use crate::evaluate::survival::Survival;

/// What enrolment says that an owner is to expect.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// False locks an hour.
    pub false_locks_per_hour: f64,
    /// 95 % interval of the same.
    pub false_locks_ci95: (f64, f64),
    /// Share of hand-overs not locked within five minutes.
    pub never_locked: f64,
}

impl From<&Forecast> for Promise {
    fn from(forecast: &Forecast) -> Self {
        Self {
            false_locks_per_hour: forecast.false_locks_per_hour,
            false_locks_ci95: forecast.false_locks_ci95,
            never_locked: forecast.never_locked,
        }
    }
}

/// A promise and what came of it, for one enrolment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PromiseFigures {
    /// Id of the owner.
    pub owner: String,
    /// Ids of the impostors of the fold.
    pub impostors: Vec<String>,
    /// Hours of genuine use, changes of context included.
    pub hours: f64,
    /// False locks that were to be expected in them; null where enrolment promises nothing,
    /// as where the one-class SVM decides alone.
    pub expected_false_locks: Option<f64>,
    /// The same at both ends of the promised 95 % interval.
    pub expected_false_locks_ci95: Option<Interval>,
    /// Fewest and most false locks to be seen in these hours if the promised interval is
    /// right: its ends with the 95 % of a Poisson count.
    pub false_locks_within: Option<(u64, u64)>,
    /// False locks that came.
    pub false_locks: u64,
    /// Exact 95 % interval of their expected number, for independent false locks (Poisson).
    pub false_locks_ci95: Interval,
    /// Whether what came is within `false_locks_within`; null without a promise.
    pub kept: Option<bool>,
    /// Share of hand-overs that was expected not to be locked within five minutes.
    pub expected_never_locked: Option<f64>,
    /// The share that was not. Null without a hand-over.
    pub never_locked: Option<f64>,
}

impl PromiseFigures {
    /// Of one owner's replays.
    pub fn of(outcome: &OwnerOutcome) -> Self {
        let mut used = outcome.genuine.clone();
        used.merge(&outcome.context_changes);
        let hours = used.hours;
        let waits = outcome.all_hand_overs().waits;
        let interval = outcome.promise.map(|promise| {
            let (few, many) = promise.false_locks_ci95;
            Interval(few * hours, many * hours)
        });
        let within = interval.map(|Interval(few, many)| {
            let (least, _) = poisson::counts(few);
            let (_, most) = poisson::counts(many);
            (least, most)
        });
        Self {
            owner: outcome.owner.clone(),
            impostors: outcome.impostors.clone(),
            hours,
            expected_false_locks: (outcome.promise).map(|p| p.false_locks_per_hour * hours),
            expected_false_locks_ci95: interval,
            false_locks_within: within,
            false_locks: used.false_locks,
            false_locks_ci95: {
                let (few, many) = poisson::interval(used.false_locks);
                Interval(few, many)
            },
            kept: within.map(|(least, most)| (least..=most).contains(&used.false_locks)),
            expected_never_locked: outcome.promise.map(|promise| promise.never_locked),
            never_locked: (!waits.is_empty()).then(|| Survival::of(&waits).after(WATCHED_S)),
        }
    }
}

/// All promises together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PromiseSummary {
    /// Enrolments that promised something.
    pub promises: usize,
    /// Those of them whose false locks were within what was promised.
    pub kept: usize,
    /// False locks that were to be expected of all.
    pub expected_false_locks: f64,
    /// False locks that came.
    pub false_locks: u64,
    /// Mean share of hand-overs that was expected not to be locked.
    pub expected_never_locked: f64,
    /// Mean share that was not.
    pub never_locked: f64,
}

impl PromiseSummary {
    /// Of `all`, without those that promised nothing. `None` if none did.
    pub fn of(all: &[PromiseFigures]) -> Option<Self> {
        let promised: Vec<&PromiseFigures> = all.iter().filter(|p| p.kept.is_some()).collect();
        let sum = |of: fn(&PromiseFigures) -> Option<f64>| -> f64 {
            promised.iter().filter_map(|promise| of(promise)).sum()
        };
        let count = promised.len();
        let handed = promised.iter().filter(|p| p.never_locked.is_some()).count() as f64;
        (count > 0).then(|| Self {
            promises: count,
            kept: promised.iter().filter(|p| p.kept == Some(true)).count(),
            expected_false_locks: sum(|promise| promise.expected_false_locks),
            false_locks: promised.iter().map(|promise| promise.false_locks).sum(),
            expected_never_locked: sum(|promise| {
                promise.never_locked.and(promise.expected_never_locked)
            }) / handed,
            never_locked: sum(|promise| promise.never_locked) / handed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::decision::GenuineUse;

    fn outcome(false_locks: u64, promise: Option<Promise>) -> OwnerOutcome {
        OwnerOutcome {
            genuine: GenuineUse {
                hours: 3.0,
                false_locks,
                ..GenuineUse::default()
            },
            context_changes: GenuineUse {
                hours: 1.0,
                ..GenuineUse::default()
            },
            promise,
            ..OwnerOutcome::of("a", vec!["b".into()])
        }
    }

    const PROMISE: Promise = Promise {
        false_locks_per_hour: 0.2,
        false_locks_ci95: (0.05, 0.5),
        never_locked: 0.1,
    };

    #[test]
    fn what_came_is_held_against_what_was_promised_for_as_long() {
        let kept = |count| PromiseFigures::of(&outcome(count, Some(PROMISE)));
        let figures = kept(0);
        assert!((figures.expected_false_locks.unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(figures.expected_false_locks_ci95, Some(Interval(0.2, 2.0)));
        // scipy.stats.poisson.ppf(.975, 2) is 5.
        assert_eq!(figures.false_locks_within, Some((0, 5)));
        let of = |count| kept(count).kept;
        assert_eq!([of(0), of(5), of(6)], [Some(true), Some(true), Some(false)]);
    }

    #[test]
    fn who_was_promised_nothing_is_not_counted() {
        let none = PromiseFigures::of(&outcome(9, None));
        assert_eq!((none.kept, none.expected_false_locks), (None, None));
        let all = [none, PromiseFigures::of(&outcome(7, Some(PROMISE)))];
        let summary = PromiseSummary::of(&all).unwrap();
        assert_eq!(
            (summary.promises, summary.kept, summary.false_locks),
            (1, 0, 7)
        );
        assert_eq!(PromiseSummary::of(&all[..1]), None);
    }
}
