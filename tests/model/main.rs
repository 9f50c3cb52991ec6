//! Model bundles: what is refused and how, and what the graph computes.

// clippy.toml allows this in tests, but does not see that all of this is one.
#![allow(clippy::unwrap_used)]

mod budget;
mod cohort;
mod made;
mod nonsense;
mod parity;
mod refusals;

use std::path::PathBuf;

/// The bundle that is shipped.
fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/seed-2d")
}
