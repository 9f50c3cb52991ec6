//! Progress on standard error: a bar on a terminal, a line every 20 s elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

/// Time between progress lines.
const EVERY: Duration = Duration::from_secs(20);

/// How progress is shown.
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

    /// Prints one line on standard error; nothing if silent.
    pub fn say(self, line: &str) {
        if !matches!(self, Self::Silent) {
            eprintln!("{line}");
        }
    }

    /// Starts the display of a task of `length` steps named `what`.
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

/// A running task.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    /// When the last line was written; `None` if a bar is shown.
    lines: Option<Mutex<Instant>>,
}

impl Bar {
    /// Counts `steps` as done in an earlier run; the time estimate ignores them.
    pub fn resume_at(&self, steps: usize) {
        self.bar.set_position(steps as u64);
        self.bar.reset_eta();
    }

    /// Advances by `steps` and shows `state`.
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

    /// Prints one line above the bar.
    pub fn say(&self, line: &str) {
        if self.lines.is_some() {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    /// Ends the display.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
