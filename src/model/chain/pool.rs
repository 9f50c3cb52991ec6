//! The maximum of neighbouring numbers, which tract finds one number at a time.

use super::operator::{Operator, Value};
use crate::model::cost::ints;

/// A maximum over blocks of rows and frames; time is the last axis.
pub(super) struct MaxPool {
    /// Rows that lie under each other, and how many of them make one.
    rows: usize,
    across: usize,
    /// Frames that make one.
    along: usize,
    /// Whether blocks at the end may be smaller.
    ceil: bool,
    /// The maximum of a block's rows.
    highest: Vec<f32>,
    /// What it gave last.
    output: Vec<f32>,
}

impl MaxPool {
    /// `operator` on `input`; `None` if it is another one, or its blocks overlap.
    pub(super) fn of(operator: &Operator, input: &Value) -> Option<Self> {
        let [1, _, rows @ .., _] = input.shape.as_slice() else {
            return None;
        };
        let node = &operator.node;
        let kernel = ints(node, "kernel_shape")?;
        let none = |name: &str, usual: i64| {
            ints(node, name).is_none_or(|all| all.iter().all(|n| *n == usual))
        };
        let apart = ints(node, "strides")? == kernel && none("pads", 0) && none("dilations", 1);
        let last = input.time + 1 == input.shape.len();
        let (rows, across) = match (rows, kernel.as_slice()) {
            ([], [_]) => (1, 1),
            ([rows], [across, _]) => (*rows, usize::try_from(*across).ok()?),
            _ => return None,
        };
        (node.op_type == "MaxPool" && apart && last).then_some(Self {
            rows,
            across,
            along: operator.reach.size,
            ceil: operator.rounds_up(),
            highest: Vec::new(),
            output: Vec::new(),
        })
    }

    /// Of planes of rows × `frames`.
    pub(super) fn of_planes(&mut self, planes: &[f32], frames: usize) -> &[f32] {
        self.output.clear();
        for plane in planes.chunks_exact(self.rows * frames) {
            for rows in plane.chunks(self.across * frames) {
                let mut each = rows.chunks_exact(frames);
                if !self.ceil && each.len() < self.across {
                    break;
                }
                self.highest.clear();
                self.highest
                    .extend_from_slice(each.next().unwrap_or_default());
                for row in each {
                    for (highest, &number) in self.highest.iter_mut().zip(row) {
                        *highest = higher(*highest, number);
                    }
                }
                self.join_frames();
            }
        }
        &self.output
    }
}

impl MaxPool {
    /// Appends the maxima of neighbouring frames.
    fn join_frames(&mut self) {
        let rest = match self.along {
            // The usual length, known when this is compiled.
            2 => {
                let (twos, rest) = self.highest.as_chunks();
                self.output.extend(twos.iter().map(|&[a, b]| higher(a, b)));
                rest
            }
            length => {
                let blocks = self.highest.chunks_exact(length);
                let rest = blocks.remainder();
                self.output.extend(blocks.map(highest));
                rest
            }
        };
        if self.ceil && !rest.is_empty() {
            self.output.push(highest(rest));
        }
    }
}

fn highest(numbers: &[f32]) -> f32 {
    numbers.iter().copied().reduce(higher).unwrap_or(f32::MIN)
}

/// The first of two that are equal.
fn higher(a: f32, b: f32) -> f32 {
    if a < b { b } else { a }
}
