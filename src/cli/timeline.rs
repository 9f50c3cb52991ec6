//! Prints events as lines for people, for `watch`, `replay` and `demo`.

use std::env;
use std::io::{self, IsTerminal};
use std::time::Duration;

use super::adaptation::adaptation_line;
use crate::decide::{Context, State};
use crate::hidden_characters::plain;
use crate::motion::SampleTime;
use crate::publish::phrase::{clock, reason};
use crate::publish::{
    ByeReason, Enrolment, Event, Extensible, Figures, Hello, LockWarning, Mode, Phase, StateChange,
    Status, Unconfirmed, WindowScore,
};

/// Width of an evidence bar in characters.
const BAR: usize = 10;

/// Plain or coloured output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without colours.
    Plain,
    /// With ANSI colours.
    Coloured,
}

impl Style {
    /// Coloured on a terminal unless `NO_COLOR` is set; <https://no-color.org>.
    pub fn of_stdout() -> Self {
        let declined = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if io::stdout().is_terminal() && !declined {
            Style::Coloured
        } else {
            Style::Plain
        }
    }

    pub(super) fn paint(self, code: &str, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// Formats events as lines, with times relative to the first event that has one.
#[derive(Debug, Clone)]
pub struct Timeline {
    style: Style,
    origin: Option<SampleTime>,
    newest: Option<SampleTime>,
}

impl Timeline {
    /// A timeline without events yet.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            origin: None,
            newest: None,
        }
    }

    /// The event as one line, without a line feed.
    pub fn line(&mut self, event: &Event) -> String {
        let text = match event {
            Event::Hello(hello) => {
                self.reach(hello.t_ns);
                self.hello(hello)
            }
            Event::Lock(change) => self.change(State::Lock, change),
            Event::Unlock(change) => self.change(State::Unlock, change),
            Event::Inconclusive(change) => self.change(State::Inconclusive, change),
            Event::Warning(warning) => self.warning(warning),
            Event::Score(score) => self.score(score),
            Event::Status(status) => {
                self.reach(status.t_ns);
                self.status(status)
            }
            Event::LockConfirmed { .. } => "the screen is locked".to_owned(),
            Event::LockUnconfirmed {
                attempts, reason, ..
            } => {
                let why = match reason {
                    Extensible::Known(Unconfirmed::NoSessionManager) => {
                        "there is no logind".to_owned()
                    }
                    Extensible::Known(Unconfirmed::NoSession) => {
                        "the owner has no session".to_owned()
                    }
                    Extensible::Known(Unconfirmed::NotLockable) => {
                        "the owner's session has no screen to lock".to_owned()
                    }
                    Extensible::Known(Unconfirmed::Refused) => "logind refused".to_owned(),
                    Extensible::Known(Unconfirmed::Ignored) => "nothing locked it".to_owned(),
                    Extensible::Other(word) => plain(word),
                };
                self.style.paint(
                    "1;31",
                    &format!("the screen may be open: {why} (asked {attempts} times)"),
                )
            }
            Event::Enrolment(enrolment) => enrolment_line(enrolment),
            Event::Adaptation(answer) => adaptation_line(answer),
            Event::Forgotten { .. } => "the owner is forgotten".to_owned(),
            Event::Lagged { missed } => format!("(missed {missed} events)"),
            Event::Error { message } => format!("error: {}", plain(message)),
            Event::Bye { reason, state } => {
                let why = match reason {
                    Extensible::Known(ByeReason::Stopped) => "graspd was stopped".to_owned(),
                    Extensible::Known(ByeReason::SourceEnded) => "no more samples".to_owned(),
                    Extensible::Known(ByeReason::Failed) => "graspd cannot go on".to_owned(),
                    Extensible::Other(word) => plain(word),
                };
                format!("{} until the end: {why}", self.state(*state).trim_end())
            }
            Event::Unknown => "(an event this graspd does not know)".to_owned(),
        };
        let since = match (self.origin, self.newest) {
            (Some(origin), Some(newest)) => newest.since(origin),
            _ => Duration::ZERO,
        };
        format!("+{}  {text}", clock(since))
    }

