//! The drawings of a stretch: evidence and scores over time.

use std::time::Duration;

use super::stretch::{Outcome, Point, Stretch, Way};
use super::svg::{Drawing, WIDTH};
use super::thin::thin;
use crate::decide::State;
use crate::publish::phrase::{clock, reason};

/// Units left and right of what is drawn, for numbers and for nothing.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 14.0;
/// Units below it, for the times.
const BELOW: f64 = 20.0;
/// Marks, bands and the like that a drawing takes at most.
pub(super) const MOST_MARKS: usize = 2000;
/// Numbers beyond this are not drawn: their differences would overflow.
const LARGEST: f64 = 1e100;

/// Evidence at which something happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// At or below it the state becomes lock.
    pub lock: f64,
    /// Below it a lock is warned of.
    pub warn: f64,
}

/// Where things go.
struct Frame {
    drawing: Drawing,
    seconds: f64,
    low: f64,
    high: f64,
    height: f64,
}

/// Evidence over time, with what stood in the way, warnings and locks.
pub(super) fn evidence(stretch: &Stretch, levels: Levels) -> String {
    let mut frame = Frame::new(stretch.length(), [0.0, 1.0], 150.0);
    frame.bands(stretch);
    frame.values([0.0, 0.5, 1.0]);
    for (level, name) in [(levels.lock, "lock"), (levels.warn, "warn")] {
        frame.level(level, name);
    }
    frame.line("line c0", &stretch.evidence);
    frame.marks(stretch);
    frame.times();
    frame.finish("Evidence for the owner over time, with locks")
}

/// Windows' scores over time, with the threshold; `None` where there are none.
pub(super) fn scores(stretch: &Stretch) -> Option<String> {
    let both = stretch.scores.iter().chain(&stretch.thresholds);
    let values = both.map(|point| point.value).filter(|v| v.abs() < LARGEST);
    let seen = |ends: Option<[f64; 2]>, value: f64| {
        let [low, high] = ends.unwrap_or([value; 2]);
        Some([low.min(value), high.max(value)])
    };
    let [low, high] = values.fold(None, seen)?;
    if stretch.scores.is_empty() {
        return None;
    }
    let margin = (high - low).max(high.abs() * 1e-6).max(1e-6) * 0.05;
    let mut frame = Frame::new(stretch.length(), [low - margin, high + margin], 120.0);
    frame.bands(stretch);
    frame.values([low, high]);
    frame.points("dots c2", &stretch.scores);
    frame.line("line thin ink", &stretch.thresholds);
    frame.times();
    Some(frame.finish("Scores of windows over time, with the threshold"))
}

/// The class of a band's colour.
pub(super) fn class(way: Way) -> &'static str {
    match way {
        Way::Locked => "band c1",
        Way::Rest => "band c3",
        Way::Gap => "band c4",
        Way::Pause => "band c6",
    }
}

/// What a band is.
pub(super) fn name(way: Way) -> &'static str {
    match way {
        Way::Locked => "lock",
        Way::Rest => "at rest",
        Way::Gap => "samples missing",
        Way::Pause => "nothing to decide",
    }
}

impl Frame {
    fn new(length: Duration, [low, high]: [f64; 2], height: f64) -> Self {
        Self {
            drawing: Drawing::default(),
            seconds: length.as_secs_f64().max(1.0),
            low,
            high,
            height,
        }
    }

    fn x(&self, at: f64) -> f64 {
        LEFT + (at / self.seconds).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        TOP + (1.0 - share.clamp(0.0, 1.0)) * self.height
    }

    fn bottom(&self) -> f64 {
        TOP + self.height
    }

    fn bands(&mut self, stretch: &Stretch) {
        for span in stretch.spans().take(MOST_MARKS) {
            let ends = [span.from, span.to].map(|at| self.x(at.as_secs_f64()));
            // Thinner ones would not be seen.
            let right = ends[1].max(ends[0] + 0.5);
            let title = format!(
                "{}: {} to {}",
                name(span.way),
                clock(span.from),
                clock(span.to)
            );
            let bottom = [right, self.bottom()];
            self.drawing
                .bar(class(span.way), [ends[0], TOP], bottom, &title);
        }
    }

    fn values(&mut self, values: impl IntoIterator<Item = f64>) {
        for value in values {
            let y = self.y(value);
            self.drawing.line("grid", [LEFT, y], [WIDTH - RIGHT, y], "");
            self.drawing
                .text("end", [LEFT - 4.0, y + 4.0], &number(value));
        }
    }

    fn level(&mut self, level: f64, name: &str) {
        let y = self.y(level);
        let title = format!("{name} at {level}");
        self.drawing
            .line("mark", [LEFT, y], [WIDTH - RIGHT, y], &title);
        self.drawing.text("halo", [LEFT + 3.0, y - 2.5], name);
    }

    fn drawn<'a>(&'a self, points: &'a [Point]) -> impl Iterator<Item = ([f64; 2], bool)> + 'a {
        let small = |point: &Point| point.value.abs() < LARGEST;
        let points = thin(points, self.seconds).into_iter().filter(small);
        points.map(|point| ([self.x(point.at), self.y(point.value)], point.joined))
    }

    fn line(&mut self, class: &str, points: &[Point]) {
        let drawn: Vec<_> = self.drawn(points).collect();
        self.drawing.path(class, drawn);
    }

    fn points(&mut self, class: &str, points: &[Point]) {
        let drawn: Vec<_> = self.drawn(points).map(|(at, _)| (at, false)).collect();
        self.drawing.path(class, drawn);
    }

    fn marks(&mut self, stretch: &Stretch) {
        for at in stretch.warnings.iter().take(MOST_MARKS) {
            let (x, y) = (self.x(at.as_secs_f64()), self.bottom());
            let title = format!("{} warning", clock(*at));
            self.drawing.line("warn", [x, y], [x, y - 12.0], &title);
        }
        for lock in stretch.locks.iter().take(MOST_MARKS) {
            let x = self.x(lock.at.as_secs_f64());
            let (class, what) = match lock.outcome {
                Outcome::WouldBe => ("lock dashed", "would be locked"),
                _ => ("lock", "lock"),
            };
            let why = reason(State::Lock, &lock.reason);
            let title = format!("{} {what}: {why}", clock(lock.at));
            self.drawing
                .line(class, [x, TOP - 6.0], [x, self.bottom()], &title);
        }
    }

    fn times(&mut self) {
        let step = step(self.seconds / 5.0);
        let y = self.bottom() + 15.0;
        let mut at = 0.0;
        while at <= self.seconds {
            let whole = at as u64;
            let label = if self.seconds < 3600.0 {
                format!("{}:{:02}", whole / 60, whole % 60)
            } else {
                format!("{}:{:02} h", whole / 3600, whole / 60 % 60)
            };
            let x = self.x(at);
            let below = [x, self.bottom() + 4.0];
            self.drawing.line("grid", [x, self.bottom()], below, "");
            let class = if x > WIDTH - 30.0 { "end" } else { "middle" };
            self.drawing.text(class, [x, y], &label);
            at += step;
        }
    }

    fn finish(self, label: &str) -> String {
        let height = self.bottom() + BELOW;
        self.drawing.finish(height, label)
    }
}

/// A round time of `least` seconds or more.
fn step(least: f64) -> f64 {
    const ROUND: [f64; 16] = [
        1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
        14_400.0, 21_600.0, 43_200.0,
    ];
    let days = (least / 86_400.0).ceil() * 86_400.0;
    ROUND.into_iter().find(|&s| s >= least).unwrap_or(days)
}

/// A score or a level, short.
pub(super) fn number(value: f64) -> String {
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
