//! The HTML page: counts, and the charts and locks of each segment.

use std::time::Duration;

use grasp_chart::{Fact, Report, Section, Table, Tone};

use super::chart::{self, EvidenceLevels};
use super::lock::{Lock, Outcome};
use super::log::EventLog;
use super::segment::Segment;
use crate::decide::State;
use crate::hidden_characters::plain;
use crate::publish::phrase::{clock, reason};
use crate::publish::{Extensible, Mode};

/// At most this many segments are drawn, and locks listed, to keep the page readable.
const MOST_SEGMENTS: usize = 50;
const MOST_LOCKS: usize = 500;

/// The log as an HTML document; `levels` are drawn as lines.
pub fn page(log: &EventLog, levels: EvidenceLevels) -> String {
    let mut report = headline(log);
    let drawn = log.segments.iter().filter(|s| !s.is_empty());
    let count = drawn.clone().count();
    for (k, segment) in drawn.take(MOST_SEGMENTS).enumerate() {
        report = report.section(section(k + 1, segment, levels));
    }
    let rest = match count.saturating_sub(MOST_SEGMENTS) {
        0 if count > 0 => return report.html(),
        0 => "There is no event with a time.".to_owned(),
        more => format!("{more} more segments are not drawn."),
    };
    let rest = Section::new("Not drawn").notice(Tone::Plain, rest);
    report.section(rest).html()
}

fn headline(log: &EventLog) -> Report {
    let all = || log.segments.iter();
    let watched = all().map(Segment::watched);
    let watched = watched.fold(Duration::ZERO, Duration::saturating_add);
    let locks = || all().flat_map(|segment| &segment.locks);
    let would_lock = locks().filter(|lock| lock.outcome == Outcome::WouldLock);
    let would_lock = would_lock.count();
    let windows: u64 = all().map(|segment| segment.windows).sum();
    [
        ("watched", whole_seconds(watched)),
        ("locks", (locks().count() - would_lock).to_string()),
        ("would-be locks", would_lock.to_string()),
        ("windows", windows.to_string()),
        ("events missed", log.missed.to_string()),
        ("lines that are no events", log.unreadable.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| Fact::new(name, value))
    .fold(Report::new("graspd report"), Report::headline)
}

fn section(number: usize, segment: &Segment, levels: EvidenceLevels) -> Section {
    let mode = match &segment.mode {
        None => "what it was is not said".to_owned(),
        Some(Extensible::Known(Mode::Live)) => "live".to_owned(),
        Some(Extensible::Known(Mode::Observe)) => "observing: nothing was locked".to_owned(),
        Some(Extensible::Known(Mode::Replay)) => "a recording: nothing was locked".to_owned(),
        Some(Extensible::Other(word)) => word.clone(),
    };
    let name = |of: &Option<String>| of.clone().unwrap_or_else(|| "unknown".into());
    let (daemon, model) = (name(&segment.daemon), name(&segment.model));
    let length = whole_seconds(segment.length());
    let mut section = Section::new(format!("Segment {number}, {length}"))
        .text(plain(&format!("{daemon}, model {model}; {mode}.")))
        .full_figure(
            chart::evidence(segment, levels),
            "Evidence for the owner, 0 to 1.",
        );
    section = match chart::scores(segment) {
        Some(scores) => section.full_figure(
            scores,
            "Scores of windows in motion. A score at the threshold speaks neither for nor \
             against the owner.",
        ),
        None => section.notice(
            Tone::Plain,
            "No scores: they are for root and the owner, with `graspd watch --json --scores`.",
        ),
    };
    if chart::is_downsampled(segment) {
        section = section.notice(
            Tone::Plain,
            "There is more than can be drawn: of each 500th of the time the first, the lowest, \
             the highest and the last are.",
        );
    }
    if segment.locks.is_empty() {
        return section.notice(Tone::Plain, "No lock.");
    }
    let section = section.table(table(&segment.locks));
    match segment.locks.len().saturating_sub(MOST_LOCKS) {
        0 => section,
        more => section.notice(Tone::Plain, format!("{more} more locks are not listed.")),
    }
}

fn table(locks: &[Lock]) -> Table {
    let header = ["at", "what", "why", "score", "threshold", "evidence"];
    let rows = locks.iter().take(MOST_LOCKS).map(row);
    Table::new("Locks", header).text_columns(3).rows(rows)
}

fn row(lock: &Lock) -> [String; 6] {
    let what = match lock.outcome {
        Outcome::WouldLock => "would be locked".to_owned(),
        Outcome::Unknown => "lock".to_owned(),
        Outcome::Confirmed { attempts } => format!("locked, asked {}", times(attempts)),
        Outcome::Unconfirmed { attempts } => format!("may be open, asked {}", times(attempts)),
    };
    let cell = |value: Option<f64>| value.map_or("–".to_owned(), number);
    let figures = lock.figures.as_ref();
    [
        clock(lock.at),
        what,
        reason(State::Lock, &lock.reason),
        cell(figures.and_then(|f| f.score).map(|s| s.0)),
        cell(figures.and_then(|f| f.threshold).map(|s| s.0)),
        cell(figures.and_then(|f| f.evidence).map(|e| e.0)),
    ]
}

fn times(count: u32) -> String {
    match count {
        1 => "once".into(),
        count => format!("{count} times"),
    }
}

/// A score or evidence with two or three digits.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if (1e-4..1e4).contains(&size) {
        let places = (1.0 - size.log10().floor()).clamp(2.0, 5.0) as usize;
        format!("{value:.places$}")
    } else {
        format!("{value:.0e}")
    }
}

/// The duration as h:mm:ss.
fn whole_seconds(span: Duration) -> String {
    clock(Duration::from_secs(span.as_secs()))
        .trim_end_matches(".0")
        .to_owned()
}
