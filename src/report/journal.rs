//! Lines of events, one after the other, from a journal nobody vouches for.

use std::io::{self, BufRead};

use super::stretch::Stretch;
use crate::motion::SampleTime;
use crate::publish::{Event, Hello, Mode};
use crate::source::{Line, Lines};

/// The longest line that is looked at, in bytes; ours have a few hundred.
const LONGEST: usize = 64 * 1024;
/// How far times may go back without the clock being another: decisions have
/// the time they were due at, which is a little earlier than they were made.
const BACK: std::time::Duration = std::time::Duration::from_secs(60);

/// What a journal of events says.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// Times that one clock told, in the order of the lines; each has events.
    pub stretches: Vec<Stretch>,
    /// Events understood.
    pub events: u64,
    /// Lines that are no events.
    pub unreadable: u64,
    /// Events that this version does not know.
    pub unknown: u64,
    /// Events that whoever wrote the journal was too slow for.
    pub missed: u64,
}

impl Journal {
    /// Takes in every line there is. Fails only where reading does.
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

    /// Takes in one line.
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
            Event::Lagged { missed } => self.missed = self.missed.saturating_add(*missed),
            Event::LockConfirmed { attempts, .. } => {
                if let Some(stretch) = self.stretches.last_mut() {
                    stretch.confirmed(*attempts);
                }
            }
            Event::LockUnconfirmed { attempts, .. } => {
                if let Some(stretch) = self.stretches.last_mut() {
                    stretch.unconfirmed(*attempts);
                }
            }
            Event::Score(score) => self.at(score.t_ns).score(score),
            Event::Warning(warning) => self.at(warning.t_ns).warning(warning),
            _ => {
                if let Some((state, change)) = event.state_change() {
                    self.at(change.t_ns).change(state, change);
                }
            }
        }
    }

    /// A conversation begins. Each recording has a clock of its own; a daemon
    /// that was restarted goes on with the system's.
    fn hello(&mut self, hello: &Hello) {
        let replays = hello.mode == Mode::Replay.into();
        let back = |last: &Stretch| hello.t_ns.is_some_and(|t| last.is_before(t, BACK));
        match self.stretches.last_mut() {
            Some(last) if !replays && !back(last) => last.greet(hello),
            _ => {
                self.drop_empty();
                self.stretches.push(Stretch::new(Some(hello)));
            }
        }
    }

    /// The stretch that an event at `t` belongs to.
    fn at(&mut self, t: SampleTime) -> &mut Stretch {
        let next = match self.stretches.last() {
            None => Some(Stretch::new(None)),
            Some(last) if last.is_before(t, BACK) => Some(last.anew()),
            Some(_) => None,
        };
        self.stretches.extend(next);
        let newest = self.stretches.len() - 1;
        let stretch = &mut self.stretches[newest];
        stretch.reach(t);
        stretch
    }

    /// A conversation in which nothing was said is no stretch.
    fn drop_empty(&mut self) {
        self.stretches.pop_if(|last| last.is_empty());
    }
}
