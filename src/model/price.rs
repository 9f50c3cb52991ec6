//! What one node costs, from its attributes and the shapes around it.

use tract_onnx::pb::NodeProto;

use super::operators::called;

/// An elementary function of one number costs as much as this many multiply-adds at most:
/// tract computes some of them one at a time.
const ELEMENT: u64 = 8;
/// Bytes of an f32.
const FLOAT: u64 = 4;
/// Bytes that tract keeps for each place of a kernel, at each edge that the kernel overlaps.
const OFFSET: u64 = 16;

/// A tensor's lengths.
pub(super) type Shape = Vec<u64>;

/// What a node costs for each window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Price {
    /// Multiplications with an addition, or what takes as long.
    pub(super) multiply_adds: u64,
    /// Bytes of what it makes and of what it needs meanwhile.
    pub(super) bytes: u64,
}

/// Numbers in a tensor, `u64::MAX` if there are more.
pub(super) fn volume(shape: &[u64]) -> u64 {
    shape.iter().fold(1, |all, &n| all.saturating_mul(n))
}

/// Prices `node`; refuses one whose attributes make no sense with the shapes.
pub(super) fn of(node: &NodeProto, inputs: &[Shape], outputs: &[Shape]) -> Result<Price, String> {
    let made: u64 = outputs
        .iter()
        .map(|s| volume(s))
        .fold(0, u64::saturating_add);
    let taken: u64 = inputs
        .iter()
        .map(|s| volume(s))
        .fold(0, u64::saturating_add);
    let mut price = Price {
        multiply_adds: made.saturating_add(taken).saturating_mul(ELEMENT),
        bytes: made.saturating_mul(2 * FLOAT),
    };
    let mut add = |multiply_adds: u64, bytes: u64| {
        price.multiply_adds = price.multiply_adds.saturating_add(multiply_adds);
        price.bytes = price.bytes.saturating_add(bytes);
    };
    let last = |shape: &Shape| shape.last().copied().unwrap_or(1);
    match (node.op_type.as_str(), inputs, outputs) {
        ("Conv", [x, weights, ..], [y, ..]) => {
            let group = conv_group(node, x, weights)?;
            let per_output = volume(&weights[1..]);
            // One row of the matrix that each group's kernel is multiplied with.
            let columns = volume(y).saturating_mul(per_output) / (weights[0] / group);
            let kernel = Kernel::new(node, x, y, &weights[2..])?;
            add(
                volume(y).saturating_mul(per_output),
                columns.saturating_mul(FLOAT).saturating_add(kernel.bytes()),
            );
        }
        ("MaxPool" | "AveragePool", [x, ..], [y, ..]) => {
            let shape = ints(node, "kernel_shape").unwrap_or_default();
            let shape: Shape = shape
                .iter()
                .map(|&n| u64::try_from(n).unwrap_or(0))
                .collect();
            let kernel = Kernel::new(node, x, y, &shape)?;
            add(volume(y).saturating_mul(volume(&shape)), kernel.bytes());
        }
        ("MatMul", [a, ..], [y, ..]) => add(volume(y).saturating_mul(last(a)), 0),
        ("Gemm", [a, ..], [y, ..]) => {
            let inner = volume(a) / y.first().copied().unwrap_or(1).max(1);
            add(volume(y).saturating_mul(inner), 0);
        }
        _ => {}
    }
    Ok(price)
}

/// The number of groups, which both sides' channels must come to.
fn conv_group(node: &NodeProto, x: &Shape, weights: &Shape) -> Result<u64, String> {
    let group = ints(node, "group").map_or(1, |group| group[0]);
    let refuse = |why: String| Err(format!("{} {why}", called(node)));
    let Some(group) = u64::try_from(group).ok().filter(|&group| group > 0) else {
        return refuse(format!("has group = {group}"));
    };
    if x.len() < 3 || weights.len() != x.len() {
        return refuse(format!("convolves shape {x:?} with weights {weights:?}"));
    }
    if weights[1].checked_mul(group) != Some(x[1]) || weights[0] == 0 || weights[0] % group != 0 {
        return refuse(format!(
            "has weights {weights:?} for {} channels in {group} groups",
            x[1]
        ));
    }
    Ok(group)
}

/// How a kernel goes over its input.
struct Kernel {
    places: u64,
    /// Ways in which it can overlap the input's edges.
    overlaps: u64,
}

impl Kernel {
    /// One of `shape` that takes `x` to `y`, both with a batch and channels first.
    fn new(node: &NodeProto, x: &Shape, y: &Shape, shape: &[u64]) -> Result<Self, String> {
        let refuse = |why: String| Err(format!("{} {why}", called(node)));
        let axes = x.len().saturating_sub(2);
        let positive = |name: &str| -> Result<Shape, String> {
            let given = ints(node, name).unwrap_or_else(|| vec![1; axes]);
            let good: Option<Shape> = given
                .iter()
                .map(|&n| u64::try_from(n).ok().filter(|&n| n > 0))
                .collect();
            match good.filter(|good| good.len() == axes) {
                Some(good) => Ok(good),
                None => refuse(format!("has {name} = {given:?} for {axes} axes")),
            }
        };
        let (strides, dilations) = (positive("strides")?, positive("dilations")?);
        if y.len() != x.len() || shape.len() != axes || shape.contains(&0) {
            return refuse(format!("has a kernel of {shape:?} for the shape {x:?}"));
        }
        let mut attributes = node.attribute.iter();
        let same = attributes.any(|a| a.name == "auto_pad" && a.s.starts_with(b"SAME"));
        let pads = ints(node, "pads");
        if same && pads.is_some() {
            return refuse("has both pads and auto_pad".into());
        }
        let pads = pads.unwrap_or_else(|| vec![0; 2 * axes]);
        if pads.len() != 2 * axes || pads.iter().any(|&pad| pad < 0) {
            return refuse(format!("has pads = {pads:?}: crop with Slice"));
        }
        let mut overlaps = 1u64;
        for axis in 0..axes {
            let reach = (shape[axis] - 1)
                .saturating_mul(dilations[axis])
                .saturating_add(1);
            let edges = pads[axis].unsigned_abs() + pads[axis + axes].unsigned_abs();
            let edges = if same { reach - 1 } else { edges };
            let room = x[axis + 2].saturating_add(edges);
            if reach > room {
                return refuse(format!(
                    "has a kernel that spans {reach}, and {room} to lay it on"
                ));
            }
            let across = (edges / strides[axis]).saturating_add(3).min(y[axis + 2]);
            overlaps = overlaps.saturating_mul(across);
        }
        let places = volume(shape);
        Ok(Self { places, overlaps })
    }

    fn bytes(&self) -> u64 {
        self.overlaps
            .saturating_mul(self.places)
            .saturating_mul(OFFSET)
    }
}

/// The attribute of integers `name`, one or several, if the node has it.
fn ints(node: &NodeProto, name: &str) -> Option<Vec<i64>> {
    let attribute = node.attribute.iter().find(|a| a.name == name)?;
    Some(match attribute.ints.is_empty() {
        true => vec![attribute.i],
        false => attribute.ints.clone(),
    })
}