    /// A short text for a status.
    pub fn status(&self, status: &Status) -> String {
        let state = self.state(status.state);
        let why = reason(status.state, &status.reason);
        let text = format!("{state} {why:<40} {}", figures(status.figures));
        text.trim_end().to_owned()
    }

    fn reach(&mut self, t: Option<SampleTime>) {
        self.origin = self.origin.or(t);
        self.newest = t.or(self.newest);
    }

    fn hello(&self, hello: &Hello) -> String {
        let Hello { daemon, model, .. } = hello;
        let (daemon, model) = (plain(daemon), plain(model.as_deref().unwrap_or("none")));
        let motion = match &hello.mode {
            Extensible::Known(Mode::Live) => "live".to_owned(),
            Extensible::Known(Mode::Observe) => "observing: nothing is locked".to_owned(),
            Extensible::Known(Mode::Replay) => "a recording".to_owned(),
            Extensible::Other(word) => plain(word),
        };
        let state = self.state(hello.state);
        let why = reason(hello.state, &hello.reason);
        format!("{state} {why} ({daemon}, model {model}, {motion})")
    }

    fn change(&mut self, state: State, change: &StateChange) -> String {
        self.reach(Some(change.t_ns));
        let why = reason(state, &change.reason);
        let observed = change.mode == Some(Mode::Observe.into());
        let word = match state {
            State::Lock if observed => self.style.paint("33", &format!("{:<12}", "would lock")),
            state => self.state(state),
        };
        let text = format!("{word} {why:<40} {}", figures(change.figures));
        text.trim_end().to_owned()
    }

    fn warning(&mut self, warning: &LockWarning) -> String {
        self.reach(Some(warning.t_ns));
        let why = match warning.seconds_to_lock {
            // A longer forecast is too uncertain to print.
            Some(seconds) if seconds < 600.0 => {
                format!("a lock is near: in {seconds:.0} s at this rate")
            }
            _ => "a lock is near".to_owned(),
        };
        let word = self.style.paint("33", &format!("{:<12}", "warning"));
        let text = format!("{word} {why:<40} {}", figures(warning.figures));
        text.trim_end().to_owned()
    }

    fn score(&mut self, score: &WindowScore) -> String {
        self.reach(Some(score.t_ns));
        let context = match &score.context {
            Extensible::Known(Context::Moving) => "a window in motion".to_owned(),
            Extensible::Known(Context::AtRest) => "a window at rest".to_owned(),
            Extensible::Other(word) => plain(word),
        };
        let text = format!("{:<12} {context:<40} {}", "·", figures(Some(score.figures)));
        self.style.paint("2", text.trim_end())
    }

    fn state(&self, state: State) -> String {
        let (code, name) = match state {
            State::Lock => ("1;31", "LOCK"),
            State::Unlock => ("32", "unlock"),
            State::Inconclusive => ("33", "inconclusive"),
        };
        self.style.paint(code, &format!("{name:<12}"))
    }
}

/// The progress of an enrolment in one line.
pub(super) fn enrolment_line(enrolment: &Enrolment) -> String {
    let phase = match &enrolment.phase {
        Extensible::Known(Phase::None) => "no enrolment",
        Extensible::Known(Phase::Gathering) => "enrolling",
        Extensible::Known(Phase::Waiting) => "between sittings",
        Extensible::Known(Phase::Fitting) => "making the profile",
        Extensible::Known(Phase::Refused) => "refused",
        Extensible::Known(Phase::Finished) => "enrolled",
        Extensible::Other(word) => word,
    };
    let message = enrolment.message.as_deref().map(|text| format!(": {text}"));
    let Enrolment {
        windows,
        wanted,
        sittings,
        at_rest,
        ..
    } = enrolment;
    let gathered = match enrolment.in_sitting {
        Some(now) if now != *windows => {
            format!("{now} of {wanted} windows in this sitting, {windows} in all")
        }
        _ => format!("{windows} of {wanted} windows"),
    };
    let message = message.unwrap_or_default();
    plain(&format!(
        "{phase}: {gathered} in {sittings} sittings, {at_rest} more lying still{message}"
    ))
}

