//! The events, as sent over the socket and printed by `replay --json`.
//!
//! Times are of the sensors' clock, so the same recording gives the same bytes.

use serde::{Deserialize, Serialize};

use super::{Adaptation, Enrolment, Extensible, Figures, Hello, Mode, Status};
use crate::decide::{Context, Decision, Reason, State, Warning};
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::pipeline::Output;

/// One line on the socket. `event` names the variant and comes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first line of every connection.
    Hello(Hello),
    /// The device should be locked.
    Lock(StateChange),
    /// The owner is believed to hold the device; no permission to unlock anything.
    Unlock(StateChange),
    /// Neither lock nor unlock.
    Inconclusive(StateChange),
    /// A lock is near; motion of the owner averts it.
    Warning(LockWarning),
    /// One window's score.
    Score(WindowScore),
    /// The answer to a status request.
    Status(Status),
    /// The screen was seen locked after the newest lock.
    LockConfirmed {
        /// Time of the lock in ns of the sensors' clock; `None` if before any sample.
        t_ns: Option<SampleTime>,
        /// How often the session was asked to lock.
        attempts: u32,
    },
    /// The screen was not seen locked after the newest lock; at most once for each lock.
    /// It may still be locked later.
    LockUnconfirmed {
        /// Time of the lock in ns of the sensors' clock; `None` if before any sample.
        t_ns: Option<SampleTime>,
        /// How often the session was asked to lock.
        attempts: u32,
        /// Why.
        reason: Extensible<Unconfirmed>,
    },
    /// The answer to an `enrol` request.
    Enrolment(Enrolment),
    /// The answer to a `forget` request.
    Forgotten {
        /// Whether there was an owner.
        owner: bool,
    },
    /// The answer to a `profile`, `false_lock` or `right_lock` request.
    Adaptation(Adaptation),
    /// This client was too slow, so events were dropped.
    Lagged {
        /// Number of events dropped.
        missed: u64,
    },
    /// A request was refused, or the connection was.
    Error {
        /// Why, for people.
        message: String,
    },
    /// The last line of every connection that the daemon ends.
    Bye {
        /// Why the daemon ends the connection.
        reason: Extensible<ByeReason>,
        /// The state at the end, after which there is none.
        state: State,
    },
    /// An event that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A change of the state or its reason. The event's name is the state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateChange {
    /// When, in ns of the sensors' clock.
    pub t_ns: SampleTime,
    /// Why.
    pub reason: Extensible<Reason>,
    /// Present in observe mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Extensible<Mode>>,
    /// Whether the device was moving or at rest in the newest window; absent without a
    /// window since the last warm-up began. For root and the owner only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Extensible<Context>>,
    /// For root and the owner only.
    #[serde(flatten)]
    pub figures: Option<Figures>,
}

/// A lock is near: evidence is close to the lock's threshold and falling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LockWarning {
    /// When, in ns of the sensors' clock.
    pub t_ns: SampleTime,
    /// What the lock's reason would be.
    pub reason: Extensible<Reason>,
    /// Present in observe mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Extensible<Mode>>,
    /// Seconds to the lock if evidence goes on falling so, to a tenth. For root and the
    /// owner only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_to_lock: Option<f64>,
    /// For root and the owner only.
    #[serde(flatten)]
    pub figures: Option<Figures>,
}

/// One window's score and the state after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowScore {
    /// Time of the window's newest frame in ns.
    pub t_ns: SampleTime,
    /// The score, its threshold and the evidence after it.
    #[serde(flatten)]
    pub figures: Figures,
    /// Its score in this session, by which evidence may fall although `score` is above the
    /// threshold; absent where nothing was learnt of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_in_session: Option<Score>,
    /// Whether the device was moving or at rest.
    pub context: Extensible<Context>,
    /// The state after the window.
    pub state: State,
}

/// Why a screen that should be locked may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unconfirmed {
    /// Neither logind nor elogind answers on the system bus.
    NoSessionManager,
    /// The owner has no session.
    NoSession,
    /// The owner's session has no screen that could be locked, for example a remote login.
    NotLockable,
    /// The session manager refused, or did not answer.
    Refused,
    /// The session was asked, and its screen was not locked.
    Ignored,
}

/// Why the daemon ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// The daemon was asked to stop.
    Stopped,
    /// The recording or the stream has ended.
    SourceEnded,
    /// The daemon failed.
    Failed,
}

