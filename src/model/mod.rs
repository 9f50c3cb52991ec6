//! Model bundles: a folder with a manifest, a graph, a model card and, for some, a
//! cohort of other people; and running the graph on windows.
//!
//! A bundle whose files do not match its manifest is refused, with one line that names
//! the difference.

mod budget;
mod bundle;
mod catch_panic;
mod chain;
pub mod cohort;
mod cohort_store;
mod cost;
mod embedder;
mod error;
mod graph;
mod manifest;
pub(crate) mod operators;
mod previous_window;
mod signature;
mod spectral;
mod weights;
mod whole_graph;

#[cfg(any(test, fuzzing))]
pub(crate) use bundle::parse_manifest;
pub use bundle::{Bundle, ModelId};
pub use cohort_store::CohortStore;
pub use embedder::{EmbedError, Embedder, Embedding};
pub use error::ModelError;
pub use manifest::{FORMAT, Input, Manifest, Output, Runtime, Training, TrainingData};
