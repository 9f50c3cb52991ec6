//! A graph's weights: their numbers, and checks of them.

use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::{GraphProto, TensorProto};

/// Refuses weights that are stored outside the file, do not match their shape or are not
/// finite.
pub(super) fn check(graph: &GraphProto) -> Result<(), String> {
    let sparse = |node: &tract_onnx::pb::NodeProto| {
        let mut attributes = node.attribute.iter();
        attributes.any(|a| a.sparse_tensor.is_some() || !a.sparse_tensors.is_empty())
    };
    if !graph.sparse_initializer.is_empty() || graph.node.iter().any(sparse) {
        return Err("has sparse weights: export them dense".into());
    }
    let constants = graph
        .node
        .iter()
        .flat_map(|node| &node.attribute)
        .flat_map(|attribute| attribute.t.iter().chain(&attribute.tensors));
    constants.chain(&graph.initializer).try_for_each(one)
}

fn one(weights: &TensorProto) -> Result<(), String> {
    let name = &weights.name;
    let external = weights.data_location == Some(DataLocation::External as i32);
    if external || !weights.external_data.is_empty() {
        return Err(format!(
            "keeps weights in another file ({name:?}): export with external_data=False"
        ));
    }
    let raw = weights.raw_data.len();
    let (listed, bytes) = match DataType::try_from(weights.data_type) {
        Ok(DataType::Float) => (weights.float_data.len(), 4),
        Ok(DataType::Int32) => (weights.int32_data.len(), 4),
        Ok(DataType::Int64) => (weights.int64_data.len(), 8),
        Ok(DataType::Bool) => (weights.int32_data.len(), 1),
        _ => {
            return Err(format!(
                "has weights that are neither f32 nor integers in {name:?}: export in float32"
            ));
        }
    };
    let held = match raw {
        0 => Some(listed),
        _ => raw.is_multiple_of(bytes).then_some(raw / bytes),
    };
    if held.is_none() || held != elements(&weights.dims) {
        return Err(format!(
            "has weights of shape {:?} in {name:?}, and not as many numbers",
            weights.dims
        ));
    }
    // tract's pooling and tanh can turn a NaN into a finite number.
    if weights.data_type == DataType::Float as i32 && !is_finite(weights) {
        return Err(format!("has weights that are not finite in {name:?}"));
    }
    Ok(())
}

/// Number of elements of a shape; `None` if it is invalid.
fn elements(dims: &[i64]) -> Option<usize> {
    dims.iter().try_fold(1usize, |all, &dim| {
        all.checked_mul(usize::try_from(dim).ok()?)
    })
}

fn is_finite(tensor: &TensorProto) -> bool {
    let (raw, _) = tensor.raw_data.as_chunks();
    tensor.float_data.iter().all(|w| w.is_finite())
        && raw.iter().all(|&w| f32::from_le_bytes(w).is_finite())
}

/// The numbers of f32 weights.
pub(super) fn floats(weights: &TensorProto) -> Vec<f32> {
    let raw = weights.raw_data.as_chunks().0.iter();
    let raw = raw.map(|&bytes| f32::from_le_bytes(bytes));
    raw.chain(weights.float_data.iter().copied()).collect()
}

/// The numbers of weights that are 64-bit integers.
pub(super) fn integers(weights: &TensorProto) -> Vec<i64> {
    let raw = weights.raw_data.as_chunks().0.iter();
    let raw = raw.map(|&bytes| i64::from_le_bytes(bytes));
    raw.chain(weights.int64_data.iter().copied()).collect()
}

/// Lengths of axes, as a Reshape takes them.
pub(super) fn of_lengths(name: &str, lengths: &[usize]) -> TensorProto {
    TensorProto {
        name: name.to_owned(),
        data_type: DataType::Int64 as i32,
        dims: vec![lengths.len() as i64],
        int64_data: lengths.iter().map(|&length| length as i64).collect(),
        ..TensorProto::default()
    }
}
