//! Scores to decisions: lock, unlock or inconclusive. No I/O and no clock.

mod machine;
mod policy;
mod state;
#[cfg(test)]
mod tests;

pub use machine::Decider;
pub use policy::{Policy, PolicyError};
pub use state::{Context, Decision, Evidence, Pause, Reason, Silence, State, Warning};
