//! Reads lines of events from a file with any content.

use std::io::{self, BufRead};

use super::lock::Outcome;
use super::segment::Segment;
use crate::motion::SampleTime;
use crate::publish::{Event, Hello, Mode};
use crate::source::{Line, Lines};

/// Longest line that is accepted, in bytes; events have a few hundred.
const LONGEST: usize = 64 * 1024;
/// Times may go back by this much on one clock, because a decision has the time at
/// which it was due, slightly before the events around it.
const BACK: std::time::Duration = std::time::Duration::from_secs(60);

/// A log of events, in segments by clock.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    /// The segments, in the order of the lines.
    pub segments: Vec<Segment>,
    /// Events of known types.
    pub events: u64,
    /// Lines that are not events.
    pub unreadable: u64,
    /// Events of types that this version does not know.
    pub unknown: u64,
    /// Events that the daemon dropped because the reader of the log was too slow
    /// (`lagged`).
    pub missed: u64,
}

impl EventLog {
    /// Reads all lines. Only a failed read is an error.
    pub fn read(&mut self, from: impl BufRead) -> io::Result<()> {
        let mut lines = Lines::up_to(LONGEST, from);
        while let Some(line) = lines.next_line()? {
            match line {
                Line::Text(text) if text.trim().is_empty() => {}
                Line::Text(text) => self.line(text),
                Line::Unreadable => self.unreadable += 1,
            }
        }
        Ok(())
    }

    /// Reads one line; if it is not an event, it is counted.
    pub fn line(&mut self, line: &str) {
        match Event::from_line(line) {
            Ok(Event::Unknown) => self.unknown += 1,
            Ok(event) => {
                self.events += 1;
                self.event(&event);
            }
            Err(_) => self.unreadable += 1,
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Hello(hello) => self.hello(hello),
            Event::Bye { .. } => {
                if let Some(segment) = self.segments.last_mut() {
                    segment.end();
                }
            }
            Event::Lagged { missed } => self.missed = self.missed.saturating_add(*missed),
            Event::LockConfirmed { attempts, .. } => self.outcome(Outcome::Confirmed {
                attempts: *attempts,
            }),
            Event::LockUnconfirmed { attempts, .. } => self.outcome(Outcome::Unconfirmed {
                attempts: *attempts,
            }),
            Event::Score(score) => self.at(score.t_ns).score(score),
            Event::Warning(warning) => self.at(warning.t_ns).warning(warning),
            _ => {
                if let Some((state, change)) = event.state_change() {
                    self.at(change.t_ns).change(state, change);
                }
            }
        }
    }

    /// Begins a segment if the clock changes: each replayed recording has its own
    /// clock, while a restarted daemon continues on the system's.
    fn hello(&mut self, hello: &Hello) {
        let replays = hello.mode == Mode::Replay.into();
        let back = |last: &Segment| hello.t_ns.is_some_and(|t| last.is_after(t, BACK));
        match self.segments.last_mut() {
            Some(last) if !replays && !back(last) => last.hello(hello),
            _ => {
                self.drop_empty();
                self.segments.push(Segment::new(Some(hello)));
            }
        }
    }

    /// Sets the outcome of the newest lock.
    fn outcome(&mut self, outcome: Outcome) {
        if let Some(segment) = self.segments.last_mut() {
            segment.outcome(outcome);
        }
    }

    /// The segment of an event at `t`; a new one if the clock went back.
    fn at(&mut self, t: SampleTime) -> &mut Segment {
        let next = match self.segments.last() {
            None => Some(Segment::new(None)),
            Some(last) if last.is_after(t, BACK) => Some(last.next()),
            Some(_) => None,
        };
        self.segments.extend(next);
        let newest = self.segments.len() - 1;
        let segment = &mut self.segments[newest];
        segment.advance(t);
        segment
    }

    /// Removes a last segment without a time.
    fn drop_empty(&mut self) {
        self.segments.pop_if(|last| last.is_empty());
    }
}
