//! Lines: histories, trade-offs, curves.

use super::axis::Axis;
use super::frame::{Frame, Marker};
use super::legend::{Entry, Swatch, line_class};
use super::svg::{Drawing, Paint, Svg, no_data, point_title};

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
    /// Values of x that are pointed out.
    pub markers: Vec<Marker>,
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
    /// Low and high around each point, or nothing.
    pub band: Vec<(f64, f64)>,
}

impl Series {
    /// Without a band.
    pub fn new(name: &str, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.to_owned(),
            points,
            band: Vec::new(),
        }
    }

    /// The same within a band.
    pub fn within(mut self, band: Vec<(f64, f64)>) -> Self {
        self.band = band;
        self
    }
}

impl Lines {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let bands = self.series.iter().flat_map(|series| &series.band);
        let x = self.x.fit(points().map(|point| point.0));
        let ends = bands.flat_map(|&(low, high)| [low, high]);
        let y = self.y.fit(points().map(|point| point.1).chain(ends));
        let (Some(x), Some(y)) = (x, y) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&self.y, y));
        if self.diagonal {
            self.draw_diagonal(&mut drawing, &frame);
        }
        for (number, series) in self.series.iter().enumerate() {
            self.draw_series(&mut drawing, &frame, number, series);
        }
        frame.markers(&mut drawing, &self.markers);
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
        let around: Vec<_> = series.points.iter().zip(&series.band).collect();
        let sides = |&(&(x, _), &(low, high)): &(&(f64, f64), &(f64, f64))| {
            Some((frame.at(x, low)?, frame.at(x, high)?))
        };
        for piece in pieces(around.iter().map(sides)) {
            let (low, high): (Vec<_>, Vec<_>) = piece.into_iter().unzip();
            let round: Vec<_> = low.into_iter().chain(high.into_iter().rev()).collect();
            let class = format!("band {}", paint.class());
            drawing.path(&class, [round.as_slice()], true, "");
        }
        let line = pieces(series.points.iter().map(|&(x, y)| frame.at(x, y)));
        let class = line_class(paint, number);
        drawing.path(&class, line.iter().map(Vec::as_slice), false, &series.name);
        if series.points.len() > MARKED {
            return;
        }
        for &(x, y) in &series.points {
            if let Some(at) = frame.at(x, y) {
                let title = point_title(&series.name, (&self.x, x), (&self.y, y));
                drawing.dot(paint, at, 2.5, &title);
            }
        }
    }

    fn draw_diagonal(&self, drawing: &mut Drawing, frame: &Frame) {
        // Through many points, since it is straight only on equal scales.
        let shares = (0..=200).map(|k| f64::from(k) / 200.0);
        let line = pieces(shares.map(|share| frame.inside(share, share)));
        drawing.path("mark", line.iter().map(Vec::as_slice), false, "equal");
    }
}

/// Runs of what is there.
fn pieces<T>(points: impl IntoIterator<Item = Option<T>>) -> Vec<Vec<T>> {
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
