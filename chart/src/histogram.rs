//! Histograms, drawn over one another.

use crate::axis::Axis;
use crate::frame::{Frame, HEIGHT};
use crate::legend::{Entry, Swatch};
use crate::svg::{Drawing, Paint, Svg, fitting, no_data, text_width};

/// The distributions of several series over the same bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The title of the chart.
    pub title: String,
    /// The axis of the values.
    pub x: Axis,
    /// The edges of the bins in ascending order, one more than there are bins.
    pub edges: Vec<f64>,
    /// The histograms.
    pub series: Vec<Bars>,
    /// Vertical lines at certain values.
    pub markers: Vec<Marker>,
}

/// One histogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Its name in the legend.
    pub name: String,
    /// The proportion of its values in each bin.
    pub shares: Vec<f64>,
}

/// A vertical line at a value of x.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// The value.
    pub at: f64,
    /// The label of the line.
    pub label: String,
}

impl Bars {
    /// Proportions from the number of values in each bin.
    pub fn of_counts(name: &str, counts: &[u64]) -> Self {
        let all = counts.iter().sum::<u64>().max(1) as f64;
        Self {
            name: name.to_owned(),
            shares: counts.iter().map(|&count| count as f64 / all).collect(),
        }
    }
}

impl Histogram {
    /// Draws the chart.
    pub fn svg(&self) -> Svg {
        let shares = || self.series.iter().flat_map(|bars| &bars.shares).copied();
        let y_axis = Axis::percent("share of each kind").from(0.0);
        let x = self.x.fit(self.edges.iter().copied());
        let (Some(x), Some(y)) = (x, y_axis.fit(shares())) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&y_axis, y), HEIGHT);
        let mut legend = Vec::new();
        for (number, bars) in self.series.iter().enumerate() {
            let paint = Paint::Series(number);
            self.draw_bars(&mut drawing, &frame, paint, bars);
            legend.push(Entry {
                paint,
                swatch: Swatch::Box,
                name: bars.name.clone(),
            });
        }
        for (k, marker) in self.markers.iter().enumerate() {
            draw_marker(&mut drawing, &frame, k, marker);
        }
        frame.finish(drawing, &self.title, &legend)
    }

    fn draw_bars(&self, drawing: &mut Drawing, frame: &Frame, paint: Paint, bars: &Bars) {
        let class = format!("area {}", paint.class());
        for (ends, &share) in self.edges.windows(2).zip(&bars.shares) {
            let corners = (frame.at(ends[0], 0.0), frame.at(ends[1], share));
            if let (Some(from), Some(to)) = corners
                && share > 0.0
            {
                let [low, high] = [0, 1].map(|end| self.x.format(ends[end]));
                let title = format!("{}, {low} to {high}: {:.1} %", bars.name, share * 100.0);
                drawing.rectangle(&class, from, to, &title);
            }
        }
    }
}

fn draw_marker(drawing: &mut Drawing, frame: &Frame, number: usize, marker: &Marker) {
    let Some(x) = frame.x(marker.at) else { return };
    let [left, right] = frame.sides();
    let (head, foot) = (frame.head(), frame.foot());
    drawing.line("mark", [x, head], [x, foot], &marker.label);
    // The label stands to the right of the line if it fits there.
    let room = right - x - 4.0;
    let (room, class, aside) = if text_width(&marker.label) < room {
        (room, "halo", 4.0)
    } else {
        (x - left - 4.0, "halo end", -4.0)
    };
    let at = [x + aside, head + 12.0 + 14.0 * number as f64];
    drawing.text(class, at, &fitting(&marker.label, room));
}
