//! Graphs that exceed the budget of time or memory are refused before they run.

use super::made::{FRAMES, Made, integers, node, weights, with, with_one};
use tract_onnx::pb::{NodeProto, TensorProto};

/// Expects each graph to be refused with this text, and with the name of the node that
/// exceeds the budget.
fn refused(cases: Vec<(&str, Vec<NodeProto>, Vec<TensorProto>)>) {
    for (says, nodes, weights) in cases {
        let name = nodes.last().unwrap().op_type.clone();
        let line = Made::new(nodes, weights).refusal();
        assert!(line.contains(says), "{name}: {line}");
        assert!(line.contains(" (") && line.contains("node \""), "{line}");
    }
}

/// `x` doubled `times` times along the last axis.
fn doubled(times: usize) -> Vec<NodeProto> {
    let name = |i: usize| match i {
        0 => "x".to_owned(),
        i if i == times => "y".to_owned(),
        i => format!("x{i}"),
    };
    let double = |i: usize| {
        let concat = node("Concat", &[&name(i), &name(i)], &name(i + 1));
        with_one(concat, "axis", 2)
    };
    (0..times).map(double).collect()
}

#[test]
fn a_graph_of_more_memory_than_the_budget_is_refused_before_it_takes_any() {
    const SAYS: &str = "bytes of memory, more than";
    refused(vec![
        (
            SAYS,
            vec![node("Pad", &["x", "pads"], "y")],
            vec![integers("pads", &[0, 0, 65_000, 0, 0, 65_000])],
        ),
        // Two pads: one to 4 GB, and one to a size that overflows 64 bits.
        (
            "a pad of",
            vec![node("Pad", &["x", "pads"], "y")],
            vec![integers("pads", &[0, 0, 0, 0, 0, 2_000_000])],
        ),
        (
            "a pad of",
            vec![node("Pad", &["x", "pads"], "y")],
            vec![integers("pads", &[0, 0, i64::MAX, 0, 0, i64::MAX])],
        ),
        // Of constants, which tract evaluates while it infers shapes.
        (
            SAYS,
            vec![
                node("Pad", &["w", "pads"], "wide"),
                node("GlobalAveragePool", &["wide"], "narrow"),
                node("Add", &["x", "narrow"], "y"),
            ],
            vec![
                weights("w", &[1, 500, 6]),
                integers("pads", &[0, 0, 65_000, 0, 0, 65_000]),
            ],
        ),
        (SAYS, doubled(30), vec![]),
        // Outer products: by broadcasting and by multiplication.
        (
            SAYS,
            vec![node("Add", &["x", "w"], "y")],
            vec![weights("w", &[100_000, 1, 1])],
        ),
        (
            SAYS,
            vec![node("MatMul", &["x", "w"], "y")],
            vec![weights("w", &[6, 100_000])],
        ),
        // The unrolled matrix of a convolution, which is larger than its output.
        (
            SAYS,
            vec![
                with(node("Conv", &["x", "w"], "z"), "pads", &[3_000, 3_000]),
                node("Add", &["x", "z"], "y"),
            ],
            vec![weights("w", &[1, 500, 30])],
        ),
        (
            "makes a tensor of shape",
            vec![node("Unsqueeze", &["x", "axes"], "y")],
            vec![integers("axes", &Vec::from_iter(0..1_000))],
        ),
    ]);
}

#[test]
fn a_graph_of_more_work_than_the_budget_is_refused_before_it_begins() {
    const SAYS: &str = "multiply-adds, more than";
    let square = |from: &str, to: &str| node("MatMul", &[from, "w"], to);
    refused(vec![
        (
            SAYS,
            vec![
                node("MatMul", &["x", "first"], "a"),
                square("a", "b"),
                square("b", "y"),
            ],
            vec![weights("first", &[6, 1_000]), weights("w", &[1_000, 1_000])],
        ),
        // A kernel as long as its input.
        (
            SAYS,
            vec![
                node("Reshape", &["x", "row"], "long"),
                with(node("Conv", &["long", "w"], "y"), "pads", &[1_000, 1_000]),
            ],
            vec![
                integers("row", &[1, 1, 3_000]),
                weights("w", &[500, 1, 3_000]),
            ],
        ),
        (
            SAYS,
            vec![
                node("Pad", &["x", "pads"], "wide"),
                with(
                    with(node("MaxPool", &["wide"], "y"), "kernel_shape", &[1_000]),
                    "strides",
                    &[1],
                ),
            ],
            vec![integers("pads", &[0, 0, 0, 0, 0, 2_500])],
        ),
        // Functions that are slow for each element.
        (
            SAYS,
            std::iter::once(node("Pad", &["x", "pads"], "e0"))
                .chain((0..30).map(|i| {
                    let to = if i == 29 {
                        "y".into()
                    } else {
                        format!("e{}", i + 1)
                    };
                    node("Erf", &[&format!("e{i}")], &to)
                }))
                .collect(),
            vec![integers("pads", &[0, 0, 0, 0, 0, 2_500])],
        ),
    ]);
}

#[test]
fn a_graph_of_too_many_parts_is_refused() {
    let chain = |length: usize| {
        let name = |i: usize| match i {
            0 => "x".to_owned(),
            i if i == length => "y".to_owned(),
            i => format!("x{i}"),
        };
        let one = |i: usize| node("Identity", &[&name(i)], &name(i + 1));
        Made::new((0..length).map(one).collect(), vec![])
    };
    assert!(chain(20_000).refusal().contains("20002 nodes"));
    assert!(chain(400).load().is_ok());

    let all = ["x"; 20_000];
    let wide = Made::new(vec![node("Max", &all, "y")], vec![]);
    assert!(wide.refusal().contains("inputs of nodes"));

    let many = (0..20_000)
        .map(|i| weights(&format!("w{i}"), &[1]))
        .collect();
    let many = Made::new(vec![node("Identity", &["x"], "y")], many);
    assert!(many.refusal().contains("20000 weights"));
}

#[test]
fn a_shape_that_depends_on_the_window_is_refused() {
    let mut pool = with(node("MaxPool", &["x"], "largest"), "kernel_shape", &[6]);
    pool.output.push("where".into());
    let nodes = vec![
        pool,
        node("Squeeze", &["where"], "shape"),
        node("Reshape", &["x", "shape"], "y"),
    ];
    let line = Made::new(nodes, vec![]).refusal();
    assert!(line.contains("depends on what it is given"), "{line}");
}

#[test]
fn a_graph_within_the_budget_runs() {
    // 500 × 1000 × 900 multiply-adds.
    let nodes = vec![
        node("MatMul", &["x", "first"], "a"),
        node("MatMul", &["a", "second"], "y"),
    ];
    let weights = vec![
        weights("first", &[6, 1_000]),
        weights("second", &[1_000, 900]),
    ];
    let embedder = Made::new(nodes, weights).load().unwrap();
    assert_eq!(embedder.embedding_len(), FRAMES);
}
