//! Splits a log into segments: events whose times are on one clock, as of one run of a daemon.

use std::time::Duration;

use grasp_chart::Point;

use super::lock::{Lock, Outcome};
use super::period::{Period, PeriodKind};
use crate::decide::{Context, State};
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::publish::{Extensible, Figures, Hello, LockWarning, Mode, StateChange, WindowScore};

/// Points further apart are not joined by a line.
const JOINED: Duration = Duration::from_secs(10);
/// The same at rest, of which the agent keeps a score each minute (AT_REST_NS in
/// agent/src/score_thinning.rs).
const JOINED_AT_REST: Duration = Duration::from_secs(75);

/// Events with times of one clock: a recording, or the daemon's from one boot to the
/// next.
#[derive(Debug, Clone, Default)]
pub struct Segment {
    /// Name and version of the daemon; `None` before a `hello`.
    pub daemon: Option<String>,
    /// Name of the model bundle; `None` before a `hello`, or where there is none.
    pub model: Option<String>,
    /// The operating mode; `None` before a `hello`.
    pub mode: Option<Extensible<Mode>>,
    /// Locks, in order.
    pub locks: Vec<Lock>,
    /// Times of the warnings, since the segment began.
    pub warnings: Vec<Duration>,
    /// Number of windows scored.
    pub windows: u64,
    /// Evidence for the owner, 0 to 1.
    pub(super) evidence: Vec<Point>,
    /// The windows' scores.
    pub(super) scores: Vec<Point>,
    /// The owner's threshold at the time of each score.
    pub(super) thresholds: Vec<Point>,
    ended: Vec<Period>,
    current: Option<(PeriodKind, Duration)>,
    /// What begins with the next event that has a time: that of a hello without one.
    begins: Option<Option<PeriodKind>>,
    first: Option<SampleTime>,
    newest: SampleTime,
}

impl Segment {
    /// A segment without events yet.
    pub(super) fn new(hello: Option<&Hello>) -> Self {
        let mut segment = Self::default();
        if let Some(hello) = hello {
            segment.hello(hello);
        }
        segment
    }

    /// A segment of the same daemon on another clock, without events yet.
    pub(super) fn next(&self) -> Self {
        Self {
            daemon: self.daemon.clone(),
            model: self.model.clone(),
            mode: self.mode.clone(),
            ..Self::default()
        }
    }

    /// Whether `t` is before the newest time by more than `margin`.
    pub(super) fn is_after(&self, t: SampleTime, margin: Duration) -> bool {
        self.first.is_some() && self.newest.since(t) > margin
    }

    /// Whether no event with a time has come.
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The time from its first to its newest event.
    pub fn length(&self) -> Duration {
        self.since_first(self.newest)
    }

    /// The part of it in which the motion was watched.
    pub fn watched(&self) -> Duration {
        let unwatched = PeriodKind::ALL.iter().filter(|kind| !kind.is_watched());
        let totals = unwatched.map(|kind| self.total(*kind));
        totals.fold(self.length(), Duration::saturating_sub)
    }

    /// The periods, in order; one that has not ended ends with the segment.
    pub fn periods(&self) -> impl Iterator<Item = Period> {
        let to = self.length();
        let current = self.current.map(|(kind, from)| Period { kind, from, to });
        let all = self.ended.iter().copied().chain(current);
        all.filter(|period| period.to > period.from)
    }

    /// The total length of the periods of this kind.
    pub fn total(&self, kind: PeriodKind) -> Duration {
        let those = self.periods().filter(|period| period.kind == kind);
        let lengths = those.map(|period| period.to.saturating_sub(period.from));
        lengths.fold(Duration::ZERO, Duration::saturating_add)
    }

    /// Notes that the clock has reached `t`.
    pub(super) fn advance(&mut self, t: SampleTime) {
        if self.first.is_none() {
            (self.first, self.newest) = (Some(t), t);
        }
        self.newest = self.newest.max(t);
        if let Some(kind) = self.begins.take() {
            self.enter(kind);
        }
    }

    /// Adds the data of a `hello`.
    pub(super) fn hello(&mut self, hello: &Hello) {
        self.daemon = Some(hello.daemon.clone());
        self.model.clone_from(&hello.model);
        self.mode = Some(hello.mode.clone());
        // A daemon that was killed has not said that it ends.
        self.end();
        self.begins = Some(PeriodKind::of(hello.state, &hello.reason));
        if let Some(t) = hello.t_ns {
            self.advance(t);
        }
    }

    /// The daemon ends, or the connection to it: what held is known up to then.
    pub(super) fn end(&mut self) {
        if self.first.is_some() {
            self.enter(Some(PeriodKind::Unheard));
        }
    }

    /// Adds a window's score.
    pub(super) fn score(&mut self, window: &WindowScore) {
        self.windows += 1;
        let rests = window.context == Context::AtRest.into();
        self.figures(window.t_ns, Some(window.figures), rests);
    }

    /// Adds a warning.
    pub(super) fn warning(&mut self, warning: &LockWarning) {
        self.warnings.push(self.since_first(warning.t_ns));
    }

    /// Adds a change of state.
    pub(super) fn change(&mut self, state: State, change: &StateChange) {
        // The score is left out: its window has an event of its own.
        let evidence = change.figures.map(|figures| Figures {
            score: None,
            ..figures
        });
        let rests = change.context == Some(Context::AtRest.into());
        self.figures(change.t_ns, evidence, rests);
        self.enter(PeriodKind::of(state, &change.reason));
        if state == State::Lock {
            let mode = change.mode.as_ref().or(self.mode.as_ref());
            self.locks.push(Lock {
                at: self.since_first(change.t_ns),
                reason: change.reason.clone(),
                figures: change.figures,
                outcome: Outcome::of_mode(mode),
            });
        }
    }

    /// Sets the outcome of the newest lock.
    pub(super) fn outcome(&mut self, outcome: Outcome) {
        if let Some(lock) = self.locks.last_mut() {
            lock.outcome = outcome;
        }
    }

    fn since_first(&self, t: SampleTime) -> Duration {
        self.first.map_or(Duration::ZERO, |first| t.since(first))
    }

    /// Adds a point to each curve; `rests` says that the device lay still then.
    fn figures(&mut self, t: SampleTime, figures: Option<Figures>, rests: bool) {
        let Some(figures) = figures else {
            return;
        };
        let at = self.since_first(t).as_secs_f64();
        let evidence = figures.evidence.map(|level| level.0);
        let [score, threshold] =
            [figures.score, figures.threshold].map(|value| value.map(|Score(value)| value));
        let rested = matches!(self.current, Some((PeriodKind::AtRest, _)));
        let joined = if rests || rested {
            JOINED_AT_REST
        } else {
            JOINED
        };
        append(&mut self.evidence, at, evidence, joined);
        append(&mut self.scores, at, score, joined);
        append(&mut self.thresholds, at, threshold, joined);
    }

    fn enter(&mut self, kind: Option<PeriodKind>) {
        let now = self.length();
        if self.current.map(|(kind, _)| kind) == kind {
            return;
        }
        let next = kind.map(|kind| (kind, now));
        if let Some((kind, from)) = std::mem::replace(&mut self.current, next) {
            let to = now;
            self.ended.push(Period { kind, from, to });
        }
    }
}

fn append(points: &mut Vec<Point>, at: f64, value: Option<f64>, joined: Duration) {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return;
    };
    let near = |last: &Point| at - last.at <= joined.as_secs_f64();
    let joined = points.last().is_some_and(near);
    points.push(Point { at, value, joined });
}
