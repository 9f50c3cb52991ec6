//! The page: what was counted, and for each stretch its drawings and locks.

use std::fmt::Write as _;
use std::time::Duration;

use super::chart::{self, Levels};
use super::journal::Journal;
use super::stretch::{Lock, Outcome, Stretch, Way};
use super::svg::escape;
use crate::decide::State;
use crate::publish::phrase::{clock, reason};
use crate::publish::{Extensible, Mode};

/// Stretches that are drawn, and locks in a table, at most: more would be no
/// page that anyone reads.
const MOST_STRETCHES: usize = 50;
const MOST_LOCKS: usize = 500;

/// The journal as one HTML document, for people, with `levels` drawn in.
pub fn page(journal: &Journal, levels: Levels) -> String {
    let drawn = journal.stretches.iter().filter(|s| !s.is_empty());
    let (count, mut sections) = (drawn.clone().count(), String::new());
    for (k, stretch) in drawn.take(MOST_STRETCHES).enumerate() {
        sections += &section(k + 1, stretch, levels);
    }
    if count == 0 {
        sections += "<p class=\"note\">There is no event with a time.</p>\n";
    }
    if count > MOST_STRETCHES {
        let more = count - MOST_STRETCHES;
        let _ = writeln!(
            sections,
            "<p class=\"note\">{more} more stretches are not drawn.</p>"
        );
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>graspd report</title>\n<style>\n{}</style>\n</head>\n<body>\n\
         <header>\n<h1>graspd report</h1>\n{}</header>\n<main>\n{sections}</main>\n\
         </body>\n</html>\n",
        include_str!("page.css"),
        headline(journal),
    )
}

fn headline(journal: &Journal) -> String {
    let all = || journal.stretches.iter();
    let lengths = all().map(Stretch::length);
    let watched = lengths.fold(Duration::ZERO, Duration::saturating_add);
    let locks = || all().flat_map(|stretch| &stretch.locks);
    let would_be = locks().filter(|lock| lock.outcome == Outcome::WouldBe);
    let would_be = would_be.count();
    facts(&[
        ("watched", clock(watched)),
        ("locks", (locks().count() - would_be).to_string()),
        ("would-be locks", would_be.to_string()),
        ("windows", all().map(|s| s.windows).sum::<u64>().to_string()),
        ("events missed", journal.missed.to_string()),
        ("lines that are no events", journal.unreadable.to_string()),
    ])
}

fn facts(facts: &[(&str, String)]) -> String {
    let rows: String = facts
        .iter()
        .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n"))
        .collect();
    format!("<dl>\n{rows}</dl>\n")
}

fn section(number: usize, stretch: &Stretch, levels: Levels) -> String {
    let mode = match &stretch.mode {
        None => "what it was is not said".to_owned(),
        Some(Extensible::Known(Mode::Live)) => "live".to_owned(),
        Some(Extensible::Known(Mode::Observe)) => "observing: nothing was locked".to_owned(),
        Some(Extensible::Known(Mode::Replay)) => "a recording: nothing was locked".to_owned(),
        Some(Extensible::Other(word)) => escape(word),
    };
    let told = |what: &Option<String>| escape(what.as_deref().unwrap_or("unknown"));
    let (daemon, model) = (told(&stretch.daemon), told(&stretch.model));
    let mut text = format!(
        "<section>\n<h2>Stretch {number}, {}</h2>\n<p>{daemon}, model {model}; {mode}.</p>\n",
        clock(stretch.length()),
    );
    text += &figure(
        &chart::evidence(stretch, levels),
        "Evidence for the owner, 0 to 1, over time since the first event.",
    );
    text += &legend(stretch);
    if stretch.is_thinned() {
        text += "<p class=\"note\">There is more than can be drawn: of each 500th of the time the \
                 first, the lowest, the highest and the last are.</p>\n";
    }
    match chart::scores(stretch) {
        Some(drawing) => {
            let caption = "Scores of windows in motion, and the threshold (line) that speaks \
                           neither for nor against the owner.";
            text += &figure(&drawing, caption);
        }
        None => {
            text += "<p class=\"note\">No scores: they are for root and the owner, with \
                     <code>graspd watch --json --scores</code>.</p>\n";
        }
    }
    text + &table(&stretch.locks) + "</section>\n"
}

fn figure(drawing: &str, caption: &str) -> String {
    format!("<figure>\n{drawing}<figcaption>{caption}</figcaption>\n</figure>\n")
}

/// What the bands are and how long each was, and what the strokes are.
fn legend(stretch: &Stretch) -> String {
    let mut entries = String::new();
    for way in [Way::Locked, Way::Rest, Way::Gap, Way::Pause] {
        let total = stretch.total(way);
        if !total.is_zero() {
            let (class, name) = (chart::class(way), chart::name(way));
            let swatch = format!("<span class=\"swatch {class}\"></span>");
            let _ = writeln!(entries, "<li>{swatch}{name} {}</li>", clock(total));
        }
    }
    let warnings = stretch.warnings.len();
    if warnings > 0 {
        let swatch = "<span class=\"swatch stroke warn\"></span>";
        let _ = writeln!(entries, "<li>{swatch}warnings: {warnings}</li>");
    }
    format!("<ul class=\"legend\">\n{entries}</ul>\n")
}

fn table(locks: &[Lock]) -> String {
    if locks.is_empty() {
        return "<p>No lock.</p>\n".into();
    }
    let rows: String = locks.iter().take(MOST_LOCKS).map(row).collect();
    let header: String = ["at", "what", "why", "score", "threshold", "evidence"]
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .concat();
    let more = match locks.len().saturating_sub(MOST_LOCKS) {
        0 => String::new(),
        more => format!("<p class=\"note\">{more} more locks are not listed.</p>\n"),
    };
    // It can be scrolled by keys only if it can be reached by them.
    format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Locks\">\n<table>\n\
         <caption>Locks</caption>\n<thead><tr>{header}</tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table>\n</div>\n{more}"
    )
}

fn row(lock: &Lock) -> String {
    let what = match &lock.outcome {
        Outcome::WouldBe => "would be locked".to_owned(),
        Outcome::Untold => "lock".to_owned(),
        Outcome::Locked { attempts } => format!("locked, asked {}", times(*attempts)),
        Outcome::MayBeOpen { attempts } => format!("may be open, asked {}", times(*attempts)),
    };
    let why = escape(&reason(State::Lock, &lock.reason));
    let told = |value: Option<f64>| value.map_or("–".to_owned(), chart::number);
    let figures = lock.figures.as_ref();
    let score = told(figures.and_then(|f| f.score).map(|s| s.0));
    let threshold = told(figures.and_then(|f| f.threshold).map(|s| s.0));
    let evidence = told(figures.and_then(|f| f.evidence).map(|e| e.0));
    let cells: String = [what, why, score, threshold, evidence]
        .map(|cell| format!("<td>{cell}</td>"))
        .concat();
    format!(
        "<tr><th scope=\"row\">{}</th>{cells}</tr>\n",
        clock(lock.at)
    )
}

fn times(count: u32) -> String {
    match count {
        1 => "once".into(),
        count => format!("{count} times"),
    }
}
