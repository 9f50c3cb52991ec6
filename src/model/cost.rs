//! Compute and memory cost of a node, from its attributes, input and output shapes.

use tract_onnx::pb::NodeProto;

use super::operators::called;

/// Cost of an elementary function of one number, in multiply-adds, at most: tract does not
/// vectorise all of them.
const ELEMENT: u64 = 8;
/// Bytes of an f32.
const FLOAT: u64 = 4;
/// Bytes that tract keeps for each place of a kernel, at each edge that the kernel overlaps.
const OFFSET: u64 = 16;

/// Lengths of a tensor's axes.
pub(super) type Shape = Vec<u64>;

/// Cost of a node for each window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Multiply-adds, or as many as take the same time.
    pub(super) multiply_adds: u64,
    /// Bytes of its outputs and of its temporary memory.
    pub(super) bytes: u64,
}

/// Number of elements of a tensor, saturating at `u64::MAX`.
pub(super) fn volume(shape: &[u64]) -> u64 {
    shape.iter().fold(1, |all, &n| all.saturating_mul(n))
}

/// Refuses a node whose kernel does not fit its inputs.
pub(super) fn check(node: &NodeProto, inputs: &[Shape]) -> Result<(), String> {
    Kernel::of(node, inputs).map(drop)
}

/// The cost of `node`. Fails as [`check`] does.
pub(super) fn of(node: &NodeProto, inputs: &[Shape], outputs: &[Shape]) -> Result<Cost, String> {
    let made: u64 = outputs
        .iter()
        .map(|s| volume(s))
        .fold(0, u64::saturating_add);
    let taken: u64 = inputs
        .iter()
        .map(|s| volume(s))
        .fold(0, u64::saturating_add);
    let mut cost = Cost {
        multiply_adds: made.saturating_add(taken).saturating_mul(ELEMENT),
        bytes: made.saturating_mul(2 * FLOAT),
    };
    let mut add = |multiply_adds: u64, bytes: u64| {
        cost.multiply_adds = cost.multiply_adds.saturating_add(multiply_adds);
        cost.bytes = cost.bytes.saturating_add(bytes);
    };
    let last = |shape: &Shape| shape.last().copied().unwrap_or(1);
    match (node.op_type.as_str(), inputs, outputs) {
        ("Conv", [x, weights, ..], [y, ..]) => {
            let group = conv_group(node, x, weights)?;
            let work = volume(y).saturating_mul(volume(&weights[1..]));
            // The im2col matrix that a group's kernel is multiplied with.
            let columns = work / (weights[0] / group);
            add(work, columns.saturating_mul(FLOAT));
        }
        ("MatMul", [a, ..], [y, ..]) => add(volume(y).saturating_mul(last(a)), 0),
        ("Gemm", [a, ..], [y, ..]) => {
            let inner = volume(a) / y.first().copied().unwrap_or(1).max(1);
            add(volume(y).saturating_mul(inner), 0);
        }
        _ => {}
    }
    if let Some(kernel) = Kernel::of(node, inputs)? {
        let pools = node.op_type != "Conv";
        let made = outputs.first().map_or(0, |y| volume(y));
        let work = made.saturating_mul(kernel.places);
        add(if pools { work } else { 0 }, kernel.bytes());
    }
    Ok(cost)
}

/// The number of groups. Fails where the channels of `x` and `weights` do not match it.
fn conv_group(node: &NodeProto, x: &Shape, weights: &Shape) -> Result<u64, String> {
    let group = ints(node, "group").map_or(1, |group| group[0]);
    let refuse = |why: String| Err(format!("{} {why}", called(node)));
    let Some(group) = u64::try_from(group).ok().filter(|&group| group > 0) else {
        return refuse(format!("has group = {group}"));
    };
    if x.len() < 3 || weights.len() != x.len() {
        return refuse(format!("convolves shape {x:?} with weights {weights:?}"));
    }
    if weights[1].checked_mul(group) != Some(x[1])
        || weights[0] == 0
        || !weights[0].is_multiple_of(group)
    {
        return refuse(format!(
            "has weights {weights:?} for {} channels in {group} groups",
            x[1]
        ));
    }
    Ok(group)
}

