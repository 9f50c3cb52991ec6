//! Limits on a graph's compute and memory, checked from its shapes before inference.

use tract_onnx::pb::{ModelProto, NodeProto};
use tract_onnx::tract_hir::internal::*;

use super::cost::{self, Cost, Shape};
use super::graph::LARGEST;
use super::operators::called;

/// Most multiply-adds for a window: half a second on a slow phone's core, while a window
/// is due every 0.96 s.
const MULTIPLY_ADDS: u64 = 500_000_000;
/// Most bytes for a window, of all tensors together.
const BYTES: u64 = 256 << 20;
/// Most axes of a tensor.
const AXES: usize = 8;

/// Infers every shape of `model`, parsed from `file`, node by node, and refuses it at the
/// first node that exceeds the budget. No node is evaluated, constant ones included,
/// before its cost is known.
pub(crate) fn hold(model: &mut InferenceModel, file: &ModelProto) -> Result<(), String> {
    let nodes: Vec<&NodeProto> = file.graph.iter().flat_map(|graph| &graph.node).collect();
    // tract makes nodes of inputs and weights first, then one of each node, in order.
    let before = model.nodes().len().checked_sub(nodes.len());
    let before = before.ok_or("tract cannot make sense of it")?;
    let mut total = Cost::default();
    for (id, node) in (before..).zip(nodes) {
        let refuse = |why: String| format!("{}: {why}", called(node));
        let (inputs, _) = facts(model, id).map_err(|e| refuse(one_line(&e)))?;
        check(node, &inputs)?;
        if node.op_type == "Pad" {
            let (inputs, mut outputs) =
                infer(model, id, false).map_err(|e| refuse(one_line(&e)))?;
            unpadded(&inputs, &mut outputs);
            note(model, id, outputs).map_err(|e| refuse(one_line(&e)))?;
        }
        let inferred = infer(model, id, false).map_err(|e| refuse(one_line(&e)))?;
        let cost = cost_of(node, &inferred)?;
        total.multiply_adds = total.multiply_adds.saturating_add(cost.multiply_adds);
        total.bytes = total.bytes.saturating_add(cost.bytes);
        afford("bytes of memory", total.bytes, BYTES)
            .and_then(|()| afford("multiply-adds", total.multiply_adds, MULTIPLY_ADDS))
            .map_err(refuse)?;
        let (_, outputs) = infer(model, id, true).map_err(|e| refuse(one_line(&e)))?;
        note(model, id, outputs).map_err(|e| refuse(one_line(&e)))?;
    }
    Ok(())
}

/// Stores `outputs` as the facts of node `id`'s outputs.
fn note(model: &mut InferenceModel, id: usize, outputs: TVec<InferenceFact>) -> TractResult<()> {
    let mut numbered = outputs.into_iter().enumerate();
    numbered.try_for_each(|(output, fact)| model.set_outlet_fact(OutletId::new(id, output), fact))
}

/// Copies the lengths of axes that a Pad does not pad, which tract does not infer.
fn unpadded(inputs: &[InferenceFact], outputs: &mut [InferenceFact]) {
    let ([x, ..], [y, ..]) = (inputs, outputs) else {
        return;
    };
    let known = x.shape.dims().cloned().collect::<Vec<_>>();
    let padded = y.shape.dims().cloned().collect::<Vec<_>>();
    if known.len() == padded.len() {
        let each = padded.into_iter().zip(known);
        let each = each.map(|(y, x)| if y.is_concrete() { y } else { x });
        y.shape = ShapeFactoid::closed(each.collect());
    }
}

/// Facts of a node's inputs and outputs, as far as tract has inferred them.
type Facts = (TVec<InferenceFact>, TVec<InferenceFact>);

/// The facts of node `id` so far.
fn facts(model: &InferenceModel, id: usize) -> TractResult<Facts> {
    let (inputs, outputs) = model.node_facts(id)?;
    let owned = |facts: TVec<&InferenceFact>| facts.into_iter().cloned().collect();
    Ok((owned(inputs), owned(outputs)))
}

/// Infers the facts of node `id` further; with `evaluate` also the output values of a
/// node whose inputs are constant.
fn infer(model: &mut InferenceModel, id: usize, evaluate: bool) -> TractResult<Facts> {
    let (inputs, outputs) = facts(model, id)?;
    let (known_in, known_out) = (inputs.iter().collect(), outputs.iter().collect());
    let op = &mut model.node_mut(id).op;
    let (inputs, outputs, _) = match evaluate {
        true => op.infer(known_in, known_out, tvec!())?,
        false => op.infer_facts(known_in, known_out, tvec!())?,
    };
    Ok((inputs, outputs))
}

/// Refuses a node whose attributes do not fit its inputs, which tract may not detect.
fn check(node: &NodeProto, inputs: &[InferenceFact]) -> Result<(), String> {
    if node.op_type == "Pad" {
        pads(node, inputs)?;
    }
    let shapes: Result<Vec<Shape>, String> = inputs.iter().map(|f| shape(node, f)).collect();
    cost::check(node, &shapes?)
}

fn cost_of(node: &NodeProto, (inputs, outputs): &Facts) -> Result<Cost, String> {
    let shapes = |facts: &[InferenceFact]| -> Result<Vec<Shape>, String> {
        facts.iter().map(|fact| shape(node, fact)).collect()
    };
    cost::of(node, &shapes(inputs)?, &shapes(outputs)?)
}

/// Refuses pads that are not constant, negative or above [`LARGEST`].
fn pads(node: &NodeProto, inputs: &[InferenceFact]) -> Result<(), String> {
    let pads = inputs.get(1).and_then(|fact| fact.value.concretize());
    let pads = pads.and_then(|pads| {
        let pads = pads.cast_to::<i64>().ok()?;
        Some(
            pads.to_plain_array_view::<i64>()
                .ok()?
                .into_iter()
                .copied()
                .collect(),
        )
    });
    let refuse = |why: String| Err(format!("{} {why}", called(node)));
    let Some(pads): Option<Vec<i64>> = pads else {
        return refuse("takes pads that are not constant: export with constant folding".into());
    };
    match pads.iter().find(|pad| !(0..=LARGEST).contains(*pad)) {
        Some(pad) if *pad < 0 => refuse(format!("has negative pads {pads:?}: crop with Slice")),
        Some(pad) => refuse(format!("has a pad of {pad}, beyond {LARGEST}")),
        None => Ok(()),
    }
}

fn shape(node: &NodeProto, fact: &InferenceFact) -> Result<Shape, String> {
    let lengths = fact.shape.concretize().ok_or_else(|| {
        format!(
            "{} has a shape that depends on what it is given: export with fixed shapes and \
             constant folding",
            called(node)
        )
    })?;
    let lengths: Option<Shape> = lengths
        .iter()
        .map(|length| length.to_i64().ok().and_then(|n| u64::try_from(n).ok()))
        .collect();
    match lengths.filter(|lengths| lengths.len() <= AXES) {
        Some(lengths) => Ok(lengths),
        None => Err(format!(
            "{} makes a tensor of shape {:?}",
            called(node),
            fact.shape
        )),
    }
}

fn afford(what: &str, needed: u64, most: u64) -> Result<(), String> {
    match needed <= most {
        true => Ok(()),
        false => Err(format!(
            "up to here a window takes {needed} {what}, more than {most}"
        )),
    }
}

fn one_line(error: &TractError) -> String {
    format!("{error:#}").replace('\n', " ")
}
