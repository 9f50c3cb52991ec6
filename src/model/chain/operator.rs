//! The operators that a layer is made of.

use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto};

use super::reach::Reach;
use crate::model::cost::ints;
use crate::model::weights::integers;

/// Operators that take each number by itself.
const ONE_BY_ONE: [&str; 12] = [
    "Abs",
    "Elu",
    "Erf",
    "Exp",
    "Identity",
    "LeakyRelu",
    "Log",
    "Relu",
    "Sigmoid",
    "Sqrt",
    "Tanh",
    "Clip",
];
/// Operators of a number and a constant.
const WITH_CONSTANT: [&str; 6] = ["Add", "Div", "Max", "Min", "Mul", "Sub"];

/// A value of a chain: its name, its lengths for a whole window, and which of its axes is time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) time: usize,
}

impl Value {
    /// Its lengths if it is of so many frames.
    pub(super) fn of_frames(&self, frames: usize) -> Vec<usize> {
        let mut shape = self.shape.clone();
        shape[self.time] = frames;
        shape
    }

    /// Frames of a whole window.
    pub(super) fn frames(&self) -> usize {
        self.shape[self.time]
    }
}

/// A node whose output at any time is made of its input near that time, and of nothing else.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    pub(super) node: NodeProto,
    pub(super) output: Value,
    pub(super) reach: Reach,
    after: usize,
    ceil: bool,
}

impl Operator {
    /// `node` on `input`; `None` if it is no such operator, or not one that is known.
    pub(super) fn of(node: &NodeProto, input: &Value, graph: &GraphProto) -> Option<Self> {
        let [output] = node.output.as_slice() else {
            return None;
        };
        let constant = |name: &str| {
            graph
                .initializer
                .iter()
                .find(|weights| weights.name == name)
        };
        let others = node.input.iter().filter(|name| **name != input.name);
        let constants: Option<Vec<&TensorProto>> = others
            .filter(|name| !name.is_empty())
            .map(|name| constant(name))
            .collect();
        let constants = constants?;
        let operator = |shape: Vec<usize>, time: usize| Self {
            node: node.clone(),
            output: Value {
                name: output.clone(),
                shape,
                time,
            },
            reach: Reach::ONE,
            after: 0,
            ceil: false,
        };
        let unchanged = || operator(input.shape.clone(), input.time);
        if WITH_CONSTANT.contains(&&*node.op_type) {
            return spreads(constants.as_slice(), input).then(unchanged);
        }
        if node.input.first() != Some(&input.name) {
            return None;
        }
        match node.op_type.as_str() {
            name if ONE_BY_ONE.contains(&name) => Some(unchanged()),
            "Reshape" => {
                let shape = lengths(&integers(constants.first()?))?;
                let time = same_time(input, &shape)?;
                Some(operator(shape, time))
            }
            "Transpose" => {
                let order = lengths(&ints(node, "perm")?)?;
                let shape = order.iter().map(|&axis| input.shape.get(axis).copied());
                let time = order.iter().position(|&axis| axis == input.time)?;
                Some(operator(shape.collect::<Option<_>>()?, time))
            }
            "Pad" => {
                let constant = |a: &AttributeProto| a.name != "mode" || a.s == b"constant";
                let all = node.input.len() <= 3 && node.attribute.iter().all(constant);
                let pads = lengths(&integers(constants.first()?))?;
                let (before, after) = pads.split_at_checked(input.shape.len())?;
                let mut padded = unchanged();
                for (length, pads) in padded.output.shape.iter_mut().zip(before.iter().zip(after)) {
                    *length += pads.0 + pads.1;
                }
                padded.reach.before = before[input.time];
                padded.after = *after.get(input.time)?;
                all.then_some(padded)
            }
            "Conv" => {
                let [outputs, _, kernel @ ..] = constants.first()?.dims.as_slice() else {
                    return None;
                };
                let outputs = usize::try_from(*outputs).ok()?;
                Kernel::of(node, kernel, input)?.operator(unchanged(), Some(outputs))
            }
            "MaxPool" | "AveragePool" => {
                let kernel = ints(node, "kernel_shape")?;
                Kernel::of(node, &kernel, input)?.operator(unchanged(), None)
            }
            _ => None,
        }
    }

