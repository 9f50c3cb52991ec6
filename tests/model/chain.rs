//! Graphs that begin with layers along time, hop by hop, against the same graphs run whole.

use graspd::model::{Bundle, Embedder};
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, FrameIndex, SampleTime};
use ndarray::ArrayView2;
use tract_onnx::pb::{NodeProto, TensorProto};

use super::made::{FRAMES, Made, integers, node, with, with_one};

/// Weights that differ from each other.
fn varied(name: &str, dims: &[i64]) -> TensorProto {
    let mut weights = super::made::weights(name, dims);
    for (at, weight) in weights.float_data.iter_mut().enumerate() {
        *weight = ((at * at) as f32 * 0.37).sin() * 0.2;
    }
    weights
}

fn conv(inputs: [&str; 2], output: &str, strides: &[i64], pads: &[i64]) -> NodeProto {
    let conv = with(node("Conv", &inputs, output), "strides", strides);
    with(conv, "pads", pads)
}

fn transposed() -> NodeProto {
    with(node("Transpose", &["x"], "t"), "perm", &[0, 2, 1])
}

/// A graph whose last value has so many numbers.
fn graph(nodes: Vec<NodeProto>, weights: Vec<TensorProto>, embedding: usize) -> Made {
    Made::new(nodes, weights).without_mean(embedding)
}

/// Asserts that windows at this hop have the bits of the whole graph, and says whether only
/// what is new is computed.
fn streams(made: &Made, hop: usize) -> bool {
    let folder = made.bundle();
    let bundle = Bundle::open(folder.path()).unwrap();
    let mut whole = Embedder::of_whole_graph(&bundle).unwrap();
    let mut streaming = Embedder::for_hop(&bundle, hop).unwrap();
    let noise: Vec<f32> = (0..(FRAMES + 12 * hop) * CHANNELS)
        .map(|at| ((at * at % 7919) as f32 * 0.13).sin() * 9.0)
        .collect();
    // A window is left out, as one at rest is.
    for at in [0, 1, 2, 3, 5, 6, 7, 8, 12] {
        let values = &noise[at * hop * CHANNELS..][..FRAMES * CHANNELS];
        let end = (at * hop) as i64 * 10_000_000;
        let window = Window {
            end: FrameIndex::at_or_after(SampleTime::from_nanos(end)),
            frames: ArrayView2::from_shape((FRAMES, CHANNELS), values).unwrap(),
        };
        let found = streaming.embed(&window).unwrap().view().mapv(f32::to_bits);
        let expected = whole.embed(&window).unwrap().view().mapv(f32::to_bits);
        assert_eq!(found, expected, "window {at} at a hop of {hop}");
    }
    streaming.is_streaming()
}

#[test]
fn strided_convolutions_and_a_pooling_that_drops_the_last_frame() {
    let nodes = vec![
        transposed(),
        conv(["t", "w1"], "a", &[2], &[2, 2]),
        node("Relu", &["a"], "b"),
        conv(["b", "w2"], "c", &[2], &[1, 1]),
        node("Tanh", &["c"], "d"),
        with(
            with(node("MaxPool", &["d"], "e"), "kernel_shape", &[2]),
            "strides",
            &[2],
        ),
        node("Flatten", &["e"], "embedding"),
    ];
    let weights = vec![varied("w1", &[8, 6, 5]), varied("w2", &[8, 8, 3])];
    let made = graph(nodes, weights, 8 * 62);
    assert!(streams(&made, 96) && streams(&made, 8) && streams(&made, 200));
    // No whole number of frames, and nothing to keep.
    assert!(!streams(&made, 100) && !streams(&made, 496));
}

#[test]
fn convolutions_without_padding_averages_and_what_is_not_along_time() {
    let average = with(node("AveragePool", &["b"], "c"), "kernel_shape", &[2, 1]);
    let nodes = vec![
        node("Mul", &["x", "scale"], "scaled"),
        node("Reshape", &["scaled", "plane"], "a"),
        conv(["a", "w1"], "b", &[1, 1], &[0, 0, 0, 0]),
        with(average, "strides", &[2, 1]),
        node("LeakyRelu", &["c"], "d"),
        with(node("Conv", &["d", "w2"], "e"), "dilations", &[2, 1]),
        node("Abs", &["e"], "f"),
        node("GlobalAveragePool", &["f"], "g"),
        node("Flatten", &["g"], "embedding"),
    ];
    let weights = vec![
        varied("scale", &[1, 1, 6]),
        integers("plane", &[1, 1, 500, 6]),
        varied("w1", &[4, 1, 7, 6]),
        varied("w2", &[4, 4, 4, 1]),
    ];
    assert!(streams(&graph(nodes, weights, 4), 96));
}

#[test]
fn padding_that_is_not_zero_and_maxima_that_overlap() {
    let pool = with(node("MaxPool", &["b"], "c"), "kernel_shape", &[3]);
    let nodes = vec![
        transposed(),
        node("Pad", &["t", "pads", "one"], "a"),
        conv(["a", "w1"], "b", &[1], &[0, 0]),
        with(with(pool, "strides", &[2]), "pads", &[1, 1]),
        node("Sigmoid", &["c"], "d"),
        node("Flatten", &["d"], "embedding"),
    ];
    let one = TensorProto {
        dims: Vec::new(),
        float_data: vec![1.5],
        ..super::made::weights("one", &[1])
    };
    let weights = vec![
        integers("pads", &[0, 0, 3, 0, 0, 2]),
        one,
        varied("w1", &[5, 6, 4]),
    ];
    assert!(streams(&graph(nodes, weights, 5 * 251), 96));
}

#[test]
fn what_looks_at_the_whole_window_is_run_whole() {
    let mean = with_one(node("ReduceMean", &["x", "time"], "mean"), "keepdims", 1);
    let after = |first: Vec<NodeProto>, input: &str| {
        let mut nodes = first;
        nodes.extend([
            with(node("Transpose", &[input], "t"), "perm", &[0, 2, 1]),
            conv(["t", "w1"], "b", &[1], &[1, 1]),
            node("GlobalAveragePool", &["b"], "c"),
            node("Flatten", &["c"], "embedding"),
        ]);
        let weights = vec![integers("time", &[1]), varied("w1", &[7, 6, 3])];
        graph(nodes, weights, 7)
    };
    let centred = after(
        vec![mean, node("Sub", &["x", "mean"], "centred")],
        "centred",
    );
    assert!(!streams(&centred, 96));
    assert!(streams(&after(Vec::new(), "x"), 96));
}

#[test]
fn a_value_that_is_used_twice_ends_the_layers() {
    let nodes = vec![
        transposed(),
        conv(["t", "w1"], "a", &[1], &[1, 1]),
        conv(["a", "w2"], "b", &[1], &[1, 1]),
        node("Add", &["a", "b"], "c"),
        node("GlobalAveragePool", &["c"], "d"),
        node("Flatten", &["d"], "embedding"),
    ];
    let weights = vec![varied("w1", &[6, 6, 3]), varied("w2", &[6, 6, 3])];
    assert!(streams(&graph(nodes, weights, 6), 96));
}
