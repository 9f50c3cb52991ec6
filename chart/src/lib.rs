//! Charts as SVG, and findings as one HTML page.
//!
//! Every drawing is 400 units wide, so that its text is readable on a phone, and has
//! classes instead of colours: the page's style sheet sets these for light, dark and
//! print. Values that are not finite are not drawn, and a chart without values says so.
//! The same input gives the same bytes.
//!
//! A [`Report`] is a page that loads nothing: it contains its style and drawings, and
//! no script.

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
