//! The frame of a chart: two axes with a grid.

use crate::axis::Axis;
use crate::legend::{self, Entry};
use crate::svg::{Drawing, Svg, WIDTH, fitting, text_width};
use crate::ticks::Fitted;

/// Space above the grid, for the label of the y axis.
const TOP: f64 = 22.0;
/// Space at the right, for half of the last number.
const RIGHT: f64 = 22.0;
/// Default height of the y axis.
pub(crate) const HEIGHT: f64 = 220.0;
/// Space below the grid, for the numbers and the label of the x axis.
const FOOT: f64 = 40.0;

/// The axes of a chart: converts values to positions in the drawing.
pub(crate) struct Frame {
    x: Fitted,
    y: Fitted,
    left: f64,
    width: f64,
    height: f64,
}

impl Frame {
    /// Draws both axes; the y axis is `height` units high.
    pub fn draw(
        drawing: &mut Drawing,
        x: (&Axis, Fitted),
        y: (&Axis, Fitted),
        height: f64,
    ) -> Self {
        let widths = y.1.ticks.iter().map(|tick| text_width(&tick.label));
        let left = widths.fold(20.0, f64::max) + 8.0;
        let frame = Self {
            x: x.1,
            y: y.1,
            left,
            width: WIDTH - left - RIGHT,
            height,
        };
        let foot = frame.foot();
        let mut written = f64::NEG_INFINITY;
        for tick in &frame.y.ticks {
            let at = foot - tick.at * height;
            drawing.line("grid", [left, at], [left + frame.width, at], "");
            drawing.text("end", [left - 6.0, at + 4.0], &tick.label);
        }
        for tick in &frame.x.ticks {
            let at = left + tick.at * frame.width;
            drawing.line("grid", [at, TOP], [at, foot], "");
            let half = text_width(&tick.label) / 2.0;
            if at - half > written {
                drawing.text("middle", [at, foot + 15.0], &tick.label);
                written = at + half + 4.0;
            }
        }
        drawing.text("label", [2.0, 12.0], &fitting(&y.0.label, WIDTH - 4.0));
        let under = [left + frame.width / 2.0, foot + 32.0];
        drawing.text("label middle", under, &fitting(&x.0.label, frame.width));
        frame
    }

    /// The position of a point; `None` if it cannot be drawn.
    pub fn at(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        Some([self.x(x)?, TOP + (1.0 - self.y.share(y)?) * self.height])
    }

    /// The position of a point that lies within both axes; `None` for others.
    pub fn inside(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let inside = self.x.covers(x) && self.y.covers(y);
        inside.then(|| self.at(x, y)).flatten()
    }

    /// The position of a value of x; `None` if it cannot be drawn.
    pub fn x(&self, x: f64) -> Option<f64> {
        Some(self.left + self.x.share(x)? * self.width)
    }

    /// The positions of the left and the right end of the grid.
    pub fn sides(&self) -> [f64; 2] {
        [self.left, self.left + self.width]
    }

    /// The position of the upper end of the y axis.
    pub fn head(&self) -> f64 {
        TOP
    }

    /// The position of the lower end of the y axis.
    pub fn foot(&self) -> f64 {
        TOP + self.height
    }

    /// Finishes the drawing and adds the legend.
    pub fn finish(self, drawing: Drawing, label: &str, legend: &[Entry]) -> Svg {
        drawing.finish(self.foot() + FOOT, label, legend::list(legend))
    }
}
