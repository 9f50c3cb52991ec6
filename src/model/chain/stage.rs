//! A layer's operators, run by tract.

use tract_onnx::pb::{ModelProto, NodeProto, TensorProto};
use tract_onnx::prelude::{TValue, TractResult};

use super::layer::Layer;
use super::operator::Operator;
use super::plan::Plan;
use super::product::Product;
use crate::model::weights;

/// The operators of a layer, made ready for a number of frames of its input.
pub(super) struct Stage {
    /// What comes before a product, and the product.
    product: Option<(Plan, Product)>,
    /// The product's columns multiplied, or the layer's input, and all that comes after.
    plan: Plan,
    frames: usize,
}

/// Nodes for a number of frames, the constants that were made for them, and the frames that
/// they give.
type Sized = (Vec<NodeProto>, Vec<TensorProto>, usize);

impl Stage {
    pub(super) fn of(model: &ModelProto, layer: &Layer, frames: usize) -> Option<Self> {
        let shape = layer.input.of_frames(frames);
        let input = (layer.input.name.as_str(), shape.as_slice());
        let Some((at, product)) = &layer.product else {
            let (nodes, made, frames) = sized(&layer.operators, frames)?;
            return Some(Self {
                product: None,
                plan: Plan::of(model, input, nodes, made)?,
                frames,
            });
        };
        let (before, after) = layer.operators.split_at(*at);
        let (convolution, after) = after.split_first()?;
        let (mut nodes, made, frames) = sized(before, frames)?;
        if nodes.is_empty() {
            nodes.push(NodeProto {
                op_type: "Identity".into(),
                input: vec![layer.input.name.clone()],
                output: vec![format!("{} itself", layer.input.name)],
                ..NodeProto::default()
            });
        }
        let before = Plan::of(model, input, nodes, made)?;

        let frames = convolution.frames(frames)?;
        let output = &convolution.output;
        let columns = format!("{} columns", output.name);
        let (mut nodes, mut made) =
            product.nodes(&columns, (&output.name, &output.of_frames(frames)));
        let (after, of_after, given) = sized(after, frames)?;
        nodes.extend(after);
        made.extend(of_after);
        let columns = (columns.as_str(), [product.rows(), frames]);
        Some(Self {
            product: Some((before, product.clone())),
            plan: Plan::of(model, (columns.0, &columns.1), nodes, made)?,
            frames: given,
        })
    }

    /// Frames of what it gives.
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// Runs the operators on what `fill` writes.
    pub(super) fn run(&mut self, fill: impl FnOnce(&mut [f32])) -> TractResult<TValue> {
        let Some((before, product)) = &mut self.product else {
            return self.plan.run(fill);
        };
        let taken = before.run(fill)?;
        let taken = taken.to_plain_array_view::<f32>()?;
        let taken = taken.as_slice().unwrap_or_default();
        self.plan.run(|columns| product.lay_out(taken, columns))
    }
}

/// The nodes of operators on so many frames.
fn sized(operators: &[Operator], mut frames: usize) -> Option<Sized> {
    let (mut nodes, mut shapes) = (Vec::new(), Vec::new());
    for operator in operators {
        let mut node = operator.node.clone();
        if node.op_type == "Reshape" {
            // The lengths that it is given are those of a whole window.
            let name = format!("{} of {frames} frames", operator.output.name);
            shapes.push(weights::of_lengths(
                &name,
                &operator.output.of_frames(frames),
            ));
            node.input[1] = name;
        }
        frames = operator.frames(frames)?;
        nodes.push(node);
    }
    Some((nodes, shapes, frames))
}
