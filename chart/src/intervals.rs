//! Estimates with intervals, one in each row.

use crate::axis::Axis;
use crate::rows::{Mark, Row, Rows, Shape};
use crate::svg::{Paint, Svg};

/// Estimates with intervals, also known as a forest plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// The title of the chart.
    pub title: String,
    /// The axis of the estimates.
    pub x: Axis,
    /// The rows, from top to bottom.
    pub rows: Vec<Interval>,
    /// A vertical line across all rows, such as at the value of chance; `None` for
    /// none.
    pub reference: Option<f64>,
}

/// One estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// The name of what is estimated.
    pub name: String,
    /// The estimate.
    pub at: f64,
    /// Its interval; `None` if there is none.
    pub interval: Option<[f64; 2]>,
    /// Its colour; estimates of one kind have the same.
    pub paint: Paint,
}

impl Intervals {
    /// Draws the chart.
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
