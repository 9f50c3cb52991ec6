//! The accepted ONNX operators, and what to export instead of others.

use tract_onnx::pb::NodeProto;

/// Accepted operators: stateless, deterministic, without control flow, of static shape,
/// and tested with the tract version in use.
pub(crate) const ACCEPTED: [&str; 39] = [
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
    "ReduceL2",
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
    "Unsqueeze",
];

/// A node as messages name it: its name, or else that of its output, and its operator.
pub(super) fn called(node: &NodeProto) -> String {
    let name = Some(&node.name).filter(|name| !name.is_empty());
    let name = name.or(node.output.first()).map_or("", String::as_str);
    format!("node {name:?} ({})", node.op_type)
}

/// Refuses a node whose operator is not accepted, and names what to export instead.
pub(super) fn check(node: &NodeProto) -> Result<(), String> {
    let own = matches!(node.domain.as_str(), "" | "ai.onnx");
    if own && ACCEPTED.contains(&node.op_type.as_str()) {
        return Ok(());
    }
    let hint = match own {
        true => instead_of(&node.op_type),
        false => "export with ONNX's own operators only",
    };
    Err(format!(
        "{} is of operator {:?}, which this graspd does not run: {hint}",
        called(node),
        node.op_type
    ))
}

fn instead_of(operator: &str) -> &'static str {
    match operator {
        "Shape" | "Size" | "Expand" | "Tile" | "Range" | "ConstantOfShape" | "Gather"
        | "GatherElements" | "GatherND" | "ScatterElements" | "ScatterND" | "NonZero" | "Where"
        | "Equal" | "Less" | "Greater" | "Compress" | "Unique" | "TopK" | "OneHot" => {
            "shapes and choices must be fixed when it is exported: export without dynamic axes \
             and with constant folding, and in place of torch's F.normalize(x) write \
             x / x.norm(dim=1, keepdim=True).clamp(min=1e-12)"
        }
        "If" | "Loop" | "Scan" | "LSTM" | "GRU" | "RNN" => {
            "there is no control flow and no recurrence: write it with convolutions"
        }
        "Cast"
        | "CastLike"
        | "QuantizeLinear"
        | "DequantizeLinear"
        | "DynamicQuantizeLinear"
        | "QLinearConv"
        | "QLinearMatMul"
        | "ConvInteger"
        | "MatMulInteger" => "weights and arithmetic are f32 throughout: export in float32",
        "Dropout" | "RandomNormal" | "RandomNormalLike" | "RandomUniform" | "RandomUniformLike"
        | "Bernoulli" | "Multinomial" => {
            "nothing is drawn when a window is embedded: export in evaluation mode (model.eval())"
        }
        "LayerNormalization"
        | "InstanceNormalization"
        | "GroupNormalization"
        | "LpNormalization"
        | "MeanVarianceNormalization"
        | "RMSNormalization"
        | "Softmax"
        | "LogSoftmax" => {
            "write it with ReduceMean (or ReduceMax and ReduceSum), Sub, Mul, Sqrt, Exp and Div"
        }
        "Gelu" => "export with opset 19 or older, which writes it with Erf",
        "HardSwish" | "HardSigmoid" | "PRelu" | "Selu" | "Celu" | "Softplus" | "Softsign"
        | "Mish" | "Swish" | "ThresholdedRelu" => {
            "write it with Clip, Exp, Log, Max, Mul, Relu or Sigmoid"
        }
        "ConvTranspose" | "Resize" | "Upsample" => {
            "an embedding needs no more samples than its window has: leave it out"
        }
        "Split" => "write it with Slice",
        "GlobalMaxPool" => "write it as ReduceMax",
        "Einsum" => "write it with MatMul, Transpose and Reshape",
        "Neg" => "write it as Mul by -1",
        "Reciprocal" => "write it as Div",
        "Sum" => "write it with Add",
        "Mean" => "write it with Add and Div",
        _ => "docs/training.md lists the operators that it runs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hint_sends_to_an_operator_that_is_refused() {
        let named = |hint: &str| {
            hint.split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.chars().filter(char::is_ascii_uppercase).count() > 0)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        for operator in ["LayerNormalization", "HardSwish", "Split", "Einsum", "Neg"] {
            let words = named(instead_of(operator));
            assert!(!words.is_empty());
            for word in words {
                assert!(ACCEPTED.contains(&&*word), "{operator} sends to {word}");
            }
        }
    }

    #[test]
    fn the_documentation_lists_the_operators() {
        let documented = include_str!("../../docs/training.md");
        for operator in ACCEPTED {
            assert!(documented.contains(&format!("`{operator}`")), "{operator}");
        }
    }
}
