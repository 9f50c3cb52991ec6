//! A day of events as one page: what was believed, what was locked and why, and
//! what stood in the way.
//!
//! [`Journal`] takes the lines that `graspd watch --json` and `graspd replay
//! --json` print, whatever is in them, and [`page`] draws it as HTML that needs
//! nothing else: its style and its drawings are in it, and no script.

mod chart;
mod journal;
mod page;
mod stretch;
mod svg;
mod thin;

pub use chart::Levels;
pub use journal::Journal;
pub use page::page;
pub use stretch::{Lock, Outcome, Span, Stretch, Way};

#[cfg(test)]
mod tests;
