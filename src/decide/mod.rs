//! Scores into decisions: lock, unlock, or neither for now. Pure.

mod machine;
mod policy;
mod state;
#[cfg(test)]
mod tests;

pub use machine::Decider;
pub use policy::{Policy, PolicyError};
pub use state::{Context, Decision, Evidence, Pause, Reason, Silence, State, Warning};
