//! What an ONNX graph must be before an inference engine may see it.
//! <https://onnx.ai/onnx/repo-docs/IR.html>

use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dim;
use tract_onnx::pb::{ModelProto, TensorProto, ValueInfoProto, type_proto};
use tract_onnx::prelude::Framework;

use super::error::Refusal;
use super::manifest::Manifest;
use crate::motion::CHANNELS;

/// Operator sets that have been tried under the tract version in use.
const OPSETS: std::ops::RangeInclusive<i64> = 13..=21;

/// Operators that a branch may use: stateless, deterministic, without control
/// flow, and all tried under the tract version in use.
const OPERATORS: [&str; 37] = [
    "Abs",
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Clip",
    "Concat",
    "Constant",
    "Conv",
    "Div",
    "Elu",
    "Erf",
    "Exp",
    "Flatten",
    "Gemm",
    "GlobalAveragePool",
    "Identity",
    "LeakyRelu",
    "Log",
    "MatMul",
    "Max",
    "MaxPool",
    "Min",
    "Mul",
    "Pad",
    "Pow",
    "ReduceMax",
    "ReduceMean",
    "ReduceSum",
    "Relu",
    "Reshape",
    "Sigmoid",
    "Slice",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Tanh",
    "Transpose",
];
/// Operators allowed besides those, for orientation-robust front ends.
const SHAPE_OPERATORS: [&str; 2] = ["Unsqueeze", "ReduceL2"];

/// Element type FLOAT in ONNX's TensorProto.DataType.
const FLOAT: i32 = 1;
/// TensorProto.DataLocation: the weights are in another file.
const EXTERNAL: i32 = 1;

/// Parses the graph and holds it against the manifest.
pub(super) fn read(bytes: &[u8], manifest: &Manifest) -> Result<ModelProto, Refusal> {
    check(bytes, manifest).map_err(|why| Refusal::Graph {
        file: manifest.runtime.graph.clone(),
        why,
    })
}

fn check(bytes: &[u8], manifest: &Manifest) -> Result<ModelProto, String> {
    let model = tract_onnx::onnx()
        .proto_model_for_read(&mut &*bytes)
        .map_err(|e| format!("is no ONNX file ({})", e.root_cause()))?;
    let graph = model.graph.as_ref().ok_or("holds no graph")?;
    let opset = model
        .opset_import
        .iter()
        .find(|o| matches!(o.domain.as_str(), "" | "ai.onnx"))
        .map(|o| o.version)
        .ok_or("names no opset")?;
    if !OPSETS.contains(&opset) {
        return Err(format!("has opset {opset}, this graspd knows {OPSETS:?}"));
    }
    if opset != manifest.runtime.opset {
        return Err(format!(
            "has opset {opset}, the manifest says {}",
            manifest.runtime.opset
        ));
    }
    for node in &graph.node {
        let op = node.op_type.as_str();
        let known = OPERATORS.contains(&op) || SHAPE_OPERATORS.contains(&op);
        if !known || !matches!(node.domain.as_str(), "" | "ai.onnx") {
            return Err(format!(
                "node {:?} is of operator {op:?}, which this graspd does not run",
                node.name
            ));
        }
    }
    let constants = graph
        .node
        .iter()
        .flat_map(|n| n.attribute.iter().filter_map(|a| a.t.as_ref()));
    for weights in constants.chain(&graph.initializer) {
        if is_external(weights) {
            return Err("keeps weights in another file".into());
        }
        // The engine's pooling and tanh can swallow a NaN without a trace.
        if weights.data_type == FLOAT && !is_finite(weights) {
            return Err(format!(
                "has weights that are not finite in {:?}",
                weights.name
            ));
        }
    }
    let inputs: Vec<_> = graph
        .input
        .iter()
        .filter(|i| !graph.initializer.iter().any(|w| w.name == i.name))
        .collect();
    expect("input", &inputs, &[1, manifest.input.frames, CHANNELS])?;
    let outputs: Vec<_> = graph.output.iter().collect();
    expect("output", &outputs, &[1, manifest.output.embedding])?;
    Ok(model)
}

fn is_external(tensor: &TensorProto) -> bool {
    tensor.data_location == Some(EXTERNAL) || !tensor.external_data.is_empty()
}

fn is_finite(tensor: &TensorProto) -> bool {
    let (raw, _) = tensor.raw_data.as_chunks();
    tensor.float_data.iter().all(|w| w.is_finite())
        && raw.iter().all(|&w| f32::from_le_bytes(w).is_finite())
}

/// Exactly one f32 tensor of this shape.
fn expect(what: &str, values: &[&ValueInfoProto], shape: &[usize]) -> Result<(), String> {
    let [value] = values else {
        return Err(format!("has {} {what}s, not 1", values.len()));
    };
    let Some(type_proto::Value::TensorType(tensor)) =
        value.r#type.as_ref().and_then(|t| t.value.as_ref())
    else {
        return Err(format!("its {what} is no tensor"));
    };
    if tensor.elem_type != FLOAT {
        return Err(format!("its {what} is not f32"));
    }
    let found: Vec<_> = tensor
        .shape
        .iter()
        .flat_map(|s| &s.dim)
        .map(|d| match d.value {
            Some(Dim::DimValue(n)) => usize::try_from(n).ok(),
            _ => None,
        })
        .collect();
    if found.iter().copied().collect::<Option<Vec<_>>>().as_deref() != Some(shape) {
        return Err(format!(
            "its {what} has shape {found:?}, the manifest makes it {shape:?}"
        ));
    }
    Ok(())
}
