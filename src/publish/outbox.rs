//! The bounded queue of lines for one client, which counts the lines it drops.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Event;

/// A line without its end, shared between the queues.
pub(super) type Line = Arc<str>;

/// What a line is, which decides whether a full queue may drop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A state: the newest one is never dropped.
    State,
    /// A score: dropped when it is the oldest.
    Score,
    /// A warning, or whether a lock was confirmed: dropped when it is the oldest.
    News,
    /// Hello and answers: never dropped. They are few, because a connection reads no
    /// request before it has sent the answer to the one before.
    Kept,
}

/// What to send next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A line.
    Line(Line),
    /// The line after which there are no more.
    Last(Line),
}

/// The queue. When it is full the oldest line is dropped. The client then gets the number
/// of lines dropped and the newest state among them, so that the newest state it knows is
/// never an outdated one.
#[derive(Debug)]
pub(super) struct Outbox {
    waiting: VecDeque<(Kind, Line)>,
    capacity: usize,
    missed: u64,
    newest_missed_state: Option<Line>,
    last: Option<Line>,
}

impl Outbox {
    /// An empty queue for `capacity` lines, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            capacity: capacity.max(1),
            missed: 0,
            newest_missed_state: None,
            last: None,
        }
    }

    /// Appends a line; after [`Outbox::end`] it is dropped.
    pub fn push(&mut self, kind: Kind, line: Line) {
        if self.last.is_some() {
            return;
        }
        if self.waiting.len() >= self.capacity {
            self.drop_oldest();
        }
        self.waiting.push_back((kind, line));
    }

    /// Appends the last line.
    pub fn end(&mut self, line: Line) {
        self.last.get_or_insert(line);
    }

    fn drop_oldest(&mut self) {
        let oldest = self
            .waiting
            .iter()
            .position(|(kind, _)| *kind != Kind::Kept);
        let Some((kind, line)) = oldest.and_then(|at| self.waiting.remove(at)) else {
            return;
        };
        // The newest dropped state is still sent, so only the one it replaces is missed.
        if kind != Kind::State || self.newest_missed_state.replace(line).is_some() {
            self.missed += 1;
        }
    }

    /// The next line to send, if any waits.
    pub fn pop(&mut self) -> Option<Next> {
        // A line that is never dropped and is still in front came before the dropped ones.
        let kept_first = matches!(self.waiting.front(), Some((Kind::Kept, _)));
        if !kept_first {
            if self.missed > 0 {
                let missed = std::mem::take(&mut self.missed);
                return Some(Next::Line(Event::Lagged { missed }.to_line().into()));
            }
            if let Some(line) = self.newest_missed_state.take() {
                return Some(Next::Line(line));
            }
        }
        match self.waiting.pop_front() {
            Some((_, line)) => Some(Next::Line(line)),
            None => self.last.clone().map(Next::Last),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drain(outbox: &mut Outbox) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match outbox.pop() {
                Some(Next::Line(line)) => lines.push(line.to_string()),
                Some(Next::Last(line)) => {
                    lines.push(line.to_string());
                    return lines;
                }
                None => return lines,
            }
        }
    }

    fn filled(capacity: usize, lines: &[(Kind, &str)]) -> Outbox {
        let mut outbox = Outbox::new(capacity);
        for (kind, line) in lines {
            outbox.push(*kind, (*line).into());
        }
        outbox
    }

    #[test]
    fn a_flood_of_scores_cannot_hide_a_lock() {
        use Kind::{Kept, Score, State};
        let mut outbox = filled(
            3,
            &[
                (Kept, "hello"),
                (State, "unlock"),
                (State, "lock"),
                (Score, "1"),
                (Score, "2"),
                (Score, "3"),
            ],
        );
        assert_eq!(
            drain(&mut outbox),
            [
                "hello",
                r#"{"event":"lagged","missed":2}"#,
                "lock",
                "2",
                "3"
            ]
        );
    }

    #[test]
    fn the_last_line_comes_last_and_nothing_after_it() {
        let mut outbox = filled(1, &[(Kind::State, "lock")]);
        outbox.end("bye".into());
        outbox.end("bye again".into());
        outbox.push(Kind::State, "unlock".into());
        assert_eq!(drain(&mut outbox), ["lock", "bye"]);
    }

    proptest! {
        #[test]
        fn every_line_is_sent_or_counted_and_the_newest_state_arrives(
            capacity in 1_usize..6,
            steps in prop::collection::vec((any::<bool>(), 0_usize..3), 0..80),
        ) {
            let mut outbox = Outbox::new(capacity);
            let (mut sent, mut missed, mut held) = (0_u64, 0_u64, None);
            let mut read = |outbox: &mut Outbox| match outbox.pop() {
                Some(Next::Line(line)) => {
                    if let Ok(Event::Lagged { missed: more }) = Event::from_line(&line) {
                        missed += more;
                    } else {
                        sent += 1;
                        if line.starts_with('s') {
                            held = Some(line);
                        }
                    }
                    true
                }
                _ => false,
            };
            let mut newest = None;
            for (n, (is_state, reads)) in steps.iter().enumerate() {
                let line: Line = format!("{}{n}", if *is_state { 's' } else { '.' }).into();
                if *is_state {
                    newest = Some(line.clone());
                }
                outbox.push(if *is_state { Kind::State } else { Kind::Score }, line);
                prop_assert!(outbox.waiting.len() <= capacity);
                for _ in 0..*reads {
                    read(&mut outbox);
                }
            }
            while read(&mut outbox) {}
            prop_assert_eq!(sent + missed, steps.len() as u64);
            prop_assert_eq!(held, newest);
        }
    }
}
