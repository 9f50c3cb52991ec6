//! Charts as SVG: what is to be drawn goes in, a drawing comes out.
//!
//! A drawing is 400 units wide, so that its text can be read on a phone, and
//! has no colours of its own: it names classes, and [`CSS`] gives them colours
//! for light and for dark. Values that are no numbers are not drawn, and a chart
//! with nothing to draw says so.

mod axis;
mod boxes;
mod frame;
mod histogram;
mod intervals;
mod legend;
mod lines;
mod rows;
mod scatter;
mod survival;
mod svg;

pub use axis::{Axis, Scale, Unit};
pub use boxes::{BoxGroup, Boxes};
pub use frame::Marker;
pub use histogram::{Bars, Histogram};
pub use intervals::{Interval, Intervals};
pub use lines::{Lines, Series};
pub use rows::{Mark, Row, Rows, Shape};
pub use scatter::{Cloud, Scatter};
pub use survival::{Curve, Survival};
pub use svg::{Paint, Svg};

pub(crate) use svg::escape;

/// What a page needs for drawings to have colours.
pub const CSS: &str = include_str!("plot.css");

#[cfg(test)]
mod tests;
