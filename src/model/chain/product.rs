//! A convolution as one product of matrices, which tract takes half as long for.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

use super::operator::{Operator, Value};
use crate::model::cost::ints;
use crate::model::weights::{self, floats};

/// A convolution over time whose kernel spans what other axis there is: a product of its
/// weights, one row for each channel that it makes, with one column for each of its frames.
#[derive(Debug, Clone)]
pub(super) struct Product {
    /// Of its input, channels × frames × across.
    channels: usize,
    across: usize,
    taps: usize,
    /// Frames from one tap to the next, and from one column to the next.
    dilation: usize,
    stride: usize,
    /// Frames of zeros before the first.
    before: usize,
    weights: TensorProto,
    bias: Option<TensorProto>,
}

impl Product {
    /// `operator` on `input`; `None` if it is no such convolution.
    pub(super) fn of(operator: &Operator, input: &Value, graph: &GraphProto) -> Option<Self> {
        let node = &operator.node;
        let constant = |at: usize| {
            let name = node.input.get(at)?;
            graph
                .initializer
                .iter()
                .find(|weights| weights.name == *name)
        };
        let (&[1, channels, _, ref across @ ..], 2) = (input.shape.as_slice(), input.time) else {
            return None;
        };
        if node.op_type != "Conv" || across.len() > 1 {
            return None;
        }
        let across = across.first().copied().unwrap_or(1);
        let weights = constant(1)?;
        let &[_, of_each, taps, ref spanned @ ..] = weights.dims.as_slice() else {
            return None;
        };
        let spans = usize::try_from(spanned.first().copied().unwrap_or(1)) == Ok(across)
            && operator.output.shape[3..].iter().all(|&length| length == 1)
            && usize::try_from(of_each) == Ok(channels);
        let pads = ints(node, "pads").unwrap_or_default();
        let apart = [1, 3].iter().all(|&at| pads.len() < 4 || pads[at] == 0);
        let dilation = ints(node, "dilations").map_or(1, |all| all[0]);
        (spans && apart).then_some(Self {
            channels,
            across,
            taps: usize::try_from(taps).ok()?,
            dilation: usize::try_from(dilation).ok()?,
            stride: operator.reach.stride,
            before: operator.reach.before,
            weights: weights.clone(),
            bias: constant(2).cloned(),
        })
    }

    /// Rows of the matrix of columns.
    pub(super) fn rows(&self) -> usize {
        self.channels * self.taps * self.across
    }

    /// Writes what each column is multiplied with: `values` are channels × frames × across.
    pub(super) fn lay_out(&self, values: &[f32], columns: &mut [f32]) {
        let count = columns.len() / self.rows();
        let mut rows = columns.chunks_exact_mut(count);
        for channel in values.chunks_exact(values.len() / self.channels) {
            for tap in 0..self.taps {
                for (at, row) in rows.by_ref().take(self.across).enumerate() {
                    self.row(channel, tap * self.dilation, at, row);
                }
            }
        }
    }

    /// One row: what the tap `later` frames after the first finds at place `at` across.
    fn row(&self, channel: &[f32], later: usize, at: usize, row: &mut [f32]) {
        let frames = channel.len() / self.across;
        let places = |frame: usize| frame.div_ceil(self.stride).min(row.len());
        let first = places(self.before.saturating_sub(later));
        let end = places((frames + self.before).saturating_sub(later)).max(first);
        row[..first].fill(0.0);
        row[end..].fill(0.0);
        let from = (first * self.stride + later).saturating_sub(self.before);
        let row = &mut row[first..end];
        match (self.across, self.stride) {
            (1, 1) => row.copy_from_slice(&channel[from..from + row.len()]),
            (across, stride) => {
                let taken = channel
                    .iter()
                    .skip(from * across + at)
                    .step_by(across * stride);
                for (to, &value) in row.iter_mut().zip(taken) {
                    *to = value;
                }
            }
        }
    }

    /// The nodes that multiply `columns` of so many frames and make `output`.
    pub(super) fn nodes(
        &self,
        columns: &str,
        (output, shape): (&str, &[usize]),
    ) -> (Vec<NodeProto>, Vec<TensorProto>) {
        let name = |what: &str| format!("{output} {what}");
        let matrix = |name: String, weights: &TensorProto, columns: usize| TensorProto {
            name,
            data_type: DataType::Float as i32,
            dims: vec![weights.dims[0], columns as i64],
            float_data: floats(weights),
            ..TensorProto::default()
        };
        let node = |operator: &str, inputs: [&str; 2], output: String| NodeProto {
            name: output.clone(),
            op_type: operator.into(),
            input: inputs.map(str::to_owned).into(),
            output: vec![output],
            ..NodeProto::default()
        };
        let mut constants = vec![
            matrix(name("weights"), &self.weights, self.rows()),
            weights::of_lengths(&name("shape"), shape),
        ];
        let mut nodes = vec![node("MatMul", [&name("weights"), columns], name("product"))];
        let mut last = name("product");
        if let Some(bias) = &self.bias {
            constants.push(matrix(name("bias"), bias, 1));
            nodes.push(node("Add", [&last, &name("bias")], name("sum")));
            last = name("sum");
        }
        nodes.push(node("Reshape", [&last, &name("shape")], output.to_owned()));
        (nodes, constants)
    }
}
