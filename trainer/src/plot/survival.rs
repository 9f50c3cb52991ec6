//! What share has not yet met its event.

use super::axis::Axis;
use super::frame::{Frame, Marker};
use super::legend::{Entry, Swatch, line_class};
use super::svg::{Drawing, Paint, Svg, no_data};

/// Survival curves over one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// What the chart shows.
    pub title: String,
    /// What time is counted in.
    pub x: Axis,
    /// What surviving means.
    pub y: Axis,
    /// What is drawn.
    pub curves: Vec<Curve>,
    /// Times that are pointed out.
    pub markers: Vec<Marker>,
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Its name in the legend.
    pub name: String,
    /// Times in order from 0 on, each with the share that is left from then on.
    pub steps: Vec<(f64, f64)>,
    /// Times at which watching ended before the event, each with the share that
    /// was left.
    pub censored: Vec<(f64, f64)>,
}

impl Survival {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let steps = || self.curves.iter().flat_map(|curve| &curve.steps);
        let x = self.x.fit(steps().map(|step| step.0));
        let y = self.y.fit(steps().map(|step| step.1));
        let (Some(x), Some(y)) = (x, y) else {
            return no_data(&self.title);
        };
        let mut drawing = Drawing::default();
        let frame = Frame::draw(&mut drawing, (&self.x, x), (&self.y, y));
        let mut legend = Vec::new();
        for (number, curve) in self.curves.iter().enumerate() {
            draw_curve(&mut drawing, &frame, number, curve);
            legend.push(Entry {
                paint: Paint::Series(number),
                swatch: Swatch::Line(number),
                name: curve.name.clone(),
            });
        }
        if self.curves.iter().any(|curve| !curve.censored.is_empty()) {
            legend.push(Entry {
                paint: Paint::Ink,
                swatch: Swatch::Tick,
                name: "watched no longer".into(),
            });
        }
        frame.markers(&mut drawing, &self.markers);
        frame.finish(drawing, &self.title, &legend)
    }
}

fn draw_curve(drawing: &mut Drawing, frame: &Frame, number: usize, curve: &Curve) {
    let paint = Paint::Series(number);
    let mut line: Vec<[f64; 2]> = Vec::new();
    for at in curve.steps.iter().filter_map(|&(x, y)| frame.at(x, y)) {
        if let Some(before) = line.last() {
            line.push([at[0], before[1]]);
        }
        line.push(at);
    }
    let class = line_class(paint, number);
    drawing.path(&class, [line.as_slice()], false, &curve.name);
    let ends = curve.censored.iter();
    for [x, y] in ends.filter_map(|&(x, y)| frame.at(x, y)) {
        let class = format!("line {}", paint.class());
        let title = format!("{}: watched no longer", curve.name);
        drawing.line(&class, [x, y - 5.0], [x, y + 5.0], &title);
    }
}