    /// Frames of its output for so many of its input; `None` if these are too few.
    pub(super) fn frames(&self, input: usize) -> Option<usize> {
        places(input, self.reach, self.after, self.ceil)
    }

    /// Whether the last place of its kernel may be short of frames.
    pub(super) fn rounds_up(&self) -> bool {
        self.ceil
    }
}

/// How often a kernel fits.
fn places(length: usize, reach: Reach, after: usize, ceil: bool) -> Option<usize> {
    let room = (length + reach.before + after).checked_sub(reach.size)?;
    Some(
        1 + if ceil {
            room.div_ceil(reach.stride)
        } else {
            room / reach.stride
        },
    )
}

/// Whether the constants are one, which is the same at all times and does not widen the input.
fn spreads(constants: &[&TensorProto], input: &Value) -> bool {
    let [constant] = constants else {
        return false;
    };
    let from_last = input.shape.iter().enumerate().rev();
    let along = constant.dims.iter().rev().zip(from_last);
    constant.dims.len() <= input.shape.len()
        && along.into_iter().all(|(&length, (axis, &of_input))| {
            length == 1 || (axis != input.time && usize::try_from(length) == Ok(of_input))
        })
}

/// The axis of `shape` that time is on, if the other axes are joined and parted on either
/// side of it.
fn same_time(input: &Value, shape: &[usize]) -> Option<usize> {
    let sooner = |shape: &[usize]| shape.iter().product::<usize>();
    let before = sooner(&input.shape[..input.time]);
    let fits = |&axis: &usize| shape[axis] == input.frames() && sooner(&shape[..axis]) == before;
    let same = input.frames() > 1 && sooner(shape) == sooner(&input.shape);
    (0..shape.len()).find(fits).filter(|_| same)
}

/// Numbers that can be lengths.
fn lengths(numbers: &[i64]) -> Option<Vec<usize>> {
    numbers.iter().map(|&n| usize::try_from(n).ok()).collect()
}

/// A kernel that is laid along the axes after the first two.
struct Kernel {
    axes: Vec<(Reach, usize)>,
    ceil: bool,
    /// Of these axes, that of time.
    time: usize,
}

impl Kernel {
    fn of(node: &NodeProto, shape: &[i64], input: &Value) -> Option<Self> {
        let count = input.shape.len().checked_sub(2)?;
        let time = input.time.checked_sub(2)?;
        if node
            .attribute
            .iter()
            .any(|a| a.name == "auto_pad" && a.s != b"NOTSET")
        {
            return None;
        }
        let all = |name: &str, usual: i64, count: usize| {
            let given = ints(node, name).unwrap_or_else(|| vec![usual; count]);
            lengths(&given).filter(|given| given.len() == count)
        };
        let shape = lengths(shape).filter(|shape| shape.len() == count)?;
        let (strides, dilations) = (all("strides", 1, count)?, all("dilations", 1, count)?);
        let pads = all("pads", 0, 2 * count)?;
        let axis = |axis: usize| {
            let reach = Reach {
                size: (shape[axis].checked_sub(1)?).checked_mul(dilations[axis])? + 1,
                stride: strides[axis],
                before: pads[axis],
            };
            (reach.stride > 0).then_some((reach, pads[axis + count]))
        };
        let ceil = ints(node, "ceil_mode").is_some_and(|ceil| ceil != [0]);
        let axes: Vec<_> = (0..count).map(axis).collect::<Option<_>>()?;
        // How padding and rounding up go together differs between opsets.
        let plain = |(reach, after): &(Reach, usize)| {
            reach.before == 0 && *after == 0 && reach.size >= reach.stride
        };
        (!ceil || axes.iter().all(plain)).then_some(Self { axes, ceil, time })
    }

    /// The operator that lays it along the axes of `of`, and makes so many channels.
    fn operator(self, mut of: Operator, channels: Option<usize>) -> Option<Operator> {
        for (length, (reach, after)) in of.output.shape[2..].iter_mut().zip(&self.axes) {
            *length = places(*length, *reach, *after, self.ceil)?;
        }
        if let Some(channels) = channels {
            of.output.shape[1] = channels;
        }
        (of.reach, of.after) = self.axes[self.time];
        of.ceil = self.ceil;
        Some(of)
    }
}
