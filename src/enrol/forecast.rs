//! The decision threshold that keeps false locks within a budget, and the expected
//! false locks and missed impostors at that threshold.
//!
//! An enrolment is minutes long and the budget is per day, so false locks cannot be
//! counted in it. Those by the scores of any session are simulated: genuine sessions are drawn
//! from the statistics of the owner's held-out scores (between sessions, within one,
//! correlation of neighbours) and put through the daemon's state machine. Those that scores
//! within a session add were counted when the model was made, with each person of the cohort
//! as owner in turn. Impostors are the cohort's recorded windows, after a minute of the
//! owner.

use super::EnrolError;
use super::hand_over::{HandOver, WATCHED};
use super::normal::Normal;
use super::poisson;
use super::simulated_session::{Machine, STEP, SimulatedSession, WindowScores};
use crate::decide::Policy;
use crate::model::cohort::{Drift, InSessionLocks};
use crate::owner::Score;
use crate::owner::profile::{Forecast, HOURS_A_DAY};
use crate::owner::score::{Calibration, NOVEL};

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
/// The budget of false locks that the threshold is chosen for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecisionBudget {
    /// The policy that decisions are made by.
    pub policy: Policy,
    /// Most expected false locks a day, which is [`HOURS_A_DAY`] of use, by the scores of any
    /// session. Those within a session, after a proof, may add as many.
    pub false_locks_per_day: f64,
    /// Whether an owner is refused for whom no threshold keeps within the budget. If not,
    /// the threshold with the fewest false locks is taken.
    pub refuse: bool,
}

impl Default for DecisionBudget {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            false_locks_per_day: 2.0,
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
    /// For each held-out session of the owner, window by window, whether it is like nobody's: a
    /// rejection whatever it scores.
    pub like_nobodys: Vec<Vec<bool>>,
    /// Scores of each impostor, run by run.
    pub strangers: Vec<Vec<Vec<f64>>>,
    /// Windows of the owner's, and then of an impostor's who took over.
    pub hand_overs: Vec<HandOver>,
    /// See [`Cohort::in_session`](crate::model::cohort::Cohort::in_session).
    pub in_session: Vec<InSessionLocks>,
}

impl ScoreStatistics {
    /// The scores of simulated session `number`, rejected where windows of one of the owner's
    /// held-out sessions are like nobody's: those take turns, and begin again at their ends.
    fn as_rejected(
        &self,
        number: usize,
        scores: impl Iterator<Item = f64>,
    ) -> impl Iterator<Item = f64> {
        let sessions = &self.like_nobodys;
        let session = sessions.get(number % sessions.len().max(1));
        let mut like_nobodys = session.into_iter().flatten().cycle();
        scores.map(move |score| match like_nobodys.next() {
            Some(true) => NOVEL,
            _ => score,
        })
    }
}

