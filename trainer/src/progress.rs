//! How long work tells that it goes on: a bar on a terminal, a line now and
//! then anywhere else.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::dashboard::Dashboard;

/// Time between lines where there is no terminal.
const EVERY: Duration = Duration::from_secs(20);

/// Where progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Progress {
    /// A moving bar on standard error.
    Bar,
    /// Lines on standard error.
    Lines,
    /// Burn's dashboard: curves while a network learns, and q to stop; a bar before
    /// and after. Needs the cargo feature `dashboard`.
    Dashboard,
    /// Nothing; for tests.
    #[value(skip)]
    Silent,
}

impl Progress {
    /// A bar if standard error is a terminal, lines if it is not.
    pub fn detect() -> Self {
        if std::io::stderr().is_terminal() {
            Self::Bar
        } else {
            Self::Lines
        }
    }

    /// Whether this build and this terminal can show it, or what is wanting.
    pub fn check(self) -> Result<(), String> {
        match self {
            Self::Dashboard => Dashboard::check(),
            Self::Bar | Self::Lines | Self::Silent => Ok(()),
        }
    }

    /// One line that stays, above any bar.
    pub fn say(self, line: &str) {
        if !matches!(self, Self::Silent) {
            eprintln!("{line}");
        }
    }

    /// Begins work of `length` steps, called `what`.
    pub fn bar(self, what: &str, length: usize) -> Bar {
        let length = length as u64;
        let bar = match self {
            Self::Bar | Self::Dashboard => ProgressBar::new(length),
            Self::Lines | Self::Silent => ProgressBar::hidden(),
        };
        bar.set_length(length);
        bar.set_prefix(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template(
            "{prefix:>10} [{bar:30}] {pos}/{len} {msg} · {elapsed} gone, {eta} left",
        ) {
            bar.set_style(style.progress_chars("=> "));
        }
        Bar {
            bar,
            lines: matches!(self, Self::Lines).then(|| Mutex::new(Instant::now())),
        }
    }
}

/// Work under way.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    /// When the last line was written, if lines are.
    lines: Option<Mutex<Instant>>,
}

impl Bar {
    /// `steps` were done before, in another run; they tell nothing of how long the
    /// rest will take.
    pub fn resume_at(&self, steps: usize) {
        self.bar.set_position(steps as u64);
        self.bar.reset_eta();
    }

    /// Has come `steps` further; `state` says how things stand.
    pub fn step(&self, steps: usize, state: &str) {
        self.bar.inc(steps as u64);
        self.bar.set_message(state.to_owned());
        if let Some(Ok(mut last)) = self.lines.as_ref().map(Mutex::lock)
            && last.elapsed() >= EVERY
        {
            *last = Instant::now();
            eprintln!(
                "{} {}/{} {state}, {} s left",
                self.bar.prefix(),
                self.bar.position(),
                self.bar.length().unwrap_or_default(),
                self.bar.eta().as_secs(),
            );
        }
    }

    /// One line that stays, above the bar.
    pub fn say(&self, line: &str) {
        if self.lines.is_some() {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    /// The work is done.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
