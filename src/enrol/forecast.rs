//! The decision threshold that keeps false locks within a budget, and the expected
//! false locks and missed impostors at that threshold.
//!
//! An enrolment is minutes long and the budget is per day, so false locks cannot be
//! counted in it. Instead genuine sessions are simulated from the statistics of the
//! owner's held-out scores (between sessions, within one, correlation of neighbours)
//! and put through the daemon's state machine; impostors are the cohort's recorded
//! windows, after a minute of the owner.

use std::time::Duration;

use super::EnrolError;
use super::normal::Normal;
use crate::decide::{Decider, Policy, State};
use crate::model::cohort::Drift;
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::owner::profile::{Forecast, HOURS_A_DAY};
use crate::owner::score::Calibration;

/// Thresholds tried: 25 from −0.2 in steps of 0.05, in normalised scores (impostors'
/// mean at 0, the owner's at 1).
const LEAST_THRESHOLD: f64 = -0.2;
const THRESHOLD_STEP: f64 = 0.05;
const THRESHOLDS: u32 = 25;
/// Values of [`Calibration::scale`] tried, in the same unit.
const SCALES: [f64; 8] = [0.08, 0.17, 0.33, 0.5, 0.67, 1.0, 1.5, 2.0];
/// Genuine sessions simulated, and windows of each: a quarter of an hour.
const SESSIONS: usize = 160;
const WINDOWS: usize = 180;
/// Genuine windows before a hand-over (a minute), and impostor windows after it (five).
const BEFORE: usize = 12;
const WATCHED: usize = 60;
/// Most simulated hand-overs to each impostor, each beginning at another run.
const HAND_OVERS: usize = 8;
/// Time from one simulated window to the next: they do not overlap.
const STEP: Duration = Duration::from_secs(5);
/// Times that each score is fed, once a second: the machine counts a window for two
/// seconds at most, which is less than [`STEP`].
const TICKS: u32 = 5;

/// The budget of false locks that the threshold is chosen for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecisionBudget {
    /// The policy that decisions are made by.
    pub policy: Policy,
    /// Most expected false locks a day, which is [`HOURS_A_DAY`] of use.
    pub false_locks_per_day: f64,
    /// Whether an owner is refused for whom no threshold keeps within the budget. If not,
    /// the threshold with the fewest false locks is taken.
    pub refuse: bool,
}

impl Default for DecisionBudget {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            false_locks_per_day: 1.0,
            refuse: true,
        }
    }
}

/// Statistics of genuine and impostor scores, normalised.
#[derive(Debug, Clone)]
pub(super) struct ScoreStatistics {
    /// Spread and correlation of the owner's scores.
    pub genuine: Drift,
    /// Number of sessions that `genuine.between` is estimated from.
    pub sessions: f64,
    /// See [`Forecast::span`].
    pub span: f64,
    /// See [`Calibration::slope`].
    pub slope: f64,
    /// Scores of each impostor, run by run.
    pub strangers: Vec<Vec<Vec<f64>>>,
}

