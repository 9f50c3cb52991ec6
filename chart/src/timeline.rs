//! Values over time, with what lasted, what happened, and levels to compare with.

use crate::axis::Axis;
use crate::downsample::{Point, downsample};
use crate::frame::Frame;
use crate::legend::Entry;
use crate::svg::{Drawing, Paint, Svg, no_data};

/// Spans, and events, that are drawn at most.
const MOST: usize = 2000;
/// Height of the stroke of an event that stands at the foot.
const SHORT: f64 = 12.0;
/// What the stroke of any other event juts out above.
const JUT: f64 = 6.0;

/// A chart over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// What the chart shows.
    pub title: String,
    /// Seconds; its ends are those of the chart.
    pub x: Axis,
    /// What the values are.
    pub y: Axis,
    /// Height of the upright axis in units, of which 400 go across.
    pub height: f64,
    /// What lasted for a while, drawn first.
    pub spans: Vec<Span>,
    /// Values that matter.
    pub levels: Vec<Level>,
    /// What is drawn, in order.
    pub series: Vec<Trace>,
    /// What happened at one time, drawn last.
    pub events: Vec<Event>,
    /// What the colours stand for.
    pub legend: Vec<Entry>,
}

/// A time that is tinted.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its begin and end, in seconds.
    pub ends: [f64; 2],
    /// With which colour.
    pub paint: Paint,
    /// Its tooltip.
    pub title: String,
}

/// A dashed line across the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The value.
    pub at: f64,
    /// What it is.
    pub label: String,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Its tooltip, and what it is.
    pub name: String,
    /// Its colour.
    pub paint: Paint,
    /// Whether points are dots or joined by a line.
    pub dots: bool,
    /// In order; drawn as [`downsample`] leaves them.
    pub points: Vec<Point>,
}

/// A stroke at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// In seconds.
    pub at: f64,
    /// Its colour.
    pub paint: Paint,
    /// How it looks.
    pub stroke: Stroke,
    /// Its tooltip.
    pub title: String,
}

/// How the stroke of an [`Event`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// From foot to head.
    Full,
    /// From foot to head, in dashes.
    Dashed,
    /// At the foot.
    Short,
}

impl Timeline {
    /// Draws it; spans and events beyond the first [`MOST`] are left out.
    pub fn svg(&self) -> Svg {
        let points = || self.series.iter().flat_map(|trace| &trace.points);
        let values = points().map(|point| point.value);
        let x = self
            .x
            .fit(points().map(|point| point.at).chain(self.x.ends[1]));
        let levels = self.levels.iter().map(|level| level.at);
        let ends = self.y.ends.into_iter().flatten();
        let y = self.y.fit(values.chain(levels).chain(ends));
        let (Some(x), Some(y)) = (x, y) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&self.y, y), self.height);
        for span in self.spans.iter().take(MOST) {
            draw_span(&mut drawing, &frame, span);
        }
        let seconds = self.x.ends[1].unwrap_or(f64::MAX);
        for trace in &self.series {
            draw_trace(&mut drawing, &frame, trace, seconds);
        }
        for event in self.events.iter().take(MOST) {
            draw_event(&mut drawing, &frame, event);
        }
        for level in &self.levels {
            draw_level(&mut drawing, &frame, level);
        }
        frame.finish(drawing, &self.title, &self.legend)
    }
}

fn draw_span(drawing: &mut Drawing, frame: &Frame, span: &Span) {
    let [Some(from), Some(to)] = span.ends.map(|at| frame.x(at)) else {
        return;
    };
    // A narrower one would not be seen.
    let to = to.max(from + 0.5);
    let class = format!("band {}", span.paint.class());
    let corners = [[from, frame.head()], [to, frame.foot()]];
    drawing.rectangle(&class, corners[0], corners[1], &span.title);
}

fn draw_trace(drawing: &mut Drawing, frame: &Frame, trace: &Trace, seconds: f64) {
    let kind = if trace.dots { "dots" } else { "line" };
    let class = format!("{kind} {}", trace.paint.class());
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    for point in downsample(&trace.points, seconds) {
        let Some(at) = frame.at(point.at, point.value) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if point.joined && !trace.dots => piece.push(at),
            _ => pieces.push(vec![at]),
        }
    }
    let pieces = pieces.iter().map(Vec::as_slice);
    drawing.path(&class, pieces, false, &trace.name);
}

fn draw_event(drawing: &mut Drawing, frame: &Frame, event: &Event) {
    let Some(x) = frame.x(event.at) else { return };
    let (dashes, head) = match event.stroke {
        Stroke::Full => ("d0", frame.head() - JUT),
        Stroke::Dashed => ("d2", frame.head() - JUT),
        Stroke::Short => ("d0", frame.foot() - SHORT),
    };
    let class = format!("stroke {dashes} {}", event.paint.class());
    drawing.line(&class, [x, head], [x, frame.foot()], &event.title);
}

fn draw_level(drawing: &mut Drawing, frame: &Frame, level: &Level) {
    let [left, right] = frame.sides();
    let Some([_, y]) = frame.at(0.0, level.at) else {
        return;
    };
    drawing.line("mark", [left, y], [right, y], &level.label);
    drawing.text("halo", [left + 3.0, y - 3.0], &level.label);
}
