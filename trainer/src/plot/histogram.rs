//! Histograms over one another.

use super::axis::Axis;
use super::frame::{Frame, Marker};
use super::legend::{Entry, Swatch};
use super::svg::{Drawing, Paint, Svg, no_data};

/// How often values fall into bins that all series share.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// What the chart shows.
    pub title: String,
    /// What the values are.
    pub x: Axis,
    /// The ends of the bins, one more than there are bins, in order.
    pub edges: Vec<f64>,
    /// What is drawn.
    pub series: Vec<Bars>,
    /// Values that are pointed out.
    pub markers: Vec<Marker>,
}

/// One histogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Its name in the legend.
    pub name: String,
    /// The share of its values in each bin.
    pub shares: Vec<f64>,
}

impl Bars {
    /// From how many values are in each bin.
    pub fn of_counts(name: &str, counts: &[u64]) -> Self {
        let all = counts.iter().sum::<u64>().max(1) as f64;
        Self {
            name: name.to_owned(),
            shares: counts.iter().map(|&count| count as f64 / all).collect(),
        }
    }
}

impl Histogram {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let shares = || self.series.iter().flat_map(|bars| &bars.shares).copied();
        let y_axis = Axis::percent("share of each kind").from(0.0);
        let x = self.x.fit(self.edges.iter().copied());
        let (Some(x), Some(y)) = (x, y_axis.fit(shares())) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&y_axis, y));
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
        frame.markers(&mut drawing, &self.markers);
        frame.finish(drawing, &self.title, &legend)
    }

    fn draw_bars(&self, drawing: &mut Drawing, frame: &Frame, paint: Paint, bars: &Bars) {
        let class = format!("area {}", paint.class());
        for (ends, &share) in self.edges.windows(2).zip(&bars.shares) {
            let corners = (frame.at(ends[0], 0.0), frame.at(ends[1], share));
            if let (Some(from), Some(to)) = corners
                && share > 0.0
            {
                let [low, high] = [0, 1].map(|end| self.x.told(ends[end]));
                let title = format!("{}, {low} to {high}: {:.1} %", bars.name, share * 100.0);
                drawing.bar(&class, from, to, &title);
            }
        }
    }
}
