//! Checks of an ONNX graph before it is passed to the inference engine.
//! <https://onnx.ai/onnx/repo-docs/IR.html>

use std::collections::HashSet;

use tract_onnx::pb::{GraphProto, ModelProto, NodeProto};
use tract_onnx::prelude::Framework;

use super::error::Refusal;
use super::manifest::Manifest;
use super::operators::{self, called};
use super::{signature, weights};

/// ONNX opsets that are tested with the tract version in use.
const OPSETS: std::ops::RangeInclusive<i64> = 13..=21;
/// Most nodes of a graph; the shipped ones have 52 at most. The engine's time to load
/// grows with their square.
const NODES: usize = 512;
/// Most inputs of all nodes together, and most weight tensors.
const CONNECTIONS: usize = 4 * NODES;
/// Largest integer of a kernel, stride, pad or axis; no graph of windows needs more.
pub(super) const LARGEST: i64 = 1 << 16;

/// Parses the graph and checks it, also against the manifest.
pub(super) fn read(bytes: &[u8], manifest: &Manifest) -> Result<ModelProto, Refusal> {
    check(bytes, manifest).map_err(|why| Refusal::Graph {
        file: manifest.runtime.graph.clone(),
        why,
    })
}

fn check(bytes: &[u8], manifest: &Manifest) -> Result<ModelProto, String> {
    let mut model = tract_onnx::onnx()
        .proto_model_for_read(&mut &*bytes)
        .map_err(|e| format!("is no ONNX file ({})", e.root_cause()))?;
    let graph = model.graph.take().ok_or("holds no graph")?;
    let opset = opset(&model)?;
    if opset != manifest.runtime.opset {
        return Err(format!(
            "has opset {opset}, the manifest says {}",
            manifest.runtime.opset
        ));
    }
    model.graph = Some(checked(graph, manifest)?);
    Ok(model)
}

fn checked(mut graph: GraphProto, manifest: &Manifest) -> Result<GraphProto, String> {
    size(&graph)?;
    for node in &graph.node {
        operators::check(node)?;
        attributes(node)?;
    }
    weights::check(&graph)?;
    order(&graph)?;
    signature::fix(&mut graph, manifest)?;
    // The exporter's shape annotations do not affect the computation.
    graph.value_info.clear();
    Ok(graph)
}

fn opset(model: &ModelProto) -> Result<i64, String> {
    let own = |domain: &str| matches!(domain, "" | "ai.onnx");
    let opset = model.opset_import.iter().find(|o| own(&o.domain));
    let opset = opset.map(|o| o.version).ok_or("names no opset")?;
    match OPSETS.contains(&opset) {
        true => Ok(opset),
        false => Err(format!(
            "has opset {opset}, this graspd knows {} to {}: export with opset_version=18",
            OPSETS.start(),
            OPSETS.end()
        )),
    }
}

fn size(graph: &GraphProto) -> Result<(), String> {
    let connections = graph.node.iter().map(|node| node.input.len()).sum();
    for (what, found, most) in [
        ("nodes", graph.node.len(), NODES),
        ("inputs of nodes", connections, CONNECTIONS),
        ("weights", graph.initializer.len(), CONNECTIONS),
    ] {
        if found > most {
            return Err(format!("has {found} {what}, more than {most}"));
        }
    }
    Ok(())
}

/// Refuses attributes that hold a graph, and integers out of range (up to [`LARGEST`]),
/// except in a Constant.
fn attributes(node: &NodeProto) -> Result<(), String> {
    for attribute in &node.attribute {
        let refuse = |why: String| Err(format!("{} has {why}", called(node)));
        if attribute.g.is_some() || !attribute.graphs.is_empty() {
            return refuse("a graph inside".into());
        }
        let name = attribute.name.as_str();
        let mut numbers = attribute.ints.iter().chain([&attribute.i]);
        if name == "pads" && attribute.ints.iter().any(|&pad| pad < 0) {
            return refuse(format!(
                "negative pads {:?}: crop with Slice",
                attribute.ints
            ));
        }
        let least = match name {
            "dilations" | "group" | "kernel_shape" | "pads" | "strides" => 0,
            _ => -LARGEST,
        };
        let beyond = numbers.find(|n| !(least..=LARGEST).contains(*n));
        if let Some(beyond) = beyond.filter(|_| node.op_type != "Constant") {
            return refuse(format!(
                "{name} = {beyond}, not within {least} to {LARGEST}"
            ));
        }
    }
    Ok(())
}

/// Refuses a value that is made twice, or used before it is made, and so any cycle.
fn order(graph: &GraphProto) -> Result<(), String> {
    let mut made: HashSet<&str> = graph.input.iter().map(|i| i.name.as_str()).collect();
    let mut weights = HashSet::new();
    for weight in &graph.initializer {
        if !weights.insert(weight.name.as_str()) {
            return Err(format!("has two weights named {:?}", weight.name));
        }
    }
    made.extend(weights);
    let mut names = HashSet::new();
    for node in &graph.node {
        if !node.name.is_empty() && !names.insert(node.name.as_str()) {
            return Err(format!("has two nodes named {:?}", node.name));
        }
        let missing = node
            .input
            .iter()
            .find(|i| !i.is_empty() && !made.contains(i.as_str()));
        if let Some(missing) = missing {
            return Err(format!(
                "{} takes {missing:?}, which no node before it makes",
                called(node)
            ));
        }
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            if !made.insert(output) {
                return Err(format!("{} makes {output:?} a second time", called(node)));
            }
        }
    }
    match graph
        .output
        .iter()
        .find(|o| !made.contains(o.name.as_str()))
    {
        Some(output) => Err(format!("no node makes its output {:?}", output.name)),
        None => Ok(()),
    }
}
