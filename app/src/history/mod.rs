//! The history of the last days, which `graspd-agent` writes. docs/agent.md

mod answer;
mod folder;
mod line;
mod lock;
mod log;
mod tally;

pub use answer::answer;
pub use folder::{read, stamp};
pub use lock::Lock;
#[cfg(test)]
pub use lock::tests::keys;
pub use log::{JOINED_S, Kind, Log, Point};
pub use tally::Tally;
