//! Times of one clock, and what happened in them.

use std::time::Duration;

use super::thin::MOST;
use crate::decide::{Reason, State};
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::publish::{Extensible, Figures, Hello, LockWarning, Mode, StateChange, WindowScore};

/// A line is not drawn across more than this without a window.
const JOINED: Duration = Duration::from_secs(10);

/// A number at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// Seconds since the stretch began.
    pub at: f64,
    pub value: f64,
    /// Whether it is joined to the one before.
    pub joined: bool,
}

/// What stood in the way of deciding, or came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The state was lock.
    Locked,
    /// The device lay still.
    Rest,
    /// Samples were missing.
    Gap,
    /// Nothing was to be decided: a locked screen, sleep, nobody enrolled.
    Pause,
}

/// A time in which something stood in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What.
    pub way: Way,
    /// Since the stretch began.
    pub from: Duration,
    /// Since the stretch began.
    pub to: Duration,
}

/// What came of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was to come of it: a recording, or a daemon that only looks on.
    WouldBe,
    /// It is not said.
    Untold,
    /// The screen was locked.
    Locked {
        /// How often the session was asked.
        attempts: u32,
    },
    /// The screen may have stayed open.
    MayBeOpen {
        /// How often the session was asked.
        attempts: u32,
    },
}

/// The state became lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// Since the stretch began.
    pub at: Duration,
    /// Why.
    pub reason: Extensible<Reason>,
    /// The numbers behind it, if the reader of the events might see them.
    pub figures: Option<Figures>,
    /// What came of it.
    pub outcome: Outcome,
}

/// Times of one clock, and what happened in them.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// Who spoke.
    pub daemon: Option<String>,
    /// Name of the model bundle.
    pub model: Option<String>,
    /// Whether anything was to come of decisions.
    pub mode: Option<Extensible<Mode>>,
    /// Locks, in order.
    pub locks: Vec<Lock>,
    /// When locks were warned of.
    pub warnings: Vec<Duration>,
    /// What stood in the way, in order, without the one that lasts.
    pub ended: Vec<Span>,
    /// Windows told of.
    pub windows: u64,
    pub(super) evidence: Vec<Point>,
    pub(super) scores: Vec<Point>,
    pub(super) thresholds: Vec<Point>,
    lasting: Option<(Way, Duration)>,
    first: Option<SampleTime>,
    newest: SampleTime,
}

impl Stretch {
    /// One in which nothing has happened.
    pub(super) fn new(hello: Option<&Hello>) -> Self {
        let mut stretch = Self::default();
        if let Some(hello) = hello {
            stretch.greet(hello);
        }
        stretch
    }

    /// The next one, of the same daemon on another clock.
    pub(super) fn anew(&self) -> Self {
        Self {
            daemon: self.daemon.clone(),
            model: self.model.clone(),
            mode: self.mode.clone(),
            ..Self::default()
        }
    }

    /// A conversation begins.
    pub(super) fn greet(&mut self, hello: &Hello) {
        self.daemon = Some(hello.daemon.clone());
        self.model.clone_from(&hello.model);
        self.mode = Some(hello.mode.clone());
        if let Some(t) = hello.t_ns {
            self.reach(t);
        }
        self.enter(way(hello.state, &hello.reason));
    }

    /// Whether `t` is earlier than this stretch, by more than `margin`.
    pub(super) fn is_before(&self, t: SampleTime, margin: Duration) -> bool {
        self.first.is_some() && self.newest.since(t) > margin
    }

    /// Whether it has no time yet.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The clock has come to `t`.
    pub(super) fn reach(&mut self, t: SampleTime) {
        if self.first.is_none() {
            (self.first, self.newest) = (Some(t), t);
        }
        self.newest = self.newest.max(t);
    }

    /// How long it is.
    pub fn length(&self) -> Duration {
        self.since_first(self.newest)
    }

    fn since_first(&self, t: SampleTime) -> Duration {
        self.first.map_or(Duration::ZERO, |first| t.since(first))
    }

    pub(super) fn score(&mut self, window: &WindowScore) {
        self.windows += 1;
        self.figures(window.t_ns, Some(window.figures));
    }

