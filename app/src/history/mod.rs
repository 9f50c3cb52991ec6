//! The last days, as `graspd-agent` keeps them. docs/agent.md

mod answer;
mod folder;
mod line;
mod lock;
mod log;
mod tally;

pub use answer::answer;
pub use folder::{read, stamp};
#[cfg(test)]
pub use lock::KEYS;
pub use lock::Lock;
pub use log::{JOINED_S, Kind, Log, Point};
pub use tally::Tally;
