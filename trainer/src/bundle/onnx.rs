//! Exporting a branch as an ONNX graph.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor};
use burn_onnx::export::{ExportError, OnnxExporter};
use graspd::motion::Channels;
use onnx_ir::{GraphProto, Message, ModelProto};
use thiserror::Error;

use crate::arch::Served;

/// An exported branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// Contents of the ONNX file.
    pub onnx: Vec<u8>,
    /// ONNX operator set version.
    pub opset: i64,
    /// Sensors of its input.
    pub channels: Channels,
    /// Frames of its input.
    pub frames: usize,
    /// Length of its output.
    pub embedding: usize,
}

/// Why a branch cannot be exported.
#[derive(Debug, Error)]
pub enum GraphError {
    /// The exporter does not support an operation of the branch.
    #[error("cannot export the network as ONNX: {0}")]
    Export(#[from] ExportError),
    /// The exporter's own output cannot be read back.
    #[error("the exported ONNX cannot be read back: {0}")]
    Unreadable(String),
}

impl Graph {
    /// Exports `branch` for single windows of `frames` frames: input `window`,
    /// 1 × frames × channels, output `embedding`, 1 × embedding.
    pub fn of(branch: &impl Served, channels: Channels, frames: usize) -> Result<Self, GraphError> {
        let exporter = OnnxExporter::new();
        let window = Tensor::<3>::zeros([1, frames, channels.count()], &Device::flex());
        let [_, embedding] = branch.embed(window.clone()).dims();
        let exported = exporter.export(branch, window, |branch, window| branch.embed(window))?;
        Ok(Self {
            onnx: with_stable_names(exported.as_bytes())
                .map_err(|e| GraphError::Unreadable(e.to_string()))?,
            opset: exporter.selected_opset().version(),
            channels,
            frames,
            embedding,
        })
    }
}

/// Renames the graph's values by their position. The exporter numbers them by a counter of
/// the whole process, so that the file would depend on what was exported before.
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
        let values = [&mut graph.input, &mut graph.output, &mut graph.value_info];
        for value in values.into_iter().flatten() {
            rename(&mut value.name);
        }
        for constant in &mut graph.initializer {
            rename(&mut constant.name);
        }
        for node in &mut graph.node {
            node.input
                .iter_mut()
                .chain(&mut node.output)
                .for_each(rename);
        }
    }
    model.write_to_bytes()
}

/// New names of numbered values: `window` and `embedding` for input and output, the others
/// by the first node that has them as input or output.
fn stable_names(graph: &GraphProto) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let ends = [(&graph.input, "window"), (&graph.output, "embedding")];
    for (values, stable) in ends {
        names.extend(
            values
                .iter()
                .map(|value| (value.name.clone(), stable.to_owned())),
        );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::ChannelScale;
    use crate::arch::{Branch, Seed1d, Seed2d};
    use crate::spectral::Spectral;
    use burn::module::Module;
    use burn::tensor::TensorData;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use tract_onnx::prelude as tract;
    use tract_onnx::prelude::{
        Framework, InferenceModelExt, IntoRunnable, IntoTValue, TractResult, tvec,
    };

    fn branch<B: Branch>(frames: usize, rng: &mut ChaCha8Rng) -> B {
        let scale = ChannelScale {
            mean: [0.5, 6.0, 7.0, 0.0, 0.01, -0.02],
            deviation: [1.5, 2.0, 2.5, 0.4, 0.3, 0.5],
        };
        B::new(frames, &scale, rng, &Device::flex().autodiff())
    }

    fn assert_agree<B: Branch>(frames: usize) -> TractResult<()> {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let branch = branch::<B>(frames, &mut rng).valid();
        let graph = Graph::of(&branch.served(), Channels::default(), frames)?;
        assert_agrees(&graph, |window| branch.embed(window), &mut rng)
    }

    fn assert_agrees(
        graph: &Graph,
        embed: impl Fn(Tensor<3>) -> Tensor<2>,
        rng: &mut ChaCha8Rng,
    ) -> TractResult<()> {
        let (frames, channels) = (graph.frames, graph.channels.count());
        let model = tract_onnx::onnx().model_for_read(&mut graph.onnx.as_slice())?;
        let model = model.into_optimized()?.into_runnable()?;
        for gravity in [0.0, 9.8, -9.8] {
            let mut value = || gravity + rng.random_range(-8.0..8.0f32);
            let window: Vec<f32> = (0..frames * channels).map(|_| value()).collect();
            let shape = [1, frames, channels];
            let served = model.run(tvec!(
                tract::Tensor::from_shape(&shape, &window)?.into_tvalue()
            ))?;
            let served = served[0].to_plain_array_view::<f32>()?;
            assert_eq!(served.shape(), [1, graph.embedding]);
            let data = TensorData::new(window, shape);
            let trained = embed(Tensor::from_data(data, &Device::flex()));
            // Such motion takes seed-1d's numbers, which have no bounds, far above
            // the 1 of seed-2d's; the steps between floats grow with them.
            let largest = served
                .iter()
                .fold(1.0, |most: f32, value| most.max(value.abs()));
            let furthest = (served.iter())
                .zip(trained.into_data().iter::<f32>())
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(
                furthest < 1e-5 * largest,
                "{frames} frames: {furthest} of {largest}"
            );
        }
        Ok(())
    }

    #[test]
    fn tract_and_burn_agree_on_what_is_exported() -> TractResult<()> {
        for frames in [500, 128] {
            assert_agree::<Seed2d>(frames)?;
            assert_agree::<Seed1d>(frames)?;
        }
        Ok(())
    }

    #[test]
    fn tract_and_burn_agree_on_the_spectral_branch_of_either_set_of_channels() -> TractResult<()> {
        for channels in Channels::ALL {
            let branch = Spectral::new(channels, &Device::flex());
            let graph = Graph::of(&branch, channels, 500)?;
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            assert_agrees(&graph, |window| branch.embed(window), &mut rng)?;
        }
        Ok(())
    }

    #[test]
    fn one_network_has_one_file() {
        let export = || {
            let branch = branch::<Seed2d>(500, &mut ChaCha8Rng::seed_from_u64(3)).valid();
            Graph::of(&branch.served(), Channels::default(), 500).unwrap()
        };
        assert_eq!(export(), export());
    }
}
