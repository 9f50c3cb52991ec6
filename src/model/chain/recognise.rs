//! Finds the layers that a graph begins with.

use tract_onnx::pb::{GraphProto, NodeProto};

use super::layer::Layer;
use super::operator::{Operator, Value};

/// The layers of a graph, and the nodes after them, which take what the last one gives.
pub(super) struct Layers {
    pub(super) layers: Vec<Layer>,
    pub(super) rest: Vec<NodeProto>,
}

/// The layers that `graph` begins with, for windows of frames × channels; `None` if it begins
/// with none.
pub(super) fn layers(graph: &GraphProto, [frames, channels]: [usize; 2]) -> Option<Layers> {
    let window = graph.node.first()?.input.first()?;
    let mut end = Value {
        name: window.clone(),
        shape: vec![1, frames, channels],
        time: 1,
    };
    let (mut layers, mut nodes) = (Vec::<Layer>::new(), 0);
    let mut layer = Layer::of(end.clone());
    for node in &graph.node {
        // What a second node takes as well is no link of a chain.
        let uses = graph.node.iter().flat_map(|node| &node.input);
        if uses.filter(|used| **used == end.name).count() != 1 {
            break;
        }
        let Some(operator) = Operator::of(node, &end, graph) else {
            break;
        };
        end.clone_from(&operator.output);
        if layer.ends_before(&operator) {
            let next = Layer::of(layer.output.clone());
            nodes += layer.nodes();
            layers.push(std::mem::replace(&mut layer, next));
        }
        layer.push(operator, graph)?;
    }
    if layer.is_complete() {
        nodes += layer.nodes();
        layers.push(layer);
    }
    let rest = graph.node[nodes..].to_vec();
    (!layers.is_empty() && !rest.is_empty()).then_some(Layers { layers, rest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bundle;
    use crate::model::chain::reach::Clean;
    use std::path::Path;

    fn graph(bundle: &str) -> GraphProto {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let bundle = Bundle::open(&models.join(bundle)).unwrap();
        bundle.graph().graph.clone().unwrap()
    }

    #[test]
    fn seed_2d_is_four_layers_of_which_a_hop_computes_a_quarter() {
        let found = layers(&graph("seed-2d"), [500, 6]).unwrap();
        let mut clean = Clean {
            frames: 0..500,
            hop: 96,
        };
        let mut joined = Vec::new();
        for layer in &found.layers {
            let splice;
            (clean, splice) = clean.through(layer.reach).unwrap();
            joined.push(splice.head + layer.input.frames() - splice.tail);
            assert!(layer.product.is_some() && layer.pool.is_some());
        }
        let frames = found.layers.iter().map(|layer| layer.output.frames());
        assert_eq!(frames.collect::<Vec<_>>(), [250, 125, 63, 32]);
        assert_eq!(joined, [110, 60, 33, 21]);
        assert_eq!(found.rest.first().unwrap().op_type, "Tanh");
    }

    #[test]
    fn a_graph_that_uses_its_window_twice_begins_with_no_layers() {
        assert!(layers(&graph("default"), [500, 6]).is_none());
    }
}