/// The calibration within the budget that locks impostors soonest on average, and the
/// rates expected at it. The budget is for the scores of any session; scores within a session,
/// which find most impostors, may lock as often again, and both together are expected. Where
/// the rule refuses: [`EnrolError::OverBudget`] if there is none, [`EnrolError::LocksNobody`]
/// if it locks too few impostors.
pub(super) fn calibrate(
    statistics: &ScoreStatistics,
    rule: &DecisionBudget,
) -> Result<Forecast, EnrolError> {
    let budget = rule.false_locks_per_day / HOURS_A_DAY;
    let added = of_sessions(&statistics.in_session, budget);
    let mut best: Option<(f64, Calibration)> = None;
    let mut mildest: Option<(f64, Calibration)> = None;
    for scale in SCALES {
        for step in 0..THRESHOLDS {
            let threshold = LEAST_THRESHOLD + THRESHOLD_STEP * f64::from(step);
            let calibration = Calibration {
                threshold: Score(threshold),
                scale,
                slope: Some(statistics.slope),
                in_session: added.threshold,
            };
            let false_locks = false_locks(statistics, statistics.genuine, calibration, rule.policy);
            if mildest.is_none_or(|(least, _)| false_locks < least) {
                mildest = Some((false_locks, calibration));
            }
            if false_locks > budget {
                // A higher threshold gives more false locks still.
                break;
            }
            let waits = hand_overs(statistics, calibration, rule.policy);
            if 2 * waits.len() < statistics.hand_overs.len() {
                // The owner is locked before most hand-overs, which says nothing of the rest.
                continue;
            }
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
    let forecast = expected(statistics, chosen, added, rule.policy);
    if rule.refuse && forecast.never_locked > MOST_NEVER_LOCKED {
        return Err(EnrolError::LocksNobody {
            never: forecast.never_locked,
            budget: rule.false_locks_per_day,
        });
    }
    Ok(forecast)
}

/// A threshold within a session, and the false locks that it is expected to add.
#[derive(Debug, Clone, Copy)]
struct OfSessions {
    /// See [`Calibration::in_session`].
    threshold: Score,
    /// False locks an hour, and their 95 % interval.
    rate: f64,
    ci95: (f64, f64),
}

impl OfSessions {
    /// Where nothing was measured, nothing is added.
    const UNKNOWN: Self = Self {
        threshold: Calibration::IN_SESSION,
        rate: 0.0,
        ci95: (0.0, 0.0),
    };
}

/// The largest threshold within a session for which no more false locks than `budget`, an
/// hour, were counted, or the least.
fn of_sessions(measured: &[InSessionLocks], budget: f64) -> OfSessions {
    let counted = |one: &InSessionLocks| f64::from(one.locks) / one.hours;
    let within = measured.iter().rev().find(|one| counted(one) <= budget);
    let Some(one) = within.or(measured.first()) else {
        return OfSessions::UNKNOWN;
    };
    let (few, many) = poisson::interval(one.locks.into());
    OfSessions {
        threshold: Score(one.threshold),
        // Half a lock more than were counted: none in a few hours is no proof of none.
        rate: (f64::from(one.locks) + 0.5) / one.hours,
        ci95: (few / one.hours, many / one.hours),
    }
}

fn expected(
    statistics: &ScoreStatistics,
    calibration: Calibration,
    added: OfSessions,
    policy: Policy,
) -> Forecast {
    let waits = hand_overs(statistics, calibration, policy);
    let mut sorted = waits.clone();
    sorted.sort_by(f64::total_cmp);
    let watched = (STEP * WATCHED as u32).as_secs_f64();
    let median = sorted.get(sorted.len() / 2).copied();
    let whole = |between: f64| {
        let drift = Drift {
            between,
            ..statistics.genuine
        };
        false_locks(statistics, drift, calibration, policy)
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
        false_locks_per_hour: whole(between) + added.rate,
        false_locks_ci95: (whole(least) + added.ci95.0, whole(most) + added.ci95.1),
        far,
        far_ci95: ((far - half).max(0.0), (far + half).min(1.0)),
        seconds_to_lock: median.filter(|seconds| *seconds < watched),
        never_locked: match waits.is_empty() {
            // Nobody knows.
            true => 1.0,
            false => waits.iter().filter(|s| **s >= watched).count() as f64 / waits.len() as f64,
        },
    }
}

/// Largest share of hand-overs without a lock for which a profile is made.
const MOST_NEVER_LOCKED: f64 = 0.9;

/// False locks an hour of simulated genuine use with sessions that differ by `drift`, the
/// screen being unlocked after each.
fn false_locks(
    statistics: &ScoreStatistics,
    drift: Drift,
    calibration: Calibration,
    policy: Policy,
) -> f64 {
    let mut draw = Normal::new(1);
    let mut locks = 0u32;
    for number in 0..SESSIONS {
        let mut machine = Machine::new(policy, calibration);
        let scores = session(drift, &mut draw);
        for score in statistics.as_rejected(number, scores).take(WINDOWS) {
            let in_session = None;
            if machine.locks(WindowScores {
                whole: score,
                in_session,
            }) {
                locks += 1;
                machine.open();
            }
        }
    }
    f64::from(locks) / SimulatedSession::hours(SESSIONS * WINDOWS)
}

/// Seconds from each hand-over to its lock; 300 where there is none. Left out where the owner
/// was locked before it.
fn hand_overs(statistics: &ScoreStatistics, calibration: Calibration, policy: Policy) -> Vec<f64> {
    let mut draw = Normal::new(2);
    let mut wait = |(number, HandOver { before, after }): (usize, &HandOver)| {
        let mut machine = Machine::new(policy, calibration);
        let whole = session(statistics.genuine, &mut draw);
        let whole = statistics.as_rejected(number, whole);
        let before: Vec<WindowScores> = before
            .iter()
            .zip(whole)
            .map(|(&in_session, whole)| WindowScores { whole, in_session })
            .collect();
        for scores in before {
            machine.locks(scores);
        }
        if machine.is_locked() {
            return None;
        }
        let locked = after.iter().position(|&scores| machine.locks(scores));
        let windows = locked.map_or(WATCHED, |at| at + 1);
        Some(STEP.as_secs_f64() * windows as f64)
    };
    let numbered = statistics.hand_overs.iter().enumerate();
    numbered.filter_map(&mut wait).collect()
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

#[cfg(test)]
mod tests {
    use super::super::hand_over::BEFORE;
    use super::*;

    fn of(whole: f64, count: usize) -> Vec<WindowScores> {
        let in_session = None;
        vec![WindowScores { whole, in_session }; count]
    }

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
            like_nobodys: Vec::new(),
            strangers: vec![vec![vec![strangers; 30]; 3]; 4],
            hand_overs: vec![
                HandOver {
                    before: vec![None; BEFORE],
                    after: of(strangers, WATCHED)
                };
                4
            ],
            in_session: Vec::new(),
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
    fn locks_by_a_session_are_in_the_budget_and_in_what_is_expected() {
        let counted = |locks: [u32; 2]| ScoreStatistics {
            in_session: [0.3, 0.7]
                .into_iter()
                .zip(locks)
                .map(|(threshold, locks)| InSessionLocks {
                    threshold,
                    locks,
                    hours: 10.0,
                })
                .collect(),
            hand_overs: vec![
                HandOver {
                    before: vec![Some(1.5); BEFORE],
                    after: vec![
                        WindowScores {
                            whole: 0.6,
                            in_session: Some(-0.5)
                        };
                        WATCHED
                    ],
                };
                4
            ],
            ..statistics(0.6)
        };
        let expect = |locks| calibrate(&counted(locks), &DecisionBudget::default()).unwrap();
        // By any session nobody is locked; 0.5 an hour may be false by each.
        let few = expect([0, 1]);
        assert_eq!(few.calibration.in_session, Score(0.7));
        assert!(
            few.never_locked < 0.1 && few.false_locks_per_hour >= 0.15,
            "{few:?}"
        );
        assert!(
            few.false_locks_per_hour <= 0.5 + 0.15 && few.false_locks_ci95.1 >= 0.55,
            "{few:?}"
        );
        assert_eq!(expect([0, 9]).calibration.in_session, Score(0.3));
    }

    #[test]
    fn an_owner_who_is_locked_before_every_hand_over_is_no_proof_that_strangers_are() {
        let locked = HandOver {
            before: vec![Some(-3.0); BEFORE],
            after: of(0.0, WATCHED),
        };
        let statistics = ScoreStatistics {
            hand_overs: vec![locked; 4],
            ..statistics(0.6)
        };
        let refused = calibrate(&statistics, &DecisionBudget::default());
        assert!(refused.is_err(), "{refused:?}");
        let rule = DecisionBudget {
            refuse: false,
            ..DecisionBudget::default()
        };
        assert_eq!(calibrate(&statistics, &rule).unwrap().never_locked, 1.0);
    }

    /// An owner who is far from the cohort: a fifth of their windows are rejected, and in one of
    /// two sessions twice as many, one after the other.
    #[test]
    fn windows_like_nobodys_are_expected_to_lock_their_owner() {
        let expect = |like_nobodys: Vec<Vec<bool>>| {
            let rule = DecisionBudget {
                refuse: false,
                ..DecisionBudget::default()
            };
            let statistics = ScoreStatistics {
                like_nobodys,
                ..statistics(0.0)
            };
            let forecast = calibrate(&statistics, &rule).unwrap();
            // At the same threshold, or the budget would hide it.
            let calibration = Calibration {
                threshold: Score(0.3),
                ..forecast.calibration
            };
            false_locks(&statistics, statistics.genuine, calibration, rule.policy)
        };
        let none = expect(Vec::new());
        assert_eq!(none, expect(vec![vec![false; 30]; 2]));
        let scattered = (0..30).map(|at| at % 5 == 0).collect();
        let gathered = (0..30).map(|at| at < 12).collect();
        let some = expect(vec![scattered, gathered]);
        assert!(some > none + 0.5, "{none} without, {some} with them");
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