    pub(super) fn warning(&mut self, warning: &LockWarning) {
        self.warnings.push(self.since_first(warning.t_ns));
    }

    pub(super) fn change(&mut self, state: State, change: &StateChange) {
        // The score is that of a window that is told of by itself.
        let evidence = change.figures.map(|figures| Figures {
            score: None,
            ..figures
        });
        self.figures(change.t_ns, evidence);
        self.enter(way(state, &change.reason));
        if state == State::Lock {
            self.locks.push(Lock {
                at: self.since_first(change.t_ns),
                reason: change.reason.clone(),
                figures: change.figures,
                outcome: self.expected(change),
            });
        }
    }

    fn expected(&self, change: &StateChange) -> Outcome {
        let [observe, replay] = [Mode::Observe, Mode::Replay].map(Extensible::from);
        let mode = change.mode.as_ref().or(self.mode.as_ref());
        match mode {
            Some(mode) if *mode == observe || *mode == replay => Outcome::WouldBe,
            _ => Outcome::Untold,
        }
    }

    pub(super) fn confirmed(&mut self, attempts: u32) {
        self.settle(Outcome::Locked { attempts });
    }

    pub(super) fn unconfirmed(&mut self, attempts: u32) {
        self.settle(Outcome::MayBeOpen { attempts });
    }

    fn settle(&mut self, outcome: Outcome) {
        if let Some(lock) = self.locks.last_mut() {
            lock.outcome = outcome;
        }
    }

    fn figures(&mut self, t: SampleTime, figures: Option<Figures>) {
        let Some(figures) = figures else {
            return;
        };
        let at = self.since_first(t).as_secs_f64();
        let number = |score: Option<Score>| score.map(|score| score.0);
        append(
            &mut self.evidence,
            at,
            figures.evidence.map(|level| level.0),
        );
        append(&mut self.scores, at, number(figures.score));
        append(&mut self.thresholds, at, number(figures.threshold));
    }

    fn enter(&mut self, way: Option<Way>) {
        let now = self.length();
        if self.lasting.map(|(way, _)| way) == way {
            return;
        }
        let next = way.map(|way| (way, now));
        if let Some((way, from)) = std::mem::replace(&mut self.lasting, next) {
            self.ended.push(Span { way, from, to: now });
        }
    }

    /// What stood in the way, in order, up to the end.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        let to = self.length();
        let lasting = self.lasting.map(|(way, from)| Span { way, from, to });
        self.ended.iter().copied().chain(lasting)
    }

    /// Whether there is more than can be drawn.
    pub(super) fn is_thinned(&self) -> bool {
        self.evidence.len() > MOST
    }

    /// How long that stood in the way.
    pub fn total(&self, way: Way) -> Duration {
        let those = self.spans().filter(|span| span.way == way);
        let lengths = those.map(|span| span.to.saturating_sub(span.from));
        lengths.fold(Duration::ZERO, Duration::saturating_add)
    }
}

fn append(points: &mut Vec<Point>, at: f64, value: Option<f64>) {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return;
    };
    let near = |last: &Point| at - last.at <= JOINED.as_secs_f64();
    let joined = points.last().is_some_and(near);
    points.push(Point { at, value, joined });
}

/// What a state means to somebody who looks for evidence.
fn way(state: State, reason: &Extensible<Reason>) -> Option<Way> {
    let reason = match (state, reason) {
        (State::Lock, _) => return Some(Way::Locked),
        (State::Unlock, _) | (_, Extensible::Other(_)) => return None,
        (State::Inconclusive, Extensible::Known(reason)) => reason,
    };
    match reason {
        Reason::AtRest => Some(Way::Rest),
        Reason::Gap | Reason::SensorLost | Reason::NoEvidence => Some(Way::Gap),
        Reason::ScreenLocked | Reason::SessionInactive | Reason::Asleep | Reason::NotEnrolled => {
            Some(Way::Pause)
        }
        Reason::Evidence | Reason::WarmUp | Reason::ModelFailed | Reason::Persisted => None,
    }
}
