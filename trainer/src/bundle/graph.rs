//! From a trained branch to an ONNX graph.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor};
use burn_onnx::export::{ExportError, OnnxExporter};
use graspd::motion::CHANNELS;
use onnx_ir::{GraphProto, Message, ModelProto};
use thiserror::Error;

use crate::arch::Served;

/// An exported branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The ONNX file.
    pub onnx: Vec<u8>,
    /// Its operator set.
    pub opset: i64,
    /// Frames of its input.
    pub frames: usize,
    /// Length of its output.
    pub embedding: usize,
}

/// Why a branch cannot be exported.
#[derive(Debug, Error)]
pub enum GraphError {
    /// The exporter has no ONNX for something that the branch does.
    #[error("cannot export the network as ONNX: {0}")]
    Export(#[from] ExportError),
    /// The exporter's own output cannot be read back.
    #[error("the exported ONNX cannot be read back: {0}")]
    Unreadable(String),
}

impl Graph {
    /// Exports `branch` for single windows of `frames` frames: input `window`,
    /// 1 × frames × 6, output `embedding`, 1 × embedding.
    pub fn of(branch: &impl Served, frames: usize) -> Result<Self, GraphError> {
        let exporter = OnnxExporter::new();
        let window = Tensor::<3>::zeros([1, frames, CHANNELS], &Device::flex());
        let [_, embedding] = branch.embed(window.clone()).dims();
        let exported = exporter.export(branch, window, |branch, window| branch.embed(window))?;
        Ok(Self {
            onnx: with_stable_names(exported.as_bytes())
                .map_err(|e| GraphError::Unreadable(e.to_string()))?,
            opset: exporter.selected_opset().version(),
            frames,
            embedding,
        })
    }
}

/// The exporter numbers unnamed values by a counter of the whole process. Names
/// by position instead make the file a function of the network alone.
fn with_stable_names(onnx: &[u8]) -> Result<Vec<u8>, impl std::error::Error> {
    let mut model = ModelProto::parse_from_bytes(onnx)?;
    if let Some(graph) = model.graph.as_mut() {
        let names = stable_names(graph);
        let rename = |name: &mut String| {
            if let Some(stable) = names.get(name.as_str()) {
                name.clone_from(stable);
            }
        };
        graph.name = "branch".into();
        let values = [
            &mut graph.input,
            &mut graph.output,
            &mut graph.value_info,
        ];
        for value in values.into_iter().flatten() {
            rename(&mut value.name);
        }
        for constant in &mut graph.initializer {
            rename(&mut constant.name);
        }
        for node in &mut graph.node {
            node.input.iter_mut().chain(&mut node.output).for_each(rename);
        }
    }
    model.write_to_bytes()
}

/// Names for numbered values: the graph's ends by what they are, the rest by
/// the first node that takes or makes them.
fn stable_names(graph: &GraphProto) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let ends = [(&graph.input, "window"), (&graph.output, "embedding")];
    for (values, stable) in ends {
        names.extend(values.iter().map(|value| (value.name.clone(), stable.to_owned())));
    }
    for node in &graph.node {
        let sides = [(&node.input, "in"), (&node.output, "out")];
        for (values, side) in sides {
            for (slot, value) in values.iter().enumerate() {
                if value.starts_with("tensor_") {
                    names
                        .entry(value.clone())
                        .or_insert_with(|| format!("{}_{side}_{slot}", node.name));
                }
            }
        }
    }
    names
}
