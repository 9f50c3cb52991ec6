//! What `graspd watch` shows, as rows of text. Pure: events and a status in, rows out.

use std::collections::VecDeque;

use crate::cli::status::{flat, protects};
use crate::cli::timeline::{Style, Timeline};
use crate::decide::State;
use crate::hidden_characters::plain;
use crate::publish::phrase::reason;
use crate::publish::{Event, Hello, Status};

/// Windows whose evidence and score are kept, and shown where there is room: about three minutes.
const KEPT: usize = 200;
/// Lines of events that are kept.
const LINES: usize = 100;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Scores this far below and above the threshold fill a curve's height.
const SCORE_RANGE: f64 = 5.0;

/// Everything that is shown.
pub(super) struct View {
    style: Style,
    /// The user who looks.
    uid: u32,
    daemon: String,
    timeline: Timeline,
    lines: VecDeque<String>,
    evidence: VecDeque<f64>,
    /// Scores less their threshold.
    scores: VecDeque<f64>,
    status: Option<Status>,
}

impl View {
    pub(super) fn new(hello: &Hello, style: Style, uid: u32) -> Self {
        let mut view = Self {
            style,
            uid,
            daemon: plain(&hello.daemon),
            // Colours would be cut off with a line's end.
            timeline: Timeline::new(Style::Plain),
            lines: VecDeque::new(),
            evidence: VecDeque::new(),
            scores: VecDeque::new(),
            status: None,
        };
        view.event(&Event::Hello(hello.clone()));
        view
    }

    pub(super) fn status(&mut self, status: Status) {
        self.status = Some(status);
    }

    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Score(window) => {
                let figures = window.figures;
                let evidence = figures.evidence.map(|evidence| evidence.0);
                keep(&mut self.evidence, KEPT, evidence);
                let score = figures.score.zip(figures.threshold);
                keep(
                    &mut self.scores,
                    KEPT,
                    score.map(|(score, from)| score.0 - from.0),
                );
            }
            // The answer to asking for scores, which others may not see.
            Event::Error { .. } => {}
            event => {
                let line = self.timeline.line(event);
                keep(&mut self.lines, LINES, Some(line));
            }
        }
    }

    /// The line of the newest event that has one.
    pub(super) fn newest(&self) -> Option<&str> {
        self.lines.back().map(String::as_str)
    }

    /// As many rows as fit, none wider than the terminal.
    pub(super) fn rows(&self, columns: usize, rows: usize) -> Vec<String> {
        let mut page = self.head(columns);
        page.push(String::new());
        let room = rows.saturating_sub(page.len() + 1);
        let newest = self
            .lines
            .iter()
            .skip(self.lines.len().saturating_sub(room));
        page.extend(newest.map(|line| cut(line, columns)));
        let foot = "q ends this";
        page.truncate(rows.saturating_sub(1));
        page.resize(rows.saturating_sub(1), String::new());
        page.push(self.style.paint("2", &cut(foot, columns)));
        page
    }

    fn head(&self, columns: usize) -> Vec<String> {
        let row = |name: &str, value: &str| cut(&format!("{name:<14} {value}"), columns);
        let Some(status) = &self.status else {
            return vec![row("daemon", &self.daemon)];
        };
        let (code, name) = match status.state {
            State::Lock => ("1;31", "LOCK"),
            State::Unlock => ("1;32", "unlock"),
            State::Inconclusive => ("1;33", "inconclusive"),
        };
        let why = reason(status.state, &status.reason);
        let model = plain(status.model.as_deref().unwrap_or("none"));
        let mut page = vec![
            row("daemon", &format!("{}, model {model}", self.daemon)),
            // Coloured as a whole, once it is cut.
            self.style
                .paint(code, &row("state", &format!("{name}: {why}"))),
            row("protects you", &protects(status, self.uid)),
        ];
        let room = columns.saturating_sub(22).clamp(1, KEPT);
        if let Some(newest) = self.evidence.back() {
            let curve = curve(&self.evidence, room, |evidence| *evidence);
            page.push(row("evidence", &format!("{newest:.2}  {curve}")));
        }
        if let Some(newest) = self.scores.back() {
            let height = |score: &f64| (score / SCORE_RANGE + 1.0) / 2.0;
            let curve = curve(&self.scores, room, height);
            page.push(row("score", &format!("{newest:+.2} {curve}")));
        }
        if let Some(fault) = &status.input_fault {
            page.push(row("no windows", &plain(fault)));
        }
        let counters = status.counters.iter().flat_map(flat);
        let told: Vec<String> = counters
            .filter(|(_, value)| value != "0")
            .map(|(name, value)| format!("{} {value}", plain(&name)))
            .collect();
        page.extend(wrapped(&told, columns));
        page
    }
}

