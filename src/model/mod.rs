//! Model bundles: a folder with a manifest, a graph, and a model card.

mod manifest;

pub use manifest::{FORMAT, Input, Manifest, Output, Runtime, Training, TrainingData};
