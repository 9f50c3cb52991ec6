//! Builds graphs, each in a bundle of its own.

use std::collections::BTreeMap;

use graspd::model::{Bundle, Embedder, FORMAT, Input, Manifest, Output, Runtime, Training};
use prost::Message;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::Dimension;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dim;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, attribute_proto::AttributeType, type_proto,
};

/// Frames and channels of a window; frames are on the axis of ONNX's channels.
pub const FRAMES: usize = 500;

/// A graph that takes a window `x` of 500×6 and returns the mean of `y` over its last
/// axis.
pub struct Made {
    pub model: ModelProto,
    pub embedding: usize,
}

impl Made {
    /// A graph whose `nodes`, with `weights`, compute `y` with 500 channels from `x`.
    pub fn new(nodes: Vec<NodeProto>, weights: Vec<TensorProto>) -> Self {
        let tail = [
            node("GlobalAveragePool", &["y"], "pooled"),
            node("Flatten", &["pooled"], "embedding"),
        ];
        let fixed = |n: usize| Some(Dim::DimValue(n as i64));
        let graph = GraphProto {
            node: nodes.into_iter().chain(tail).collect(),
            initializer: weights,
            input: vec![value("x", vec![fixed(1), fixed(FRAMES), fixed(6)])],
            output: vec![value("embedding", vec![fixed(1), fixed(FRAMES)])],
            ..GraphProto::default()
        };
        let opset = OperatorSetIdProto {
            domain: String::new(),
            version: 18,
        };
        let model = ModelProto {
            ir_version: 8,
            opset_import: vec![opset],
            graph: Some(graph),
            ..ModelProto::default()
        };
        Self {
            model,
            embedding: FRAMES,
        }
    }

    pub fn graph(&mut self) -> &mut GraphProto {
        self.model.graph.as_mut().unwrap()
    }

    /// Takes the nodes without those that make a mean of `y`: the last of them makes
    /// `embedding`, of this length.
    pub fn without_mean(mut self, embedding: usize) -> Self {
        let graph = self.graph();
        graph.node.truncate(graph.node.len() - 2);
        let length = Some(Dim::DimValue(embedding as i64));
        graph.output = vec![value("embedding", vec![Some(Dim::DimValue(1)), length])];
        self.embedding = embedding;
        self
    }

    /// A bundle of it, for as long as the folder is kept.
    pub fn bundle(&self) -> TempDir {
        let bytes = self.model.encode_to_vec();
        let digest = Sha256::digest(&bytes);
        let hash = digest.iter().map(|b| format!("{b:02x}"));
        let six = |names: [&str; 6]| names.map(str::to_owned).to_vec();
        let manifest = Manifest {
            format: FORMAT,
            name: "made".into(),
            input: Input {
                frames: FRAMES,
                rate_hz: 100,
                channels: six(["ax", "ay", "az", "gx", "gy", "gz"]),
                units: six(["m/s^2", "m/s^2", "m/s^2", "rad/s", "rad/s", "rad/s"]),
            },
            output: Output {
                embedding: self.embedding,
            },
            runtime: Runtime {
                graph: "branch.onnx".into(),
                cohort: None,
                hop_multiple_of: 1,
                opset: self.model.opset_import[0].version,
                tract: "0.23.9".into(),
            },
            files: BTreeMap::from([("branch.onnx".into(), hash.collect())]),
            training: Training {
                arch: "made".into(),
                command: "made".into(),
                seed: 0,
                data: Vec::new(),
            },
            figures: BTreeMap::new(),
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("branch.onnx"), bytes).unwrap();
        let text = toml::to_string(&manifest).unwrap();
        std::fs::write(folder.path().join("manifest.toml"), text).unwrap();
        folder
    }

    /// Loads the bundle; the error is a single line.
    pub fn load(&self) -> Result<Embedder, String> {
        let folder = self.bundle();
        let loaded = Bundle::open(folder.path()).and_then(|bundle| Embedder::new(&bundle));
        loaded.map_err(|e| {
            let line = e.to_string();
            assert!(!line.contains('\n'), "{line:?}");
            line
        })
    }

    pub fn refusal(&self) -> String {
        self.load().err().expect("a refusal")
    }
}

/// A node of one output, named after it.
pub fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        name: format!("make {output}"),
        op_type: operator.into(),
        input: inputs.iter().map(|&i| i.to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    }
}

/// The node with an attribute of integers.
pub fn with(mut node: NodeProto, name: &str, ints: &[i64]) -> NodeProto {
    node.attribute.push(AttributeProto {
        name: name.into(),
        r#type: AttributeType::Ints as i32,
        ints: ints.to_vec(),
        ..AttributeProto::default()
    });
    node
}

/// The node with an attribute of one integer.
pub fn with_one(mut node: NodeProto, name: &str, i: i64) -> NodeProto {
    node.attribute.push(AttributeProto {
        name: name.into(),
        r#type: AttributeType::Int as i32,
        i,
        ..AttributeProto::default()
    });
    node
}

/// A tensor filled with one value.
pub fn weights(name: &str, dims: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        data_type: DataType::Float as i32,
        dims: dims.to_vec(),
        float_data: vec![0.01; dims.iter().product::<i64>() as usize],
        ..TensorProto::default()
    }
}

/// A one-dimensional tensor of integers.
pub fn integers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        data_type: DataType::Int64 as i32,
        dims: vec![values.len() as i64],
        int64_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// An f32 tensor's name and axes.
pub fn value(name: &str, axes: Vec<Option<Dim>>) -> ValueInfoProto {
    let dim = |value| Dimension {
        value,
        ..Dimension::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto {
            dim: axes.into_iter().map(dim).collect(),
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
