//! Model bundles: refusals and the graph's results.

// clippy.toml allows this in tests, but does not recognise this crate as one.
#![allow(clippy::unwrap_used)]

mod budget;
mod cohort;
mod made;
mod nonsense;
mod parity;
mod refusals;

use std::path::PathBuf;

/// The path of the default bundle.
fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models/seed-2d")
}
