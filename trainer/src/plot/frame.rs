//! Two axes with a grid, on which charts are drawn.

use super::axis::{Axis, Fitted};
use super::legend::{self, Entry};
use super::svg::{Drawing, Svg, WIDTH, fitting, text_width};

/// Room above for what the upright axis shows.
const TOP: f64 = 22.0;
/// Room at the right for half a number.
const RIGHT: f64 = 22.0;
const HEIGHT: f64 = 220.0;
/// Room below for numbers and for what they are.
const FOOT: f64 = 40.0;

/// A value that is pointed out on the axis of x, with a line across.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// The value.
    pub at: f64,
    /// What it is.
    pub label: String,
}

/// Where values go.
pub(super) struct Frame {
    x: Fitted,
    y: Fitted,
    left: f64,
    width: f64,
}

impl Frame {
    /// Draws both axes.
    pub fn draw(drawing: &mut Drawing, x: (&Axis, Fitted), y: (&Axis, Fitted)) -> Self {
        let widths = y.1.ticks.iter().map(|tick| text_width(&tick.label));
        let left = widths.fold(20.0, f64::max) + 8.0;
        let frame = Self {
            x: x.1,
            y: y.1,
            left,
            width: WIDTH - left - RIGHT,
        };
        let foot = TOP + HEIGHT;
        let mut written = f64::NEG_INFINITY;
        for tick in &frame.y.ticks {
            let at = foot - tick.at * HEIGHT;
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
        Some([self.x(x)?, TOP + (1.0 - self.y.share(y)?) * HEIGHT])
    }

    /// Where a point goes that is not beyond either axis.
    pub fn inside(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        let inside = self.x.covers(x) && self.y.covers(y);
        inside.then(|| self.at(x, y)).flatten()
    }

    /// The foot of the upright axis.
    pub fn foot(&self) -> f64 {
        TOP + HEIGHT
    }

    /// Draws lines across at `markers`.
    pub fn markers(&self, drawing: &mut Drawing, markers: &[Marker]) {
        for (k, marker) in markers.iter().enumerate() {
            let Some(x) = self.x(marker.at) else { continue };
            drawing.line("mark", [x, TOP], [x, self.foot()], &marker.label);
            // To the right of the line if there is room.
            let room = self.left + self.width - x - 4.0;
            let (room, class, aside) = if text_width(&marker.label) < room {
                (room, "halo", 4.0)
            } else {
                (x - self.left - 4.0, "halo end", -4.0)
            };
            let at = [x + aside, TOP + 12.0 + 14.0 * k as f64];
            drawing.text(class, at, &fitting(&marker.label, room));
        }
    }

    /// The drawing with its legend.
    pub fn finish(self, mut drawing: Drawing, label: &str, legend: &[Entry]) -> Svg {
        let height = legend::draw(&mut drawing, TOP + HEIGHT + FOOT, legend);
        drawing.finish(height, label)
    }

    fn x(&self, x: f64) -> Option<f64> {
        Some(self.left + self.x.share(x)? * self.width)
    }
}
