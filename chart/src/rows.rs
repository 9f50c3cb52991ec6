//! Rows of marks along one axis.

use crate::axis::Axis;
use crate::legend::{self, Entry, Swatch};
use crate::svg::{Drawing, Paint, Svg, WIDTH, fitting, no_data, text_width};
use crate::ticks::Fitted;

const ROW: f64 = 20.0;
/// Largest width of the rows' names.
const NAMES: f64 = 144.0;
const RIGHT: f64 = 20.0;

/// A chart with one row for each of several things.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// The title of the chart.
    pub title: String,
    /// The axis of the values.
    pub x: Axis,
    /// The rows, from top to bottom.
    pub rows: Vec<Row>,
    /// A vertical line across all rows; `None` for none.
    pub reference: Option<f64>,
    /// The meaning of the colours; empty for no legend.
    pub legend: Vec<(Paint, String)>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// The marks, in drawing order.
    pub marks: Vec<Mark>,
}

/// One mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The colour.
    pub paint: Paint,
    /// The shape, with its position.
    pub shape: Shape,
    /// Its tooltip.
    pub title: String,
}

/// Shapes at values of the axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A bar from one value to another.
    Bar(f64, f64),
    /// The same, but faint, so that other marks are visible on it.
    Box(f64, f64),
    /// A thin line from one value to another.
    Span(f64, f64),
    /// A vertical stroke across the row.
    Stroke(f64),
    /// A dot.
    Dot {
        /// The value.
        at: f64,
        /// Vertical position in the row, from -1 to 1.
        lane: f64,
        /// Radius in units of the drawing.
        radius: f64,
    },
}

impl Shape {
    fn ends(self) -> [f64; 2] {
        match self {
            Self::Bar(from, to) | Self::Box(from, to) | Self::Span(from, to) => [from, to],
            Self::Stroke(at) | Self::Dot { at, .. } => [at, at],
        }
    }
}

impl Rows {
    /// Draws the chart.
    pub fn svg(&self) -> Svg {
        let marks = self.rows.iter().flat_map(|row| &row.marks);
        let ends: Vec<f64> = marks.flat_map(|mark| mark.shape.ends()).collect();
        let any = ends.iter().any(|end| end.is_finite());
        let fitted = self.x.fit(ends.into_iter().chain(self.reference));
        let (Some(axis), true) = (fitted, any) else {
            return no_data(&self.title);
        };
        let names = self.rows.iter().map(|row| text_width(&row.name));
        let left = names.fold(20.0, f64::max).min(NAMES) + 10.0;
        let place = Place { axis, left };
        let foot = self.rows.len() as f64 * ROW + 4.0;
        let mut drawing = Drawing::default();
        for tick in &place.axis.ticks {
            let at = left + tick.at * place.width();
            drawing.line("grid", [at, 0.0], [at, foot], "");
            drawing.text("middle", [at, foot + 15.0], &tick.label);
        }
        if let Some(at) = self.reference.and_then(|value| place.at(value)) {
            drawing.line("mark", [at, 0.0], [at, foot], "");
        }
        for (k, row) in self.rows.iter().enumerate() {
            let middle = (k as f64 + 0.5) * ROW + 2.0;
            let at = [left - 8.0, middle + 4.0];
            drawing.text("end name", at, &fitting(&row.name, NAMES));
            for mark in &row.marks {
                place.draw(&mut drawing, mark, middle);
            }
        }
        let under = [left + place.width() / 2.0, foot + 32.0];
        let label = fitting(&self.x.label, WIDTH - left);
        drawing.text("label middle", under, &label);
        let entry = |(paint, name): &(Paint, String)| Entry {
            paint: *paint,
            swatch: Swatch::Sign(0),
            name: name.clone(),
        };
        let legend: Vec<_> = self.legend.iter().map(entry).collect();
        drawing.finish(foot + 40.0, &self.title, legend::list(&legend))
    }
}

/// Converts values to positions in the drawing.
struct Place {
    axis: Fitted,
    left: f64,
}

impl Place {
    fn width(&self) -> f64 {
        WIDTH - self.left - RIGHT
    }

    fn at(&self, value: f64) -> Option<f64> {
        Some(self.left + self.axis.share(value)? * self.width())
    }

    fn draw(&self, drawing: &mut Drawing, mark: &Mark, middle: f64) {
        let [Some(from), Some(to)] = mark.shape.ends().map(|end| self.at(end)) else {
            return;
        };
        let (title, paint) = (&mark.title, mark.paint.class());
        let half = ROW * 0.33;
        match mark.shape {
            Shape::Bar(..) => {
                // Leaves a gap of one unit between neighbours.
                let to = (to - 1.0).max(from + 0.5);
                let class = format!("fill {paint}");
                drawing.rectangle(&class, [from, middle - half], [to, middle + half], title);
            }
            Shape::Box(..) => {
                let class = format!("area edged {paint}");
                drawing.rectangle(&class, [from, middle - half], [to, middle + half], title);
            }
            Shape::Span(..) => {
                let class = format!("line {paint}");
                drawing.line(&class, [from, middle], [to, middle], title);
            }
            Shape::Stroke(_) => {
                let class = format!("line {paint}");
                drawing.line(&class, [from, middle - half], [from, middle + half], title);
            }
            Shape::Dot { lane, radius, .. } => {
                let y = middle + lane.clamp(-1.0, 1.0) * ROW * 0.3;
                drawing.dot(mark.paint, [from, y], radius, title);
            }
        }
    }
}
