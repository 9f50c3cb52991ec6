//! Well-formed but invalid graphs, each refused with the reason.

use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dim;
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto};

use super::made::{Made, integers, node, value, weights, with, with_one};

fn refused(says: &str, made: &Made) {
    let line = made.refusal();
    assert!(line.contains(says), "wanted {says:?}: {line}");
}

fn identity() -> Made {
    Made::new(vec![node("Identity", &["x"], "y")], vec![])
}

#[test]
fn a_batch_of_any_size_is_one_window() {
    for batch in [Some(Dim::DimParam("batch_size".into())), None] {
        let mut made = identity();
        let axes = |rest: &[i64]| {
            let fixed = rest.iter().map(|&n| Some(Dim::DimValue(n)));
            std::iter::once(batch.clone()).chain(fixed).collect()
        };
        made.graph().input = vec![value("x", axes(&[500, 6]))];
        made.graph().output = vec![value("embedding", axes(&[500]))];
        // The shapes of intermediate values that exporters add, with the same batch
        // axis.
        made.graph().value_info = vec![value("y", axes(&[500, 6]))];
        assert!(made.load().is_ok(), "{batch:?}");
    }
}

#[test]
fn another_axis_of_no_fixed_length_is_named_with_the_remedy() {
    let mut made = identity();
    let frames = Some(Dim::DimParam("frames".into()));
    let fixed = |n| Some(Dim::DimValue(n));
    made.graph().input = vec![value("x", vec![fixed(1), frames, fixed(6)])];
    refused(
        "[1, frames, 6]: export it with the shape [1, 500, 6]",
        &made,
    );
    made.graph().input = vec![value("x", vec![fixed(32), fixed(500), fixed(6)])];
    refused("has shape [32, 500, 6], the manifest makes it", &made);
}

#[test]
fn an_operator_that_is_not_run_is_named_with_what_to_export_instead() {
    for (operator, says) in [
        ("Shape", "F.normalize"),
        ("Expand", "F.normalize"),
        ("Gather", "without dynamic axes"),
        ("Tile", "without dynamic axes"),
        ("ConstantOfShape", "without dynamic axes"),
        ("Range", "without dynamic axes"),
        ("Loop", "no control flow"),
        ("Scan", "no control flow"),
        ("If", "no control flow"),
        ("LSTM", "no recurrence"),
        ("Cast", "export in float32"),
        ("Dropout", "model.eval()"),
        ("LayerNormalization", "ReduceMean"),
        ("Softmax", "Exp"),
        ("Gelu", "opset 19"),
        ("HardSwish", "Clip"),
        ("ConvTranspose", "leave it out"),
        ("Resize", "leave it out"),
        ("Det", "docs/training.md"),
    ] {
        let made = Made::new(vec![node(operator, &["x"], "y")], vec![]);
        refused(&format!("node \"make y\" ({operator})"), &made);
        refused(says, &made);
    }
    let mut foreign = node("Relu", &["x"], "y");
    foreign.domain = "com.example".into();
    refused("ONNX's own operators", &Made::new(vec![foreign], vec![]));
}

#[test]
fn an_opset_that_was_not_tried_is_named_with_one_that_was() {
    for opset in [11, 22] {
        let mut made = identity();
        made.model.opset_import[0].version = opset;
        refused("13 to 21: export with opset_version=18", &made);
    }
}

#[test]
fn pads_that_crop_are_named_with_what_crops() {
    let pad = Made::new(
        vec![node("Pad", &["x", "pads"], "y")],
        vec![integers("pads", &[0, 0, -1, 0, 0, -1])],
    );
    refused("node \"make y\" (Pad) has negative pads", &pad);
    refused("crop with Slice", &pad);
    let axes = Made::new(
        vec![node("Pad", &["x", "pads", "", "axes"], "y")],
        vec![integers("pads", &[3, 4]), integers("axes", &[2])],
    );
    assert!(axes.load().is_ok());
    let conv = Made::new(
        vec![with(node("Conv", &["x", "w"], "y"), "pads", &[-1, 1])],
        vec![weights("w", &[500, 500, 1])],
    );
    refused("(Conv) has negative pads [-1, 1]: crop with Slice", &conv);
}

