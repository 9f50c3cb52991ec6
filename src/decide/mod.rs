//! Scores into decisions.

mod state;

pub use state::{Context, Decision, Evidence, Reason, Score, State};
