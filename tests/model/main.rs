//! Model bundles: refusals and the graph's results.

// clippy.toml allows this in tests, but does not recognise this crate as one.
#![allow(clippy::unwrap_used)]

mod budget;
mod chain;
mod cohort;
mod exact;
mod made;
mod nonsense;
mod parity;
mod refusals;
mod streaming;

use std::path::PathBuf;

/// The path of a shipped bundle.
fn model(name: &str) -> PathBuf {
    let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models");
    models.join(name)
}

/// The path of the shipped bundle that tract runs.
fn shipped() -> PathBuf {
    model("seed-2d")
}