/// The calibration within the budget that locks impostors soonest on average, and the
/// rates expected at it. Where the rule refuses: [`EnrolError::OverBudget`] if there is
/// none, [`EnrolError::LocksNobody`] if it locks too few impostors.
pub(super) fn calibrate(
    statistics: &ScoreStatistics,
    rule: &DecisionBudget,
) -> Result<Forecast, EnrolError> {
    let budget = rule.false_locks_per_day / HOURS_A_DAY;
    let mut best: Option<(f64, Calibration)> = None;
    let mut mildest: Option<(f64, Calibration)> = None;
    for scale in SCALES {
        for step in 0..THRESHOLDS {
            let threshold = LEAST_THRESHOLD + THRESHOLD_STEP * f64::from(step);
            let calibration = Calibration {
                threshold: Score(threshold),
                scale,
                slope: Some(statistics.slope),
            };
            let false_locks = false_locks(statistics.genuine, calibration, rule.policy);
            if mildest.is_none_or(|(least, _)| false_locks < least) {
                mildest = Some((false_locks, calibration));
            }
            if false_locks > budget {
                // A higher threshold gives more false locks still.
                break;
            }
            let waits = hand_overs(statistics, calibration, rule.policy);
            let mean = waits.iter().sum::<f64>() / waits.len().max(1) as f64;
            if best.is_none_or(|(least, _)| mean < least) {
                best = Some((mean, calibration));
            }
        }
    }
    let chosen = match (best, mildest) {
        (Some((_, calibration)), _) => calibration,
        (None, Some((_, calibration))) if !rule.refuse => calibration,
        (None, found) => {
            return Err(EnrolError::OverBudget {
                per_day: found.map_or(f64::INFINITY, |(rate, _)| rate * HOURS_A_DAY),
                budget: rule.false_locks_per_day,
            });
        }
    };
    let forecast = expected(statistics, chosen, rule.policy);
    if rule.refuse && forecast.never_locked > MOST_NEVER_LOCKED {
        return Err(EnrolError::LocksNobody {
            never: forecast.never_locked,
            budget: rule.false_locks_per_day,
        });
    }
    Ok(forecast)
}

fn expected(statistics: &ScoreStatistics, calibration: Calibration, policy: Policy) -> Forecast {
    let waits = hand_overs(statistics, calibration, policy);
    let mut sorted = waits.clone();
    sorted.sort_by(f64::total_cmp);
    let watched = (STEP * WATCHED as u32).as_secs_f64();
    let median = sorted.get(sorted.len() / 2).copied();
    let rate = |between: f64| {
        let drift = Drift {
            between,
            ..statistics.genuine
        };
        false_locks(drift, calibration, policy)
    };
    // A variance estimated from n sessions has a relative error of √(2/n).
    let error = 1.96 * (2.0 / statistics.sessions).sqrt();
    let between = statistics.genuine.between;
    let least = between * (1.0 - error).max(0.0).sqrt();
    let most = between * (1.0 + error).sqrt();
    let shares: Vec<f64> = statistics
        .strangers
        .iter()
        .map(|runs| {
            let all = runs.iter().flatten();
            let above = all.clone().filter(|s| **s >= calibration.threshold.0);
            above.count() as f64 / all.count().max(1) as f64
        })
        .collect();
    let people = shares.len().max(1) as f64;
    let far = shares.iter().sum::<f64>() / people;
    let variance = shares.iter().map(|s| (s - far).powi(2)).sum::<f64>();
    let half = 1.96 * (variance / (people - 1.0).max(1.0) / people).sqrt();
    Forecast {
        span: statistics.span,
        calibration,
        false_locks_per_hour: rate(between),
        false_locks_ci95: (rate(least), rate(most)),
        far,
        far_ci95: ((far - half).max(0.0), (far + half).min(1.0)),
        seconds_to_lock: median.filter(|seconds| *seconds < watched),
        never_locked: waits.iter().filter(|s| **s >= watched).count() as f64
            / waits.len().max(1) as f64,
    }
}

/// Largest share of hand-overs without a lock for which a profile is made.
const MOST_NEVER_LOCKED: f64 = 0.9;

/// False locks an hour of simulated genuine use, the screen being unlocked after each.
fn false_locks(drift: Drift, calibration: Calibration, policy: Policy) -> f64 {
    let mut draw = Normal::new(1);
    let mut locks = 0u32;
    for _ in 0..SESSIONS {
        let mut machine = Machine::new(policy, calibration);
        for score in session(drift, &mut draw).take(WINDOWS) {
            if machine.locks(score) {
                locks += 1;
                machine.open();
            }
        }
    }
    let hours = STEP.as_secs_f64() * (SESSIONS * WINDOWS) as f64 / 3600.0;
    f64::from(locks) / hours
}

