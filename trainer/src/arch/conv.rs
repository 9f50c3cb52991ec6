//! "Same" 2-D convolutions over time × columns, computed as 1-D convolutions over time.
//!
//! Where the kernel is at least twice as wide as the input (or padded with zeros to be),
//! every output column depends on every input column: output column `wo` takes input column
//! `wi` with the kernel's column `wi − wo`. The layer then equals a 1-D convolution over
//! time from `width × in` to `width × out` channels, without the multiplications by the
//! zeros of "same" padding.

use burn::tensor::ops::PadMode;
use burn::tensor::{Tensor, s};

/// Moves `width` columns into channels: `out × in × time × columns` kernels to
/// `(out·width) × (in·width) × time`, channel `c` of column `w` at `c·width + w`.
pub(super) fn fold_kernel(kernel: Tensor<4>, width: usize) -> Tensor<3> {
    let [outputs, inputs, time, columns] = kernel.dims();
    let (middle, reach) = (columns / 2, width - 1);
    let spread = if middle >= reach {
        kernel.slice(s![.., .., .., middle - reach..middle + width])
    } else {
        let missing = (reach - middle, reach - middle);
        kernel.pad([(0, 0), (0, 0), (0, 0), missing], PadMode::Constant(0.0))
    };
    let seen_from = |column: usize| {
        let first = reach - column;
        spread.clone().slice(s![.., .., .., first..first + width])
    };
    Tensor::stack::<5>((0..width).map(seen_from).collect(), 1)
        .permute([0, 1, 2, 4, 3])
        .reshape([outputs * width, inputs * width, time])
}

/// Repeats each of `out` biases for `width` columns.
pub(super) fn fold_bias(bias: Tensor<1>, width: usize) -> Tensor<1> {
    let [outputs] = bias.dims();
    bias.reshape([outputs, 1])
        .repeat_dim(1, width)
        .reshape([outputs * width])
}

/// A "same" convolution over time of `batch × in × time` by `out × in × odd`
/// kernels, as one matrix product. Its gradients are matrix products too, which
/// Burn's own convolution gradients on the CPU are not.
pub(super) fn over_time(input: Tensor<3>, kernel: Tensor<3>, bias: Tensor<1>) -> Tensor<3> {
    let [_, _, time] = input.dims();
    let [outputs, inputs, taps] = kernel.dims();
    let padded = input.pad(
        [(0, 0), (0, 0), (taps / 2, taps / 2)],
        PadMode::Constant(0.0),
    );
    let shifted = |tap: usize| padded.clone().slice(s![.., .., tap..tap + time]);
    let columns = Tensor::cat((0..taps).map(shifted).collect(), 1);
    let matrix: Tensor<3> = kernel
        .permute([0, 2, 1])
        .reshape([1, outputs, taps * inputs]);
    matrix.matmul(columns) + bias.reshape([1, outputs, 1])
}
