//! Scatter plots of groups of points.

use crate::axis::Axis;
use crate::frame::{Frame, HEIGHT};
use crate::legend::{Entry, Swatch, sign};
use crate::lines::draw_diagonal;
use crate::svg::{Drawing, Paint, Svg, no_data};

/// Groups of points on two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Scatter {
    /// The title of the chart.
    pub title: String,
    /// The x axis.
    pub x: Axis,
    /// The y axis.
    pub y: Axis,
    /// The groups; each has its own colour and marker.
    pub groups: Vec<Group>,
    /// Whether to draw the line on which x equals y.
    pub diagonal: bool,
}

/// The points of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name in the legend.
    pub name: String,
    /// x and y of the points.
    pub points: Vec<(f64, f64)>,
}

impl Scatter {
    /// Draws the chart.
    pub fn svg(&self) -> Svg {
        let points = || self.groups.iter().flat_map(|group| &group.points);
        let x = self.x.fit(points().map(|point| point.0));
        let y = self.y.fit(points().map(|point| point.1));
        let (Some(x), Some(y)) = (x, y) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&self.y, y), HEIGHT);
        if self.diagonal {
            let largest = points().fold(0.0, |most: f64, &(x, y)| most.max(x).max(y));
            draw_diagonal(&mut drawing, &frame, largest);
        }
        let size = if points().count() > 300 { 2.2 } else { 3.2 };
        let mut legend = Vec::new();
        for (number, group) in self.groups.iter().enumerate() {
            let paint = Paint::Series(number);
            drawing.group(&group.name, |drawing| {
                let places = group.points.iter().filter_map(|&(x, y)| frame.at(x, y));
                places.for_each(|at| sign(drawing, paint, number, at, size));
            });
            legend.push(Entry {
                paint,
                swatch: Swatch::Sign(number),
                name: group.name.clone(),
            });
        }
        frame.finish(drawing, &self.title, &legend)
    }
}
