//! Tells whether a graph is the spectral branch.
//!
//! Every node, connection, attribute and small constant has to be as graph.txt lists it, so
//! that the graph means what this folder computes and nothing else. The waves and the pairs
//! of axes are compared by value. Free are the weights of the bands and the scaling. The branch
//! of one sensor has the same nodes, and the lengths that follow from its number of axes.

use std::f64::consts::TAU;
use std::fmt::Write;

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, ValueInfoProto};

use super::column::SEGMENT;
use super::fourier::BINS;
use super::{length, pairs};
use crate::model::weights::{floats, integers};
use crate::motion::Channels;

/// What [`listing`] makes of the graph, with names for the lengths that [`expected`] sets.
const LISTING: &str = include_str!("graph.txt");
/// Names of the values that it takes and gives.
const INPUT: &str = "window";
const OUTPUT: &str = "embedding";
/// Constants of more numbers are listed by their shape alone.
const SMALL: usize = 4;
/// Largest difference between the waves in a graph and those computed here that is rounding.
const ROUNDING: f64 = 1e-6;

/// The free weights: bands × frequencies, and of each number of an embedding the mean and
/// the standard deviation.
pub(super) struct Weights {
    pub(super) bands: Vec<f32>,
    pub(super) mean: Vec<f32>,
    pub(super) deviation: Vec<f32>,
}

/// The weights of `graph` if it is the spectral branch of these channels.
pub(super) fn weights(graph: &GraphProto, channels: Channels) -> Option<Weights> {
    let ends = |name: &str, ends: &[ValueInfoProto]| ends.len() == 1 && ends[0].name == name;
    if listing(graph) != expected(channels)
        || !ends(INPUT, &graph.input)
        || !ends(OUTPUT, &graph.output)
    {
        return None;
    }
    let weights = |name: &str| {
        let mut all = graph.initializer.iter();
        all.find(|weights| weights.name == name).map(floats)
    };
    let waves = weights("node_5_in_1")?;
    let is_wave = |(found, expected): (&f32, f64)| (f64::from(*found) - expected).abs() < ROUNDING;
    let [first, second] = picks(channels.count());
    let fixed = waves.len() == 2 * BINS * SEGMENT
        && waves.iter().zip(self::waves()).all(is_wave)
        && weights("node_32_in_1")? == first
        && weights("node_33_in_1")? == second;
    fixed.then_some(Weights {
        bands: weights("node_11_in_1")?,
        mean: weights("node_51_in_1")?,
        deviation: weights("node_52_in_1")?,
    })
}

/// What [`listing`] has to make of the branch of these channels.
fn expected(channels: Channels) -> String {
    let axes = channels.count();
    let pairs = pairs(axes).count();
    let lengths = [
        ("AXES", axes),
        ("PAIRS", pairs),
        ("COLUMN", (length(channels) - pairs) / 2),
        ("EMBEDDING", length(channels)),
    ];
    let fill =
        |text: String, (name, length): (&str, usize)| text.replace(name, &length.to_string());
    lengths.into_iter().fold(LISTING.to_owned(), fill)
}

/// One line for each node, then for each constant.
fn listing(graph: &GraphProto) -> String {
    let mut text = String::new();
    for node in &graph.node {
        let _ = write!(text, "{} = {}", node.output.join(" "), node.op_type);
        for input in &node.input {
            let _ = write!(text, " {input}");
        }
        for attribute in &node.attribute {
            let _ = write!(text, " {}={}", attribute.name, setting(attribute));
        }
        text.push('\n');
    }
    for weights in &graph.initializer {
        let _ = write!(text, "{} {:?}", weights.name, weights.dims);
        match weights.data_type == DataType::Int64 as i32 {
            true => write!(text, " = {:?}", integers(weights)),
            false if weights.dims.iter().product::<i64>() > SMALL as i64 => Ok(()),
            false => write!(text, " = {:?}", floats(weights)),
        }
        .ok();
        text.push('\n');
    }
    text
}

/// The value of an attribute of integers.
fn setting(attribute: &AttributeProto) -> String {
    match attribute.ints.is_empty() {
        true => attribute.i.to_string(),
        false => format!("{:?}", attribute.ints),
    }
}

/// Cosines, then sines, of each frequency under a Hann window, with zero mean.
fn waves() -> impl Iterator<Item = f64> {
    let angle = |at: usize| TAU * (at % SEGMENT) as f64 / SEGMENT as f64;
    let hann = move |at: usize| 0.5 - 0.5 * angle(at).cos();
    let unit = (0..SEGMENT).map(|at| hann(at).powi(2)).sum::<f64>().sqrt();
    [f64::cos, f64::sin].into_iter().flat_map(move |wave| {
        (0..BINS).flat_map(move |bin| {
            let value = move |at: usize| hann(at) * wave(angle(bin * at)) / unit;
            let mean = (0..SEGMENT).map(value).sum::<f64>() / SEGMENT as f64;
            (0..SEGMENT).map(move |at| value(at) - mean)
        })
    })
}

/// Picks the first, and the second, of each pair of so many axes.
fn picks(axes: usize) -> [Vec<f32>; 2] {
    let mut picks = [(); 2].map(|()| vec![0.0; pairs(axes).count() * axes]);
    for (pair, both) in pairs(axes).enumerate() {
        for (picks, axis) in picks.iter_mut().zip(both) {
            picks[pair * axes + axis] = 1.0;
        }
    }
    picks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bundle;
    use std::path::Path;

    fn graph(bundle: &str) -> GraphProto {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("models")
            .join(bundle);
        Bundle::open(&path).unwrap().graph().graph.clone().unwrap()
    }

    const BOTH: Channels = Channels::AccelerometerAndGyroscope;

    #[test]
    fn the_shipped_graphs_are_recognised_and_another_is_not() {
        for (bundle, channels, others) in [
            ("default", BOTH, Channels::Accelerometer),
            ("accelerometer", Channels::Accelerometer, BOTH),
        ] {
            let shipped = graph(bundle);
            assert_eq!(listing(&shipped), expected(channels));
            assert!(weights(&shipped, channels).is_some());
            assert!(weights(&shipped, others).is_none());
        }
        assert!(weights(&graph("seed-2d"), BOTH).is_none());
    }

    #[test]
    fn no_change_of_what_is_computed_passes() {
        let shipped = graph("default");
        let change = |change: fn(&mut GraphProto)| {
            let mut changed = shipped.clone();
            change(&mut changed);
            assert!(changed != shipped && weights(&changed, BOTH).is_none());
        };
        change(|graph| graph.node.swap(7, 8));
        change(|graph| graph.node[4].attribute[0].ints[0] = 31);
        change(|graph| graph.node[14].op_type = "Exp".into());
        change(|graph| graph.output[0].name = graph.node[10].output[0].clone());
        let weight = |graph: &GraphProto, at: usize| graph.initializer[at].raw_data.len();
        assert!(weight(&shipped, 0) > 0, "weights are raw");
        // A wave, a pick of an axis, and a scalar.
        change(|graph| graph.initializer[0].raw_data[403] ^= 1);
        change(|graph| graph.initializer[2].raw_data[3] ^= 1);
        change(|graph| graph.initializer[14].raw_data[3] ^= 1);
    }
}