#[test]
fn convolutions_that_fit_nothing_are_refused() {
    let conv = |change: &dyn Fn(NodeProto) -> NodeProto, dims: &[i64]| {
        let node = change(node("Conv", &["x", "w"], "y"));
        Made::new(vec![node], vec![weights("w", dims)])
    };
    let usual: &[i64] = &[500, 500, 3];
    assert!(conv(&|n| n, usual).load().is_ok());
    for (says, made) in [
        ("has group = 0", conv(&|n| with_one(n, "group", 0), usual)),
        ("has group = -1", conv(&|n| with_one(n, "group", -1), usual)),
        ("in 3 groups", conv(&|n| with_one(n, "group", 3), usual)),
        ("500 channels", conv(&|n| n, &[500, 7, 3])),
        ("spans 7, and 6", conv(&|n| n, &[500, 500, 7])),
        (
            "spans 2001, and 6",
            conv(&|n| with(n, "dilations", &[1000]), usual),
        ),
        (
            "dilations = [0]",
            conv(&|n| with(n, "dilations", &[0]), usual),
        ),
        ("strides = [0]", conv(&|n| with(n, "strides", &[0]), usual)),
        (
            "strides = [1, 1]",
            conv(&|n| with(n, "strides", &[1, 1]), usual),
        ),
        (
            "has dilations = 4294967296, not within",
            conv(&|n| with(n, "dilations", &[1 << 32]), usual),
        ),
        ("convolves shape", conv(&|n| n, &[500, 500, 1, 1])),
    ] {
        refused(says, &made);
        refused("(Conv)", &made);
    }
}

#[test]
fn weights_that_are_not_what_their_shape_says_are_refused() {
    let with_weights =
        |weights: TensorProto| Made::new(vec![node("Add", &["x", "w"], "y")], vec![weights]);
    let shape = |dims: &[i64]| TensorProto {
        dims: dims.to_vec(),
        ..weights("w", &[1, 1, 6])
    };
    assert!(with_weights(shape(&[6])).load().is_ok());
    for dims in [
        &[7][..],
        &[-6],
        &[-2, -3],
        &[1 << 32, 1 << 32],
        &[1 << 62, 4, 6],
        &[],
    ] {
        refused("not as many numbers", &with_weights(shape(dims)));
    }
    let mut cut = shape(&[2]);
    cut.float_data.clear();
    cut.raw_data = vec![0; 7];
    refused("not as many numbers", &with_weights(cut));
    let mut absent = shape(&[1 << 40]);
    absent.float_data.clear();
    refused("not as many numbers", &with_weights(absent));
    let mut half = shape(&[6]);
    half.data_type = DataType::Float16 as i32;
    refused("export in float32", &with_weights(half));
    let mut elsewhere = shape(&[6]);
    elsewhere.data_location = Some(DataLocation::External as i32);
    refused("external_data=False", &with_weights(elsewhere));
}

#[test]
fn values_that_nobody_makes_or_two_do_are_refused() {
    let nodes = |nodes| Made::new(nodes, vec![]);
    let cycle = nodes(vec![
        node("Add", &["x", "b"], "a"),
        node("Add", &["x", "a"], "b"),
        node("Identity", &["b"], "y"),
    ]);
    refused("takes \"b\", which no node before it makes", &cycle);
    let twice = nodes(vec![node("Relu", &["x"], "y"), node("Tanh", &["x"], "y")]);
    refused("two nodes named \"make y\"", &twice);
    let mut again = node("Tanh", &["x"], "y");
    again.name = "other".into();
    let again = nodes(vec![node("Relu", &["x"], "y"), again]);
    refused("makes \"y\" a second time", &again);
    let mut nowhere = identity();
    nowhere.graph().output[0].name = "elsewhere".into();
    refused("no node makes its output \"elsewhere\"", &nowhere);
    let both = Made::new(
        vec![node("Add", &["x", "w"], "y")],
        vec![weights("w", &[6]), weights("w", &[6])],
    );
    refused("two weights named \"w\"", &both);
    let mut inputs = identity();
    let second = value("z", vec![Some(Dim::DimValue(1))]);
    inputs.graph().input.push(second);
    refused("has 2 inputs, not 1", &inputs);
    let mut outputs = identity();
    let second = outputs.graph().output[0].clone();
    outputs.graph().output.push(second);
    refused("has 2 outputs, not 1", &outputs);
}

#[test]
fn a_graph_inside_a_node_is_refused() {
    let mut node = node("Identity", &["x"], "y");
    node.attribute.push(AttributeProto {
        name: "body".into(),
        g: Some(GraphProto::default()),
        ..AttributeProto::default()
    });
    refused("has a graph inside", &Made::new(vec![node], vec![]));
}