impl From<&Decision> for Event {
    fn from(decision: &Decision) -> Self {
        let change = StateChange {
            t_ns: decision.t,
            reason: decision.reason.into(),
            mode: None,
            context: decision.context.map(Extensible::from),
            figures: Some(
                Figures::new(decision.score, decision.threshold, decision.evidence)
                    .likely(decision.log_likelihood_ratio),
            ),
        };
        match decision.state {
            State::Lock => Event::Lock(change),
            State::Unlock => Event::Unlock(change),
            State::Inconclusive => Event::Inconclusive(change),
        }
    }
}

impl From<&Warning> for Event {
    fn from(warning: &Warning) -> Self {
        let seconds = warning.lock_in.as_secs_f64();
        Event::Warning(LockWarning {
            t_ns: warning.t,
            reason: warning.reason.into(),
            mode: None,
            seconds_to_lock: Some((seconds * 10.0).round() / 10.0),
            figures: Some(
                Figures::new(Some(warning.score), warning.threshold, warning.evidence)
                    .likely(warning.log_likelihood_ratio),
            ),
        })
    }
}

impl From<&Output> for Event {
    fn from(output: &Output) -> Self {
        match output {
            Output::Decision(decision) => Event::from(decision),
            Output::Warning(warning) => Event::from(warning),
            Output::Window(window) => Event::Score(WindowScore {
                t_ns: window.t,
                figures: Figures::new(window.score, window.threshold, window.evidence)
                    .likely(window.log_likelihood_ratio),
                score_in_session: window.in_session.filter(|score| score.0.is_finite()),
                context: window.context.into(),
                state: window.state,
            }),
        }
    }
}