fn figures(figures: Option<Figures>) -> String {
    let Some(figures) = figures else {
        return String::new();
    };
    let mut text = String::new();
    if let Some(evidence) = figures.evidence {
        let full = (evidence.0.clamp(0.0, 1.0) * BAR as f64).round() as usize;
        let bar = "█".repeat(full) + &"░".repeat(BAR - full);
        text = format!("{bar} {:.2}", evidence.0);
    }
    if let (Some(score), Some(threshold)) = (figures.score, figures.threshold) {
        text += &format!("  score {:+.3} (from {:+.3})", score.0, threshold.0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(style: Style, events: &[&str]) -> Vec<String> {
        let mut timeline = Timeline::new(style);
        events
            .iter()
            .map(|line| timeline.line(&Event::from_line(line).unwrap()))
            .collect()
    }

    #[test]
    fn a_session_reads_as_sentences() {
        assert_eq!(
            lines(
                Style::Plain,
                &[
                    r#"{"event":"hello","v":1,"daemon":"graspd 0.1.0","state":"inconclusive","reason":"warm_up","t_ns":null,"model":"seed-2d","mode":"replay"}"#,
                    r#"{"event":"unlock","t_ns":5000000000,"reason":"evidence","score":0.25,"threshold":0.05,"evidence":0.7}"#,
                    r#"{"event":"score","t_ns":5960000000,"score":0.125,"threshold":0.05,"evidence":1.0,"context":"moving","state":"unlock"}"#,
                    r#"{"event":"warning","t_ns":6920000000,"reason":"evidence","seconds_to_lock":4.5,"score":-0.25,"threshold":0.05,"evidence":0.2}"#,
                    r#"{"event":"warning","t_ns":6920000000,"reason":"evidence"}"#,
                    r#"{"event":"lagged","missed":3}"#,
                    r#"{"event":"lock","t_ns":3730900000000,"reason":"at_rest"}"#,
                    r#"{"event":"lock","t_ns":3730900000000,"reason":"evidence","mode":"observe"}"#,
                    r#"{"event":"bye","reason":"source_ended","state":"lock"}"#,
                ]
            ),
            [
                "+0:00:00.0  inconclusive too little seen yet to tell (graspd 0.1.0, model seed-2d, a recording)",
                "+0:00:00.0  unlock       the motion is the owner's                ███████░░░ 0.70  score +0.250 (from +0.050)",
                "+0:00:00.9  ·            a window in motion                       ██████████ 1.00  score +0.125 (from +0.050)",
                "+0:00:01.9  warning      a lock is near: in 4 s at this rate      ██░░░░░░░░ 0.20  score -0.250 (from +0.050)",
                "+0:00:01.9  warning      a lock is near",
                "+0:00:01.9  (missed 3 events)",
                "+1:02:05.9  LOCK         lay still until its trust ran out",
                "+1:02:05.9  would lock   the motion is not the owner's",
                "+1:02:05.9  LOCK until the end: no more samples",
            ]
        );
    }

    #[test]
    fn colours_are_only_ours() {
        let hostile = r#"{"event":"lock","t_ns":0,"reason":"\u001b[2J"}"#;
        assert_eq!(
            lines(Style::Plain, &[hostile]),
            ["+0:00:00.0  LOCK         [2J"]
        );
        let coloured = &lines(Style::Coloured, &[hostile])[0];
        assert_eq!(coloured.matches('\x1b').count(), 2, "{coloured:?}");
    }
}
