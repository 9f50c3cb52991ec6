//! Two axes with a grid, on which charts are drawn.

use crate::axis::Axis;
use crate::legend::Entry;
use crate::svg::{Drawing, Svg, WIDTH, fitting, text_width};
use crate::ticks::Fitted;

/// Room above for what the upright axis shows.
const TOP: f64 = 22.0;
/// Room at the right for half a number.
const RIGHT: f64 = 22.0;
/// Height of the upright axis, unless the chart says otherwise.
pub(crate) const HEIGHT: f64 = 220.0;
/// Room below for numbers and for what they are.
const FOOT: f64 = 40.0;

/// Where values go.
pub(crate) struct Frame {
    x: Fitted,
    y: Fitted,
    left: f64,
    width: f64,
    height: f64,
}

impl Frame {
    /// Draws both axes, the upright one `height` units high.
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

    /// Where a point goes; `None` if it is none.
    pub fn at(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        Some([self.x(x)?, TOP + (1.0 - self.y.share(y)?) * self.height])
    }

    /// Where a point goes that is not beyond either axis.
    pub fn inside(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let inside = self.x.covers(x) && self.y.covers(y);
        inside.then(|| self.at(x, y)).flatten()
    }

    /// Where a value of x goes, if it is one.
    pub fn x(&self, x: f64) -> Option<f64> {
        Some(self.left + self.x.share(x)? * self.width)
    }

    /// The left and the right end of the grid.
    pub fn sides(&self) -> [f64; 2] {
        [self.left, self.left + self.width]
    }

    /// The head of the upright axis.
    pub fn head(&self) -> f64 {
        TOP
    }

    /// The foot of the upright axis.
    pub fn foot(&self) -> f64 {
        TOP + self.height
    }

    /// The drawing with its legend.
    pub fn finish(self, drawing: Drawing, label: &str, legend: &[Entry]) -> Svg {
        drawing.finish(self.foot() + FOOT, label, legend)
    }
}
