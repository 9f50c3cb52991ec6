//! Line charts: values over time, trade-offs, survival curves.

use crate::axis::{Axis, point_title};
use crate::frame::{Frame, HEIGHT};
use crate::legend::{Entry, Swatch, line_class};
use crate::svg::{Drawing, Paint, Svg, no_data};

/// In series of more points than this, single points have no markers.
const MARKED: usize = 60;

/// Several series on the same axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// The title of the chart.
    pub title: String,
    /// The x axis.
    pub x: Axis,
    /// The y axis.
    pub y: Axis,
    /// The series. A line is interrupted where a point cannot be drawn.
    pub series: Vec<Series>,
    /// Whether to draw the line on which x equals y.
    pub diagonal: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// x and y of the points, in order.
    pub points: Vec<(f64, f64)>,
    /// Whether a value holds until the next point, as in a survival curve.
    pub steps: bool,
}

impl Series {
    /// A series whose points are joined by straight lines.
    pub fn new(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.to_owned(),
            points,
            steps: false,
        }
    }

    /// A series whose values hold until the next point.
    pub fn steps(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            steps: true,
            ..Self::new(name, points)
        }
    }
}

impl Lines {
    /// Draws the chart.
    pub fn svg(&self) -> Svg {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = self.x.fit(points().map(|point| point.0));
        let y = self.y.fit(points().map(|point| point.1));
        let (Some(x), Some(y)) = (x, y) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&self.y, y), HEIGHT);
        if self.diagonal {
            draw_diagonal(&mut drawing, &frame, 1.0);
        }
        for (number, series) in self.series.iter().enumerate() {
            self.draw_series(&mut drawing, &frame, number, series);
        }
        let entry = |(number, series): (usize, &Series)| Entry {
            paint: Paint::Series(number),
            swatch: Swatch::Line(number),
            name: series.name.clone(),
        };
        let legend: Vec<_> = self.series.iter().enumerate().map(entry).collect();
        frame.finish(drawing, &self.title, &legend)
    }

    fn draw_series(&self, drawing: &mut Drawing, frame: &Frame, number: usize, series: &Series) {
        let paint = Paint::Series(number);
        let mut line = pieces(series.points.iter().map(|&(x, y)| frame.at(x, y)));
        if series.steps {
            line = line.iter().map(|piece| stairs(piece)).collect();
        }
        let class = line_class(paint, number);
        drawing.path(&class, line.iter().map(Vec::as_slice), false, &series.name);
        if series.steps || series.points.len() > MARKED {
            return;
        }
        for &(x, y) in &series.points {
            if let Some(at) = frame.at(x, y) {
                let title = point_title(&series.name, (&self.x, x), (&self.y, y));
                drawing.dot(paint, at, 2.5, &title);
            }
        }
    }
}

/// Draws the line on which x equals y, from 0 to `largest`, as far as both axes go.
pub(crate) fn draw_diagonal(drawing: &mut Drawing, frame: &Frame, largest: f64) {
    // Through many points, because it is straight only if both axes have the same
    // scale.
    let shares = (0..=200).map(|k| largest * f64::from(k) / 200.0);
    let line = pieces(shares.map(|share| frame.inside(share, share)));
    drawing.path("mark", line.iter().map(Vec::as_slice), false, "equal");
}

/// Splits the points at each `None`.
fn pieces(points: impl IntoIterator<Item = Option<[f64; 2]>>) -> Vec<Vec<[f64; 2]>> {
    let mut pieces = vec![Vec::new()];
    for point in points {
        match (point, pieces.last_mut()) {
            (Some(point), Some(piece)) => piece.push(point),
            _ => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The points with a corner between neighbours, horizontal first.
fn stairs(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let corners = points.windows(2).map(|pair| [pair[1][0], pair[0][1]]);
    let (first, rest) = points.split_at(points.len().min(1));
    let treads = corners.zip(rest).flat_map(|(corner, &next)| [corner, next]);
    first.iter().copied().chain(treads).collect()
}
