//! Timelines: series with tinted periods, events and levels.

use crate::axis::Axis;
use crate::downsample::{Point, downsample};
use crate::frame::Frame;
use crate::legend::Entry;
use crate::svg::{Drawing, Paint, Svg, no_data};

/// Most spans, and most events, that are drawn.
const MOST: usize = 2000;
/// Height of a short event's stroke, in units.
const SHORT: f64 = 12.0;
/// By how much the strokes of the other events project above the grid, in units.
const JUT: f64 = 6.0;

/// A chart over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The title of the chart.
    pub title: String,
    /// The time axis in seconds; its ends are those of the chart.
    pub x: Axis,
    /// The axis of the values.
    pub y: Axis,
    /// Height of the y axis in units; the chart is 400 units wide.
    pub height: f64,
    /// Tinted periods, drawn first.
    pub spans: Vec<Span>,
    /// Horizontal lines at certain values.
    pub levels: Vec<Level>,
    /// The series, in drawing order.
    pub series: Vec<Trace>,
    /// Events, drawn last.
    pub events: Vec<Event>,
    /// The entries of the legend.
    pub legend: Vec<Entry>,
}

/// A tinted period.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Its begin and end in seconds.
    pub ends: [f64; 2],
    /// Its colour.
    pub paint: Paint,
    /// Its tooltip.
    pub title: String,
}

/// A dashed horizontal line.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The value.
    pub at: f64,
    /// The label of the line.
    pub label: String,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Its name, also its tooltip.
    pub name: String,
    /// Its colour.
    pub paint: Paint,
    /// Whether points are drawn as dots; otherwise they are joined by a line.
    pub dots: bool,
    /// The points in order; drawn as downsampled by [`downsample`].
    pub points: Vec<Point>,
}

/// An event, drawn as a vertical stroke.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its time in seconds.
    pub at: f64,
    /// Its colour.
    pub paint: Paint,
    /// The look of the stroke.
    pub stroke: Stroke,
    /// Its tooltip.
    pub title: String,
}

/// The look of an [`Event`]'s stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// Over the full height.
    Full,
    /// Over the full height, dashed.
    Dashed,
    /// Short, at the lower end.
    Short,
}

impl Timeline {
    /// Draws the chart. Of spans and events only the first [`MOST`] are drawn.
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
    // A narrower one would not be visible.
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