/// Seconds from each simulated hand-over to its lock; 300 where there is none. Left out
/// where the owner was locked before it.
fn hand_overs(statistics: &ScoreStatistics, calibration: Calibration, policy: Policy) -> Vec<f64> {
    let mut draw = Normal::new(2);
    let mut waits = Vec::new();
    for runs in &statistics.strangers {
        for from in 0..HAND_OVERS.min(runs.len().max(1)) {
            let mut machine = Machine::new(policy, calibration);
            let before: Vec<f64> = session(statistics.genuine, &mut draw)
                .take(BEFORE)
                .collect();
            for score in before {
                machine.locks(score);
            }
            if machine.is_locked() {
                continue;
            }
            let first = from * runs.len() / HAND_OVERS.min(runs.len().max(1));
            let chain = runs.iter().cycle().skip(first).take(runs.len()).flatten();
            let mut scores = chain.clone().cycle().take(WATCHED);
            let locked = scores.position(|&score| machine.locks(score));
            let windows = locked.map_or(WATCHED, |at| at + 1);
            waits.push(STEP.as_secs_f64() * windows as f64);
        }
    }
    waits
}

/// Endless genuine scores of one session: a normal mean about 1, and a first-order
/// autoregression about that mean.
fn session(drift: Drift, draw: &mut Normal) -> impl Iterator<Item = f64> {
    let Drift {
        between,
        within,
        lag,
    } = drift;
    let mean = 1.0 + between * draw.normal();
    let mut state = draw.normal();
    std::iter::repeat_with(move || {
        let score = mean + within * state;
        state = lag * state + (1.0 - lag * lag).sqrt() * draw.normal();
        score
    })
}

/// The daemon's state machine, fed with one score a [`STEP`].
struct Machine {
    decider: Decider,
    t: SampleTime,
}

impl Machine {
    fn new(policy: Policy, calibration: Calibration) -> Self {
        let mut decider = Decider::new(policy, calibration);
        let t = SampleTime::default();
        decider.advance(t, &mut |_| {});
        Self { decider, t }
    }

    /// The owner unlocks the screen.
    fn open(&mut self) {
        self.decider.begin_anew(self.t, &mut |_| {});
    }

    fn is_locked(&self) -> bool {
        self.decider.state().0 == State::Lock
    }

    /// Feeds a window with this score; whether the state is lock after it.
    fn locks(&mut self, score: f64) -> bool {
        for _ in 0..TICKS {
            self.t = self.t.after(STEP / TICKS);
            self.decider.frame(self.t, &mut |_| {});
            self.decider.window(self.t, Score(score), &mut |_| {});
        }
        self.is_locked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(strangers: f64) -> ScoreStatistics {
        ScoreStatistics {
            genuine: Drift {
                between: 0.3,
                within: 0.5,
                lag: 0.4,
            },
            sessions: 8.0,
            span: 2.0,
            slope: 4.0,
            strangers: vec![vec![vec![strangers; 30]; 3]; 4],
        }
    }

    #[test]
    fn the_budget_is_kept_and_strangers_are_locked() {
        let rule = DecisionBudget::default();
        let forecast = calibrate(&statistics(0.0), &rule).unwrap();
        assert!(forecast.false_locks_per_hour * HOURS_A_DAY <= rule.false_locks_per_day);
        assert!(forecast.seconds_to_lock.unwrap() < 120.0, "{forecast:?}");
        let (low, high) = forecast.false_locks_ci95;
        assert!(low <= forecast.false_locks_per_hour && forecast.false_locks_per_hour <= high);
    }

    #[test]
    fn a_tighter_budget_locks_strangers_no_sooner() {
        let wait = |false_locks_per_day| {
            let rule = DecisionBudget {
                false_locks_per_day,
                ..DecisionBudget::default()
            };
            // A refused enrolment has no time to lock.
            let forecast = calibrate(&statistics(0.2), &rule).ok();
            let median = forecast.and_then(|forecast| forecast.seconds_to_lock);
            median.unwrap_or(f64::INFINITY)
        };
        assert!(wait(0.25) >= wait(4.0));
    }

    #[test]
    fn strangers_who_score_as_the_owner_does_are_no_ground_for_a_profile() {
        let refused = calibrate(&statistics(2.0), &DecisionBudget::default());
        assert!(matches!(refused, Err(EnrolError::LocksNobody { .. })));
    }
}
