//! An ONNX file: checked, held to the budget, optimised and run.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use prost::Message;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::Dimension;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dim;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

use crate::model::operators::ACCEPTED;
use crate::model::{Bundle, Embedder, FORMAT, Input, Manifest, Output, Runtime, Training};
use crate::motion::{CHANNEL_ORDER, CHANNELS};

/// Frames of the windows.
const FRAMES: usize = 64;
/// Length of the embeddings that seeds have.
const EMBEDDING: usize = 8;

/// The first byte says what the others are: a file, or what a graph is made of. One that
/// is accepted can be run.
pub fn onnx(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b'f', file)) => load(file, EMBEDDING),
        Some((b'g', recipe)) => {
            if let Ok(recipe) = Recipe::arbitrary_take_rest(Unstructured::new(recipe)) {
                load(&recipe.model().encode_to_vec(), recipe.embedding.into());
            }
        }
        _ => {}
    }
}

fn load(file: &[u8], embedding: usize) {
    let Ok(bundle) = Bundle::of_graph(manifest(embedding), file) else {
        return;
    };
    match Embedder::new(&bundle) {
        Ok(embedder) => assert_eq!(embedder.embedding_len(), embedding),
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}

fn manifest(embedding: usize) -> Manifest {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Manifest {
        format: FORMAT,
        name: "made".into(),
        input: Input {
            frames: FRAMES,
            rate_hz: 100,
            channels: names(&CHANNEL_ORDER),
            units: names(&["m/s^2", "m/s^2", "m/s^2", "rad/s", "rad/s", "rad/s"]),
        },
        output: Output { embedding },
        runtime: Runtime {
            graph: "branch.onnx".into(),
            cohort: None,
            hop_multiple_of: 1,
            opset: 18,
            tract: "0.23.9".into(),
        },
        files: BTreeMap::new(),
        training: Training {
            arch: "made".into(),
            command: "made".into(),
            seed: 0,
            data: Vec::new(),
        },
        figures: BTreeMap::new(),
    }
}

/// What a graph is made of: each node takes values that were made before it.
#[derive(Debug, Arbitrary)]
struct Recipe {
    embedding: u8,
    weights: Vec<Weights>,
    nodes: Vec<Node>,
}

#[derive(Debug, Arbitrary)]
struct Node {
    operator: u8,
    /// How many values back each input was made.
    inputs: Vec<u8>,
    attributes: Vec<(Attribute, Vec<Number>)>,
    outputs: u8,
}

#[derive(Debug, Arbitrary)]
enum Attribute {
    Axis,
    Axes,
    AllowZero,
    CeilMode,
    CountIncludePad,
    Dilations,
    Group,
    KeepDims,
    KernelShape,
    Pads,
    Perm,
    Strides,
    TransA,
    TransB,
}

#[derive(Debug, Arbitrary)]
enum Number {
    Small(i8),
    Middle(i16),
    Any(i64),
}

#[derive(Debug, Arbitrary)]
enum Weights {
    Floats(Vec<u8>),
    Integers(Vec<Number>),
    /// A shape, and numbers that need not be as many.
    Claimed(Vec<Number>, Vec<i8>),
}

impl Recipe {
    fn model(&self) -> ModelProto {
        let mut made = vec!["x".to_owned()];
        let mut weights = Vec::new();
        for (at, recipe) in self.weights.iter().enumerate() {
            made.push(format!("w{at}"));
            weights.push(recipe.tensor(format!("w{at}")));
        }
        let mut nodes = Vec::new();
        for (at, recipe) in self.nodes.iter().enumerate() {
            let node = recipe.node(at, &made);
            made.extend(node.output.iter().cloned());
            nodes.push(node);
        }
        let last = made.last().cloned().unwrap_or_default();
        let graph = GraphProto {
            node: nodes,
            initializer: weights,
            input: vec![value("x", &[1, FRAMES, CHANNELS])],
            output: vec![value(&last, &[1, self.embedding.into()])],
            ..GraphProto::default()
        };
        ModelProto {
            ir_version: 8,
            opset_import: vec![OperatorSetIdProto {
                domain: String::new(),
                version: 18,
            }],
            graph: Some(graph),
            ..ModelProto::default()
        }
    }
}

impl Node {
    fn node(&self, at: usize, made: &[String]) -> NodeProto {
        let input = self.inputs.iter().map(|&back| {
            let at = made.len().checked_sub(1 + usize::from(back));
            at.map_or(String::new(), |at| made[at].clone())
        });
        let output = (0..=self.outputs % 3).map(|n| format!("v{at}.{n}"));
        NodeProto {
            op_type: ACCEPTED[usize::from(self.operator) % ACCEPTED.len()].into(),
            input: input.collect(),
            output: output.collect(),
            attribute: self.attributes.iter().map(attribute).collect(),
            ..NodeProto::default()
        }
    }
}

fn attribute((what, numbers): &(Attribute, Vec<Number>)) -> AttributeProto {
    use tract_onnx::pb::attribute_proto::AttributeType::{Int, Ints};
    let (name, kind) = match what {
        Attribute::Axis => ("axis", Int),
        Attribute::Axes => ("axes", Ints),
        Attribute::AllowZero => ("allowzero", Int),
        Attribute::CeilMode => ("ceil_mode", Int),
        Attribute::CountIncludePad => ("count_include_pad", Int),
        Attribute::Dilations => ("dilations", Ints),
        Attribute::Group => ("group", Int),
        Attribute::KeepDims => ("keepdims", Int),
        Attribute::KernelShape => ("kernel_shape", Ints),
        Attribute::Pads => ("pads", Ints),
        Attribute::Perm => ("perm", Ints),
        Attribute::Strides => ("strides", Ints),
        Attribute::TransA => ("transA", Int),
        Attribute::TransB => ("transB", Int),
    };
    let ints: Vec<i64> = numbers.iter().map(Number::get).collect();
    AttributeProto {
        name: name.into(),
        r#type: kind as i32,
        i: ints.first().copied().filter(|_| kind == Int).unwrap_or(0),
        ints: if kind == Ints { ints } else { Vec::new() },
        ..AttributeProto::default()
    }
}

impl Number {
    fn get(&self) -> i64 {
        match *self {
            Self::Small(n) => n.into(),
            Self::Middle(n) => n.into(),
            Self::Any(n) => n,
        }
    }
}

impl Weights {
    fn tensor(&self, name: String) -> TensorProto {
        let floats = |dims: Vec<i64>, float_data| TensorProto {
            name: name.clone(),
            data_type: DataType::Float as i32,
            dims,
            float_data,
            ..TensorProto::default()
        };
        match self {
            Self::Floats(dims) => {
                let dims: Vec<i64> = dims.iter().map(|&n| n.into()).collect();
                let count = dims.iter().fold(1i64, |all, &n| all.saturating_mul(n));
                floats(dims, vec![0.25; count.clamp(0, 1 << 20) as usize])
            }
            Self::Integers(numbers) => TensorProto {
                name,
                data_type: DataType::Int64 as i32,
                dims: vec![numbers.len() as i64],
                int64_data: numbers.iter().map(Number::get).collect(),
                ..TensorProto::default()
            },
            Self::Claimed(dims, numbers) => floats(
                dims.iter().map(Number::get).collect(),
                numbers.iter().map(|&n| n.into()).collect(),
            ),
        }
    }
}

fn value(name: &str, shape: &[usize]) -> ValueInfoProto {
    let dim = |&n: &usize| Dimension {
        value: Some(Dim::DimValue(n as i64)),
        ..Dimension::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto {
            dim: shape.iter().map(dim).collect(),
        }),
    };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            value: Some(type_proto::Value::TensorType(tensor)),
            ..TypeProto::default()
        }),
        ..ValueInfoProto::default()
    }
}