impl Event {
    /// An [`Event::Error`] with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Event::Error {
            message: message.into(),
        }
    }

    /// An [`Event::Lock`] without figures.
    pub fn lock(t: SampleTime, reason: Reason) -> Self {
        Event::Lock(StateChange {
            t_ns: t,
            reason: reason.into(),
            mode: None,
            context: None,
            figures: None,
        })
    }

    /// The same event, marked as of observe mode if it is a state change or a warning.
    pub fn observed(mut self) -> Self {
        let mode = Some(Mode::Observe.into());
        match &mut self {
            Event::Lock(change) | Event::Unlock(change) | Event::Inconclusive(change) => {
                change.mode = mode;
            }
            Event::Warning(warning) => warning.mode = mode,
            _ => {}
        }
        self
    }

    /// The state that this event changes to; `None` for other events.
    pub fn state_change(&self) -> Option<(State, &StateChange)> {
        match self {
            Event::Lock(change) => Some((State::Lock, change)),
            Event::Unlock(change) => Some((State::Unlock, change)),
            Event::Inconclusive(change) => Some((State::Inconclusive, change)),
            _ => None,
        }
    }

    /// The event as a line, without the line's end.
    pub fn to_line(&self) -> String {
        // Every map in an event has strings for keys, so this cannot fail; a client
        // that got an error instead would treat it as no evidence.
        serde_json::to_string(self)
            .unwrap_or_else(|_| r#"{"event":"error","message":"an event got lost"}"#.to_owned())
    }

    /// Parses a line. Unknown events are [`Event::Unknown`]; invalid JSON is an error.
    pub fn from_line(line: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::{AddedSession, Phase};
    use super::*;
    use crate::decide::Evidence;
    use crate::enrol::adaptation::Label;

    fn decision(state: State, score: Option<f64>) -> Decision {
        Decision {
            t: SampleTime::from_nanos(12_340_000_000),
            state,
            reason: Reason::Evidence,
            score: score.map(Score),
            threshold: Score(0.05),
            evidence: Evidence(0.875),
            log_likelihood_ratio: None,
            context: score.map(|_| Context::Moving),
        }
    }

    fn one_of_each() -> Vec<Event> {
        let mut hello = Hello::new(
            Mode::Live,
            Some("seed-2d".into()),
            State::Inconclusive,
            Reason::WarmUp,
        );
        hello.daemon = "graspd 0.1.0".into();
        let figures = Figures::new(Some(Score(-0.125)), Score(0.05), Evidence(0.5));
        vec![
            Event::Hello(hello),
            Event::from(&decision(State::Lock, Some(-0.125))),
            Event::from(&decision(State::Unlock, Some(0.25))),
            Event::from(&decision(State::Inconclusive, None)),
            Event::from(&decision(State::Lock, Some(f64::NAN))),
            Event::Lock(StateChange {
                t_ns: SampleTime::from_nanos(7),
                reason: Reason::SensorLost.into(),
                mode: None,
                context: None,
                figures: None,
            }),
            Event::from(&decision(State::Lock, Some(-0.125))).observed(),
            Event::from(&Warning {
                t: SampleTime::from_nanos(9_800_000_000),
                reason: Reason::Evidence,
                score: Score(-0.125),
                threshold: Score(0.05),
                evidence: Evidence(0.25),
                log_likelihood_ratio: Some(-1.5),
                lock_in: Duration::from_millis(4_520),
            }),
            Event::Warning(LockWarning {
                t_ns: SampleTime::from_nanos(9_800_000_000),
                reason: Reason::Evidence.into(),
                mode: None,
                seconds_to_lock: None,
                figures: None,
            }),
            Event::Score(WindowScore {
                t_ns: SampleTime::from_nanos(5_000_000_000),
                figures,
                score_in_session: None,
                context: Context::Moving.into(),
                state: State::Unlock,
            }),
            Event::Status(Status {
                state: State::Unlock,
                reason: Reason::Evidence.into(),
                t_ns: Some(SampleTime::from_nanos(60_000_000_000)),
                uptime_ns: 55_000_000_000,
                model: Some("seed-2d".into()),
                mode: Mode::Replay.into(),
                session: None,
                owner: None,
                paused_until_unix_s: None,
                figures: Some(figures),
                counters: Some(json!({"align": {"gaps": 1}, "source": {"samples": 12000}})),
                input_fault: None,
            }),
            Event::LockConfirmed {
                t_ns: Some(SampleTime::from_nanos(12_340_000_000)),
                attempts: 1,
            },
            Event::LockUnconfirmed {
                t_ns: None,
                attempts: 3,
                reason: Unconfirmed::Ignored.into(),
            },
            Event::Enrolment(Enrolment {
                phase: Phase::Gathering.into(),
                windows: 42,
                wanted: 300,
                sittings: 2,
                at_rest: 7,
                in_sitting: None,
                owner: Some(1000),
                message: None,
            }),
            Event::Forgotten { owner: true },
            Event::Adaptation(Adaptation {
                on: true,
                learning: false,
                enrolled: 2,
                added: vec![AddedSession {
                    recorded_unix_s: 1_795_000_000,
                    learnt_unix_s: Some(1_795_086_400),
                    label: Label::FalseLock.into(),
                }],
                false_locks: 1,
                message: None,
            }),
            Event::Lagged { missed: 17 },
            Event::error("no such request"),
            Event::Bye {
                reason: ByeReason::Stopped.into(),
                state: State::Lock,
            },
        ]
    }

    #[test]
    fn every_event_is_the_golden_line() {
        let lines: Vec<_> = one_of_each().iter().map(Event::to_line).collect();
        let golden: Vec<_> = include_str!("../../tests/golden/events.jsonl")
            .lines()
            .collect();
        assert_eq!(lines, golden);
    }

    #[test]
    fn every_event_reads_back() {
        for event in one_of_each() {
            assert_eq!(Event::from_line(&event.to_line()).unwrap(), event);
        }
    }

    #[test]
    fn numbers_that_are_none_are_null() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let line = Event::from(&Decision {
                threshold: Score(bad),
                evidence: Evidence(bad),
                ..decision(State::Lock, Some(bad))
            })
            .to_line();
            assert!(
                line.ends_with(r#""score":null,"threshold":null,"evidence":null}"#),
                "{line}"
            );
        }
    }

    #[test]
    fn what_a_newer_daemon_adds_is_tolerated() {
        let unknown = Event::from_line(r#"{"event":"posture","angle":0.5}"#).unwrap();
        assert_eq!(unknown, Event::Unknown);

        let added =
            Event::from_line(r#"{"event":"lock","t_ns":7,"reason":"thrown","score_b":[1,2]}"#);
        let Event::Lock(change) = added.unwrap() else {
            panic!("not a lock");
        };
        assert_eq!(change.reason, Extensible::Other("thrown".into()));
        assert_eq!(change.figures, None);
    }
}