/// The size of a convolution or pooling kernel, and its positions at the input's edges.
struct Kernel {
    places: u64,
    /// Upper bound of the positions at which it overlaps the input's edges.
    overlaps: u64,
}

impl Kernel {
    /// The kernel of `node`; `None` for an operator without one.
    fn of(node: &NodeProto, inputs: &[Shape]) -> Result<Option<Self>, String> {
        let declared = ints(node, "kernel_shape").map(|shape| {
            let lengths = shape.iter().map(|&n| u64::try_from(n).unwrap_or(0));
            lengths.collect::<Shape>()
        });
        match (node.op_type.as_str(), inputs) {
            ("Conv", [x, weights, ..]) => {
                conv_group(node, x, weights)?;
                let shape = &weights[2..];
                if declared.is_some_and(|declared| declared != shape) {
                    return Err(format!(
                        "{} has another kernel_shape than its weights, {shape:?}",
                        called(node)
                    ));
                }
                Self::over(node, x, shape).map(Some)
            }
            ("MaxPool" | "AveragePool", [x, ..]) => {
                Self::over(node, x, &declared.unwrap_or_default()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A kernel of `shape` over `x`, whose first two axes are batch and channels.
    fn over(node: &NodeProto, x: &Shape, shape: &[u64]) -> Result<Self, String> {
        let refuse = |why: String| format!("{} {why}", called(node));
        let axes = x.len().saturating_sub(2);
        if axes == 0 || shape.len() != axes || shape.contains(&0) {
            return Err(refuse(format!(
                "has a kernel of {shape:?} for the shape {x:?}"
            )));
        }
        let positive = |name: &str| -> Result<Shape, String> {
            let given = ints(node, name).unwrap_or_else(|| vec![1; axes]);
            let good: Option<Shape> = given
                .iter()
                .map(|&n| u64::try_from(n).ok().filter(|&n| n > 0))
                .collect();
            let wrong = || refuse(format!("has {name} = {given:?} for {axes} axes"));
            good.filter(|good| good.len() == axes).ok_or_else(wrong)
        };
        let (strides, dilations) = (positive("strides")?, positive("dilations")?);
        let mut attributes = node.attribute.iter();
        let same = attributes.any(|a| a.name == "auto_pad" && a.s.starts_with(b"SAME"));
        let pads = ints(node, "pads");
        if same && pads.is_some() {
            return Err(refuse("has both pads and auto_pad".into()));
        }
        let pads = pads.unwrap_or_else(|| vec![0; 2 * axes]);
        if pads.len() != 2 * axes || pads.iter().any(|&pad| pad < 0) {
            return Err(refuse(format!("has pads = {pads:?} for {axes} axes")));
        }
        let mut overlaps = 1u64;
        for axis in 0..axes {
            let reach = (shape[axis] - 1).saturating_mul(dilations[axis]);
            let edges = match same {
                true => reach,
                false => pads[axis].unsigned_abs() + pads[axis + axes].unsigned_abs(),
            };
            let room = x[axis + 2].saturating_add(edges);
            if reach >= room {
                return Err(refuse(format!(
                    "has a kernel that spans {}, and {room} to lay it on",
                    reach + 1
                )));
            }
            // Positions that overlap an edge, at most all positions.
            let places = (room - reach) / strides[axis] + 1;
            let across = (edges / strides[axis]).saturating_add(3).min(places);
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

/// The integers of the attribute `name`, one or several; `None` if the node lacks it.
pub(super) fn ints(node: &NodeProto, name: &str) -> Option<Vec<i64>> {
    let attribute = node.attribute.iter().find(|a| a.name == name)?;
    Some(match attribute.ints.is_empty() {
        true => vec![attribute.i],
        false => attribute.ints.clone(),
    })
}
