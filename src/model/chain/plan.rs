//! Nodes of a graph, run by tract.

use std::sync::Arc;

use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto};
use tract_onnx::prelude::*;

/// Nodes that take one value and give one, made ready for fixed lengths.
pub(super) struct Plan {
    state: TypedSimpleState,
    input: Arc<Tensor>,
}

impl Plan {
    /// Nodes that take the value `name` of these lengths. They take constants of the model's
    /// graph, and those that were `made` for them.
    pub(super) fn of(
        model: &ModelProto,
        (name, shape): (&str, &[usize]),
        nodes: Vec<NodeProto>,
        made: Vec<TensorProto>,
    ) -> Option<Self> {
        let graph = model.graph.as_ref()?;
        let taken = ValueInfoProto {
            name: name.to_owned(),
            ..graph.input.first()?.clone()
        };
        let given = ValueInfoProto {
            name: nodes.last()?.output.first()?.clone(),
            ..ValueInfoProto::default()
        };
        let uses = |name: &str| {
            nodes
                .iter()
                .any(|node| node.input.iter().any(|i| i == name))
        };
        let constants = graph
            .initializer
            .iter()
            .filter(|weights| uses(&weights.name));
        let part = ModelProto {
            ir_version: model.ir_version,
            opset_import: model.opset_import.clone(),
            graph: Some(GraphProto {
                initializer: constants.cloned().chain(made).collect(),
                node: nodes,
                input: vec![taken],
                output: vec![given],
                ..GraphProto::default()
            }),
            ..ModelProto::default()
        };
        let build = || {
            let parsed = tract_onnx::onnx().parse(&part, None)?.model;
            let model = parsed.with_input_fact(0, f32::fact(shape).into())?;
            TractResult::Ok(Self {
                state: model.into_optimized()?.into_runnable()?.spawn()?,
                input: Arc::new(Tensor::zero::<f32>(shape)?),
            })
        };
        build().ok()
    }

    /// Runs the nodes on what `fill` writes. What tract has let go of is written to again, so
    /// that only tract allocates.
    pub(super) fn run(&mut self, fill: impl FnOnce(&mut [f32])) -> TractResult<TValue> {
        let input = Arc::make_mut(&mut self.input);
        fill(input.try_as_plain_ram_mut()?.as_slice_mut()?);
        let mut given = self.state.run(tvec!(self.input.clone().into_tvalue()))?;
        Ok(given.swap_remove(0))
    }
}
