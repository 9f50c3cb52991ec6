//! The manifest of a bundle, `manifest.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The manifest format that this version writes and reads.
pub const FORMAT: u32 = 1;

/// A model bundle's `manifest.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The bundle's name, for people.
    pub name: String,
    /// The graph's input.
    pub input: Input,
    /// The graph's output.
    pub output: Output,
    /// What the graph needs of its runtime.
    pub runtime: Runtime,
    /// Every file of the bundle but this one and the model card, with the
    /// SHA-256 of its contents in lower-case hexadecimal.
    pub files: BTreeMap<String, String>,
    /// How the weights were trained.
    pub training: Training,
    /// Evaluation figures, by name; see docs/results.md for protocols.
    #[serde(default)]
    pub figures: BTreeMap<String, f64>,
}

/// The graph's input: one `1 × frames × channels` f32 tensor in the units of
/// [`crate::motion`]; any normalisation is inside the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Frames of a window, oldest first.
    pub frames: usize,
    /// Frames per second.
    pub rate_hz: u32,
    /// Channel names in order, as one of [`crate::motion::Channels`] has them.
    pub channels: Vec<String>,
    /// Unit of each channel.
    pub units: Vec<String>,
}

/// The graph's output: one `1 × embedding` f32 tensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Length of the embedding.
    pub embedding: usize,
}

/// What the graph needs of its runtime.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runtime {
    /// File name of the graph in the bundle.
    pub graph: String,
    /// File name of the cohort, if it ships one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// The hop must be a multiple of this many frames.
    pub hop_multiple_of: usize,
    /// ONNX opset of the graph.
    pub opset: i64,
    /// The tract version that it was tested with.
    pub tract: String,
}

/// How the weights were trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Architecture, as `grasp-train train --arch` names it.
    pub arch: String,
    /// The command that made the bundle, paths left out.
    pub command: String,
    /// Seed of everything random.
    pub seed: u64,
    /// Every data set and person that the weights were trained on.
    pub data: Vec<TrainingData>,
}

/// A data set that weights were trained on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingData {
    /// Name of the data set.
    pub name: String,
    /// Those of its people that were used.
    pub people: Vec<String>,
    /// Its licence or terms of use.
    pub terms: String,
}
