//! Checks a graph's signature: one window in, one embedding out.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::Dimension;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dim;
use tract_onnx::pb::{GraphProto, ValueInfoProto, type_proto};

use super::manifest::Manifest;

/// Checks input and output against the manifest, and sets a free batch size to 1.
pub(super) fn fix(graph: &mut GraphProto, manifest: &Manifest) -> Result<(), String> {
    let weights = &graph.initializer;
    let inputs = graph
        .input
        .iter_mut()
        .filter(|input| !weights.iter().any(|w| w.name == input.name));
    let window = [1, manifest.input.frames, manifest.input.channels.len()];
    expect("input", inputs.collect(), &window)?;
    let embedding = [1, manifest.output.embedding];
    expect("output", graph.output.iter_mut().collect(), &embedding)
}

/// Refuses all but exactly one f32 tensor of this shape.
fn expect(what: &str, values: Vec<&mut ValueInfoProto>, shape: &[usize]) -> Result<(), String> {
    let count = values.len();
    let [value] = values
        .try_into()
        .map_err(|_: Vec<_>| format!("has {count} {what}s, not 1"))?;
    let Some(type_proto::Value::TensorType(tensor)) =
        value.r#type.as_mut().and_then(|t| t.value.as_mut())
    else {
        return Err(format!("its {what} is no tensor"));
    };
    if tensor.elem_type != DataType::Float as i32 {
        return Err(format!("its {what} is not f32"));
    }
    let mut none = Vec::new();
    let dims = tensor.shape.as_mut().map_or(&mut none, |s| &mut s.dim);
    if let Some(batch) = dims.first_mut().filter(|dim| length(dim).is_none()) {
        batch.value = Some(Dim::DimValue(1));
    }
    let found: Vec<_> = dims.iter().map(length).collect();
    let fits = found.iter().copied().eq(shape.iter().map(|&n| Some(n)));
    match (fits, found.contains(&None)) {
        (true, _) => Ok(()),
        (false, true) => Err(format!(
            "its {what} has an axis without a fixed length, {}: export it with the shape \
             {shape:?} (no dynamic_axes beyond the batch)",
            shown(dims)
        )),
        (false, false) => Err(format!(
            "its {what} has shape {}, the manifest makes it {shape:?}",
            shown(dims)
        )),
    }
}

/// The axis' length; `None` if it depends on the input.
fn length(dim: &Dimension) -> Option<usize> {
    match dim.value {
        Some(Dim::DimValue(n)) => usize::try_from(n).ok(),
        _ => None,
    }
}

fn shown(dims: &[Dimension]) -> String {
    let axes: Vec<_> = dims
        .iter()
        .map(|dim| match &dim.value {
            Some(Dim::DimValue(n)) => n.to_string(),
            Some(Dim::DimParam(name)) => name.escape_debug().to_string(),
            None => "?".into(),
        })
        .collect();
    format!("[{}]", axes.join(", "))
}
