//! Lines: histories, trade-offs, survival curves.

use crate::axis::{Axis, point_title};
use crate::frame::{Frame, HEIGHT};
use crate::legend::{Entry, Swatch, line_class};
use crate::svg::{Drawing, Paint, Svg, no_data};

/// More points than this are not marked one by one.
const MARKED: usize = 60;

/// Series over one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// What the chart shows.
    pub title: String,
    /// What lies across.
    pub x: Axis,
    /// What is upright.
    pub y: Axis,
    /// What is drawn. Where a point is no number the line is broken.
    pub series: Vec<Series>,
    /// Whether to draw where x and y are equal.
    pub diagonal: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// x and y, in order.
    pub points: Vec<(f64, f64)>,
    /// Whether a value holds until the next one, as in a survival curve.
    pub steps: bool,
}

impl Series {
    /// Points joined by straight lines.
    pub fn new(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.to_owned(),
            points,
            steps: false,
        }
    }

    /// Values that hold until the next one.
    pub fn steps(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            steps: true,
            ..Self::new(name, points)
        }
    }
}

impl Lines {
    /// Draws it.
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
            draw_diagonal(&mut drawing, &frame);
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

fn draw_diagonal(drawing: &mut Drawing, frame: &Frame) {
    // Through many points, since it is straight only on equal scales.
    let shares = (0..=200).map(|k| f64::from(k) / 200.0);
    let line = pieces(shares.map(|share| frame.inside(share, share)));
    drawing.path("mark", line.iter().map(Vec::as_slice), false, "equal");
}

/// Runs of what is there.
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

/// The same points with a corner between neighbours: across first, then up or down.
fn stairs(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let corners = points.windows(2).map(|pair| [pair[1][0], pair[0][1]]);
    let (first, rest) = points.split_at(points.len().min(1));
    let treads = corners.zip(rest).flat_map(|(corner, &next)| [corner, next]);
    first.iter().copied().chain(treads).collect()
}
