//! Model bundles: a folder with a manifest, a graph, and a model card.
//!
//! What the manifest says and what the files are must agree, or the bundle is
//! refused with one line that says where they part.

mod bundle;
mod error;
mod graph;
mod manifest;

pub use bundle::{Bundle, ModelId};
pub use error::ModelError;
pub use manifest::{FORMAT, Input, Manifest, Output, Runtime, Training, TrainingData};
