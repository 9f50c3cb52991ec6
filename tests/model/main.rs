//! Model bundles: what is refused and how, and what the graph computes.

mod parity;
mod refusals;

use std::path::PathBuf;

/// The bundle that is shipped.
fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/seed-2d")
}
