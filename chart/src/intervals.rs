//! Estimates with their intervals, one a row.

use crate::axis::Axis;
use crate::rows::{Mark, Row, Rows, Shape};
use crate::svg::{Paint, Svg};

/// Estimates beside one another, also known as a forest plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// What the chart shows.
    pub title: String,
    /// What is estimated.
    pub x: Axis,
    /// From top to bottom.
    pub rows: Vec<Interval>,
    /// A value with a line across all rows, such as that of chance.
    pub reference: Option<f64>,
}

/// One estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// Of what.
    pub name: String,
    /// The estimate.
    pub at: f64,
    /// Its interval, if there is one.
    pub interval: Option<[f64; 2]>,
    /// Its colour: the same for estimates of one kind.
    pub paint: Paint,
}

impl Intervals {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let rows = Rows {
            title: self.title.clone(),
            x: self.x.clone(),
            rows: self.rows.iter().map(|row| self.row(row)).collect(),
            reference: self.reference,
            legend: Vec::new(),
        };
        rows.svg()
    }

    fn row(&self, estimate: &Interval) -> Row {
        let written = |value| self.x.format(value);
        let mut title = format!("{}: {}", estimate.name, written(estimate.at));
        let mut marks = Vec::new();
        let mut add = |shape, title: &str| {
            marks.push(Mark {
                paint: estimate.paint,
                shape,
                title: title.to_owned(),
            });
        };
        if let Some([low, high]) = estimate.interval {
            title += &format!(" ({} to {})", written(low), written(high));
            add(Shape::Span(low, high), &title);
        }
        let dot = Shape::Dot {
            at: estimate.at,
            lane: 0.0,
            radius: 4.0,
        };
        add(dot, &title);
        Row {
            name: estimate.name.clone(),
            marks,
        }
    }
}
