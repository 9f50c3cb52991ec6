//! The history read from the days' lines: locks, evidence over time, and how long was watched.

use super::line::Line;
use super::lock::{Lock, Outcome};

/// Lines further apart, in seconds, are not of one watch, and their points are not joined. At rest
/// the agent keeps a score each minute (AT_REST_NS in agent/src/score_thinning.rs).
pub const JOINED_S: i64 = 75;

/// Evidence at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// In seconds since 1970.
    pub at: i64,
    /// From 0 to 1.
    pub evidence: f64,
}

/// A period in which there was no deciding, or nothing left to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What it was.
    pub kind: Kind,
    /// In seconds since 1970.
    pub from: i64,
    /// In seconds since 1970.
    pub to: i64,
}

/// What a period was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The state was `lock`.
    Locked,
    /// The device lay still.
    AtRest,
    /// No samples, nobody enrolled, a locked screen, a pause.
    Undecided,
}

/// What happened on the last days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    /// In their order.
    pub locks: Vec<Lock>,
    /// In their order.
    pub points: Vec<Point>,
    ended: Vec<Span>,
    current: Option<(Kind, i64)>,
    /// Times from one line to the next while it decided: ends and length.
    watched: Vec<(i64, i64)>,
    observes: bool,
    newest: Option<i64>,
}

impl Log {
    /// Takes the next line.
    pub fn take(&mut self, line: &Line) {
        let Some(at) = line.unix_s else { return };
        let before = self.newest;
        self.pass(at);
        let observes = line.mode.as_deref() == Some("observe");
        let reason = line.reason.as_deref().unwrap_or_default();
        match line.event.as_str() {
            "hello" => {
                self.observes = observes;
                // The agent heard nothing since the line before, so that what held then ends with it.
                self.enter(None, before.unwrap_or(at));
                let state = line.state.as_deref().unwrap_or_default();
                self.enter(Kind::of(state, reason), at);
            }
            "lock" => {
                self.enter(Some(Kind::Locked), at);
                let outcome = match self.observes || observes {
                    true => Outcome::WouldLock,
                    false => Outcome::Unknown,
                };
                self.locks.push(Lock {
                    at,
                    reason: reason.to_owned(),
                    outcome,
                    was_false: None,
                });
            }
            state @ ("unlock" | "inconclusive") => self.enter(Kind::of(state, reason), at),
            "lock_confirmed" => self.outcome(Outcome::Locked),
            "lock_unconfirmed" => self.outcome(Outcome::MayBeOpen),
            "bye" => self.enter(Some(Kind::Undecided), at),
            "answer" => {
                let asked = self
                    .locks
                    .iter_mut()
                    .rev()
                    .find(|lock| lock.is_by_evidence());
                if let Some(lock) = asked {
                    lock.was_false = line.was_false;
                }
            }
            _ => {}
        }
        let evidence = line.evidence.filter(|evidence| evidence.is_finite());
        if let Some(evidence) = evidence {
            self.points.push(Point { at, evidence });
        }
    }

    /// The periods, in order; one that goes on ends with the newest line.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        let newest = self.newest.unwrap_or_default();
        let current = self.current.map(|(kind, from)| Span {
            kind,
            from,
            to: newest,
        });
        self.ended.iter().copied().chain(current)
    }

    /// Seconds in which it decided, from a time on.
    pub fn watched_s(&self, from: i64) -> i64 {
        let since = self.watched.iter().filter(|(to, _)| *to > from);
        since.map(|(_, length)| length).sum()
    }

    /// Times of its first and newest lines within a day, or whatever begins and ends so.
    pub fn ends_within(&self, from: i64, to: i64) -> Option<(i64, i64)> {
        let spans = self.spans().flat_map(|span| [span.from, span.to]);
        let points = self.points.iter().map(|point| point.at);
        let locks = self.locks.iter().map(|lock| lock.at);
        let times = points.chain(locks).chain(spans);
        times
            .filter(|at| (from..to).contains(at))
            .fold(None, |ends, at| match ends {
                None => Some((at, at)),
                Some((first, last)) => Some((at.min(first), at.max(last))),
            })
    }

    /// The newest lock by evidence, if it can still be asked whether it was false.
    pub fn unanswered(&self) -> Option<&Lock> {
        let newest = self.locks.iter().rev().find(|lock| lock.is_by_evidence())?;
        let open = newest.was_false.is_none() && newest.outcome != Outcome::WouldLock;
        open.then_some(newest)
    }

    fn pass(&mut self, at: i64) {
        if let Some(before) = self.newest {
            let length = at - before;
            let decides = !matches!(self.current, Some((Kind::Undecided, _)));
            if decides && (1..=JOINED_S).contains(&length) {
                self.watched.push((at, length));
            }
        }
        self.newest = Some(at);
    }

    fn outcome(&mut self, outcome: Outcome) {
        if let Some(lock) = self.locks.last_mut() {
            lock.outcome = outcome;
        }
    }

    fn enter(&mut self, kind: Option<Kind>, at: i64) {
        if self.current.map(|(kind, _)| kind) == kind {
            return;
        }
        let next = kind.map(|kind| (kind, at));
        if let Some((kind, from)) = std::mem::replace(&mut self.current, next) {
            self.ended.push(Span { kind, from, to: at });
        }
    }
}

impl Kind {
    /// The kind of period that begins with a state; `None` while it decides. `graspd report` calls
    /// the same ones watched (src/report/period.rs).
    fn of(state: &str, reason: &str) -> Option<Self> {
        match (state, reason) {
            ("lock", _) => Some(Self::Locked),
            ("unlock", _) => None,
            (_, "at_rest") => Some(Self::AtRest),
            (_, "evidence" | "warm_up" | "persisted") => None,
            _ => Some(Self::Undecided),
        }
    }
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
