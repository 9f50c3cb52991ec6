//! The charts of a segment: evidence and scores over time.

use grasp_chart::{
    Axis, Entry, Event, Level, MAX_POINTS, Paint, Span, Stroke, Svg, Swatch, Timeline, Trace,
};

use super::lock::Outcome;
use super::period::{Period, PeriodKind};
use super::segment::Segment;
use crate::decide::State;
use crate::publish::phrase::{clock, reason};

/// Levels of evidence, drawn as lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvidenceLevels {
    /// The state becomes lock at or below it.
    pub lock: f64,
    /// A warning is published below it.
    pub warn: f64,
}

/// Evidence over time, with periods, warnings and locks.
pub(super) fn evidence(segment: &Segment, levels: EvidenceLevels) -> Svg {
    let level = |at, label: &str| Level {
        at,
        label: label.to_owned(),
    };
    let chart = Timeline {
        title: "Evidence for the owner over time, with locks".into(),
        x: time(segment),
        y: Axis::new("evidence").from(0.0).to(1.0),
        height: 150.0,
        spans: spans(segment),
        levels: vec![level(levels.warn, "warn"), level(levels.lock, "lock")],
        series: vec![Trace {
            name: "evidence".into(),
            paint: Paint::Series(0),
            dots: false,
            points: segment.evidence.clone(),
        }],
        events: warnings(segment).chain(locks(segment)).collect(),
        legend: legend(segment),
    };
    chart.svg()
}

/// Windows' scores over time, with the threshold; `None` where there are no scores.
pub(super) fn scores(segment: &Segment) -> Option<Svg> {
    if segment.scores.is_empty() {
        return None;
    }
    let entry = |paint, swatch, name: &str| Entry {
        paint,
        swatch,
        name: name.to_owned(),
    };
    let trace = |name: &str, paint, dots, points: &[_]| Trace {
        name: name.to_owned(),
        paint,
        dots,
        points: points.to_vec(),
    };
    let chart = Timeline {
        title: "Scores of windows over time, with the threshold".into(),
        x: time(segment),
        y: Axis::new("score"),
        height: 120.0,
        spans: spans(segment),
        levels: Vec::new(),
        series: vec![
            trace("scores", Paint::Series(2), true, &segment.scores),
            trace("threshold", Paint::Ink, false, &segment.thresholds),
        ],
        events: Vec::new(),
        legend: vec![
            entry(Paint::Series(2), Swatch::Sign(0), "score of a window"),
            entry(Paint::Ink, Swatch::Line(0), "threshold"),
        ],
    };
    Some(chart.svg())
}

/// Whether the segment has more points than are drawn.
pub(super) fn is_downsampled(segment: &Segment) -> bool {
    segment.evidence.len().max(segment.scores.len()) > MAX_POINTS
}

fn time(segment: &Segment) -> Axis {
    let seconds = segment.length().as_secs_f64();
    Axis::time("time since the first event").to(seconds.max(1.0))
}

fn spans(segment: &Segment) -> Vec<Span> {
    let span = |period: Period| Span {
        ends: [period.from, period.to].map(|at| at.as_secs_f64()),
        paint: paint(period.kind),
        title: format!(
            "{}: {} to {}",
            period.kind.name(),
            clock(period.from),
            clock(period.to)
        ),
    };
    segment.periods().map(span).collect()
}

fn paint(kind: PeriodKind) -> Paint {
    Paint::Series(match kind {
        PeriodKind::Locked => 1,
        PeriodKind::AtRest => 3,
        PeriodKind::NoSamples => 4,
        PeriodKind::Paused => 6,
        PeriodKind::Unheard => 5,
    })
}

const WARNING: Paint = Paint::Series(4);
const LOCK: Paint = Paint::Series(1);

fn warnings(segment: &Segment) -> impl Iterator<Item = Event> {
    segment.warnings.iter().map(|at| Event {
        at: at.as_secs_f64(),
        paint: WARNING,
        stroke: Stroke::Short,
        title: format!("{} warning", clock(*at)),
    })
}

fn locks(segment: &Segment) -> impl Iterator<Item = Event> {
    segment.locks.iter().map(|lock| {
        let (stroke, what) = match lock.outcome {
            Outcome::WouldLock => (Stroke::Dashed, "would be locked"),
            _ => (Stroke::Full, "lock"),
        };
        let why = reason(State::Lock, &lock.reason);
        Event {
            at: lock.at.as_secs_f64(),
            paint: LOCK,
            stroke,
            title: format!("{} {what}: {why}", clock(lock.at)),
        }
    })
}

/// The legend: colours with the total length of each kind of period, and strokes with
/// their number.
fn legend(segment: &Segment) -> Vec<Entry> {
    let lasted = |kind: &PeriodKind| !segment.total(*kind).is_zero();
    let periods = PeriodKind::ALL.into_iter().filter(lasted);
    let bands = periods.map(|kind| Entry {
        paint: paint(kind),
        swatch: Swatch::Band,
        name: format!("{} {}", kind.name(), clock(segment.total(kind))),
    });
    let counts = [
        ("locks", segment.locks.len(), LOCK),
        ("warnings", segment.warnings.len(), WARNING),
    ];
    let strokes = counts.into_iter().filter(|(_, count, _)| *count > 0);
    let strokes = strokes.map(|(name, count, paint)| Entry {
        paint,
        swatch: Swatch::Stroke,
        name: format!("{name}: {count}"),
    });
    bands.chain(strokes).collect()
}
