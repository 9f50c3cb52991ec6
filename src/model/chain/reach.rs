//! Which frames a layer's output is made of, and which of them a hop has to compute.

use std::ops::Range;

/// The frames of a layer's input that a frame of its output is made of: frame j of the output
/// takes `size` frames from j × `stride` − `before` on. Those before the first frame are padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) size: usize,
    pub(super) stride: usize,
    pub(super) before: usize,
}

impl Reach {
    /// Of an operator that takes each frame by itself.
    pub(super) const ONE: Self = Self {
        size: 1,
        stride: 1,
        before: 0,
    };

    /// Of `next` on the output of this; `None` if it is beyond any window.
    pub(super) fn then(self, next: Self) -> Option<Self> {
        let span = (next.size - 1).checked_mul(self.stride)?;
        Some(Self {
            size: self.size.checked_add(span)?,
            stride: self.stride.checked_mul(next.stride)?,
            before: next
                .before
                .checked_mul(self.stride)?
                .checked_add(self.before)?,
        })
    }

    /// Whether neighbouring frames of the output share frames of the input.
    pub(super) fn overlaps(self) -> bool {
        self.size > self.stride
    }
}

/// Frames of a value which no padding has a part in, so that they are the same frames a hop
/// later, that much nearer to the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clean {
    pub(super) frames: Range<usize>,
    /// Frames that a hop is long.
    pub(super) hop: usize,
}

/// How a layer computes what is new in a window: it takes the first and the last frames of its
/// input, without those between them, and gives the first and the last of its output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// Frames of the input up to which it takes them, and from which on.
    pub(super) head: usize,
    pub(super) tail: usize,
    /// Frames of the output that the window before had, `hop` further back.
    pub(super) kept: Range<usize>,
    pub(super) hop: usize,
    /// Where the frames after `kept` begin in what the layer gives. The frames between the
    /// first ones and these straddle the cut, and belong to no window.
    pub(super) resumes: usize,
}

impl Clean {
    /// What is clean after a layer of this reach, and how a hop computes it; `None` if a hop
    /// is no whole number of its frames, or leaves nothing to keep.
    pub(super) fn through(&self, reach: Reach) -> Option<(Self, Splice)> {
        let Reach {
            size,
            stride,
            before,
        } = reach;
        if !self.hop.is_multiple_of(stride) {
            return None;
        }
        let hop = self.hop / stride;
        let first = (self.frames.start + before).div_ceil(stride);
        let end = (self.frames.end + before).checked_sub(size)? / stride + 1;
        let new = end.checked_sub(hop).filter(|new| *new > first)?;
        let tail = (new * stride).checked_sub(before)?;
        // Up to the last frame that the first ones need, and as many as keep the stride.
        let needed = match first {
            0 => 0,
            _ => (first - 1) * stride + size,
        };
        let resumes = needed.div_ceil(stride);
        let head = (resumes * stride).checked_sub(before)?;
        let splice = Splice {
            head,
            tail,
            kept: first..new,
            hop,
            resumes,
        };
        let clean = Self {
            frames: first..end,
            hop,
        };
        (head <= tail).then_some((clean, splice))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A layer of weights 1, 2, 3, … and "same" padding, over whole numbers.
    fn layer(reach: Reach, frames: &[i64]) -> Vec<i64> {
        let count = frames.len().div_ceil(reach.stride);
        let at = |index: usize| index.checked_sub(reach.before).and_then(|i| frames.get(i));
        (0..count)
            .map(|j| {
                let taken = (0..reach.size).map(|k| at(j * reach.stride + k));
                let weighed = (1..).zip(taken).map(|(w, x)| w * x.unwrap_or(&0));
                weighed.sum()
            })
            .collect()
    }

    #[test]
    fn a_spliced_layer_gives_the_frames_of_the_whole_one() {
        let samples = |from: i64| -> Vec<i64> { (from..from + 500).map(|t| t * t % 97).collect() };
        for (size, stride, before) in [
            (8, 2, 3),
            (6, 2, 2),
            (4, 2, 1),
            (7, 1, 3),
            (1, 1, 0),
            (3, 4, 1),
        ] {
            let reach = Reach {
                size,
                stride,
                before,
            };
            let clean = Clean {
                frames: 0..500,
                hop: 96,
            };
            let (clean, splice) = clean.through(reach).unwrap();
            let (old, new) = (layer(reach, &samples(0)), layer(reach, &samples(96)));
            let window = samples(96);
            let spliced = [&window[..splice.head], &window[splice.tail..]].concat();
            let made = layer(reach, &spliced);
            assert!(spliced.len() < 250);
            let Range { start, end } = splice.kept;
            assert_eq!(made[..start], new[..start]);
            assert_eq!(old[start + splice.hop..end + splice.hop], new[start..end]);
            assert_eq!(made[splice.resumes..], new[end..]);
            assert_eq!(clean.frames.end, end + splice.hop);
        }
    }

    #[test]
    fn a_hop_that_is_no_whole_number_of_frames_is_not_spliced() {
        let clean = |hop| Clean {
            frames: 0..500,
            hop,
        };
        let reach = Reach {
            size: 8,
            stride: 2,
            before: 3,
        };
        assert_eq!(clean(95).through(reach), None);
        assert_eq!(clean(498).through(reach), None);
        assert!(clean(96).through(reach).is_some());
    }
}