fn keep<T>(kept: &mut VecDeque<T>, most: usize, new: Option<T>) {
    kept.extend(new);
    while kept.len() > most {
        kept.pop_front();
    }
}

/// The newest values as a row of bars; `height` gives 0 to 1 of each.
fn curve(values: &VecDeque<f64>, room: usize, height: impl Fn(&f64) -> f64) -> String {
    let newest = values.iter().skip(values.len().saturating_sub(room));
    let bar = |value: &f64| {
        let height = height(value);
        let at = if height.is_finite() {
            height.clamp(0.0, 1.0)
        } else {
            0.0
        };
        BARS[(at * (BARS.len() - 1) as f64).round() as usize]
    };
    newest.map(bar).collect()
}

/// `parts` side by side, in rows that are not too wide.
fn wrapped(parts: &[String], columns: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for part in parts {
        let newest = rows.last().map_or(0, |row| row.chars().count());
        if newest > 0 && newest + 3 + part.chars().count() > columns {
            rows.push(String::new());
        }
        if let Some(row) = rows.last_mut() {
            if !row.is_empty() {
                *row += "   ";
            }
            *row += part;
        }
    }
    rows.iter().map(|row| cut(row, columns)).collect()
}

fn cut(text: &str, columns: usize) -> String {
    text.chars().take(columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(line: &str) -> Event {
        Event::from_line(line).unwrap()
    }

    fn view() -> View {
        let hello = r#"{"event":"hello","v":1,"daemon":"graspd 0.1.0","state":"inconclusive","reason":"warm_up","t_ns":null,"mode":"live"}"#;
        let Event::Hello(hello) = event(hello) else {
            panic!("no hello");
        };
        View::new(&hello, Style::Plain, 0)
    }

    fn full() -> View {
        let mut view = view();
        for at in 0..300_u32 {
            let evidence = f64::from(at % 10) / 10.0;
            view.event(&event(&format!(
                r#"{{"event":"score","t_ns":{at},"score":{evidence},"threshold":0.5,"evidence":{evidence},"context":"moving","state":"unlock"}}"#
            )));
            let t_ns = u64::from(at) * 1_000_000_000;
            view.event(&event(&format!(
                r#"{{"event":"lock","t_ns":{t_ns},"reason":"evidence"}}"#
            )));
        }
        let status = r#"{"event":"status","state":"lock","reason":"evidence","t_ns":1,"uptime_ns":1,"mode":"live","input_fault":"\u001b[2Jodd","counters":{"align":{"gaps":0},"source":{"malformed":7,"samples":12000}}}"#;
        let Event::Status(status) = event(status) else {
            panic!("no status");
        };
        view.status(status);
        view
    }

    #[test]
    fn state_evidence_scores_counters_and_the_newest_events_are_seen() {
        let page = full().rows(80, 24);
        assert_eq!(page.len(), 24);
        let text = page.join("\n");
        for seen in [
            "state          LOCK: the motion is not the owner's",
            "protects you   yes",
            "evidence       0.90  ",
            "score          +0.40 ",
            "source.malformed 7   source.samples 12000",
            "+0:04:59.0  LOCK",
            "q ends this",
        ] {
            assert!(text.contains(seen), "no {seen:?} in\n{text}");
        }
        assert!(!text.contains("align.gaps"), "zeroes say nothing");
        assert!(
            !text.contains('\x1b'),
            "what others say controls the terminal"
        );
    }

    #[test]
    fn it_fits_whatever_the_terminal_and_whatever_there_is() {
        for view in [view(), full()] {
            for (columns, rows) in [(1, 1), (3, 2), (20, 5), (40, 10), (500, 200)] {
                let page = view.rows(columns, rows);
                assert_eq!(page.len(), rows);
                assert!(page.iter().all(|row| row.chars().count() <= columns));
            }
        }
    }
}
