//! Charts as SVG, and findings as one HTML page.
//!
//! What is to be drawn goes in, a drawing comes out. Every drawing is 400 units
//! wide, so that its text can be read on a phone, and has no colours of its own:
//! it names classes, to which the page's style sheet gives colours for light, for
//! dark and for paper. Values that are no numbers are not drawn, and a chart with
//! nothing to draw says so. The same input gives the same bytes.
//!
//! A [`Report`] is a page that loads nothing: its style and its drawings are in
//! it, and it has no script.

mod axis;
mod downsample;
mod frame;
mod histogram;
mod intervals;
mod legend;
mod lines;
mod page;
mod rows;
mod scatter;
mod svg;
mod ticks;
mod timeline;

pub use axis::{Axis, Scale, Unit};
pub use downsample::{MAX_POINTS, Point};
pub use histogram::{Bars, Histogram, Marker};
pub use intervals::{Interval, Intervals};
pub use legend::{Entry, Swatch};
pub use lines::{Lines, Series};
pub use page::{Block, Fact, Report, Section, Table, Tone, Width};
pub use rows::{Mark, Row, Rows, Shape};
pub use scatter::{Group, Scatter};
pub use svg::{Paint, Svg};
pub use timeline::{Event, Level, Span, Stroke, Timeline, Trace};

#[cfg(test)]
mod tests;
