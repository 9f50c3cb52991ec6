//! A log of events as one HTML page: evidence, scores and locks over time.
//!
//! [`EventLog`] takes the lines that `graspd watch --json` and `graspd replay
//! --json` print, whatever is in them, and [`page`] draws it as HTML that loads
//! nothing: its style and its drawings are in it, and it has no script.

mod chart;
mod lock;
mod log;
mod page;
mod period;
mod segment;

pub use chart::EvidenceLevels;
pub use lock::{Lock, Outcome};
pub use log::EventLog;
pub use page::page;
pub use period::{Period, PeriodKind};
pub use segment::Segment;

#[cfg(test)]
mod tests;
