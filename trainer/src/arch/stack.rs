//! The layers that seed-1d and seed-2d share: "same" convolution, "same" max pooling by 2,
//! activation; at the end the result is flattened.
//!
//! The original applies the activation before pooling. Here it comes after, on half the
//! values or fewer: all activations used are monotonic, so the maximum is the same. "Same"
//! pooling pads at the end with values that are never the maximum, which equals pooling
//! without padding whose last window may be shorter.

use burn::module::{Module, Param};
use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};
use graspd::motion::CHANNELS;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::scaling::Scaling;

/// A monotonic activation.
pub(super) type Activation = fn(Tensor<4>) -> Tensor<4>;

/// A layer laid out for inference.
#[derive(Module, Debug)]
pub(super) struct ServedLayer {
    /// (out·width) × in × time × columns, where the columns are the input's or 1.
    kernel: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    /// Columns of its input.
    width: usize,
}

/// A convolution over time: kernel (out·width) × (in·width) × time, bias (out·width), and
/// the number of columns that its channels hold.
pub(super) type OverTime = (Tensor<3>, Tensor<1>, usize);

/// Embeddings of windows, batch × frames × 6, by layers laid out for inference.
pub(super) fn serve(
    scaling: &Scaling,
    layers: &[ServedLayer],
    activation: Activation,
    windows: Tensor<3>,
) -> Tensor<2> {
    let [batch, frames, channels] = windows.dims();
    let scaled = scaling.forward(windows);
    // The first kernel spans the channels as they lie, so nothing is transposed.
    let input = scaled.reshape([batch, 1, frames, channels]);
    let pooled = layers.iter().fold(input, |input, layer| {
        let [_, _, time, _] = input.dims();
        let [outputs, _, taps, _] = layer.kernel.dims();
        let options = ConvOptions::new([1, 1], [taps / 2, 0], [1, 1], 1);
        let output = conv2d(input, layer.kernel.val(), Some(layer.bias.val()), options);
        let output = output.reshape([batch, outputs, time]);
        let pooled = pool(output, layer.width, activation);
        let [_, channels, time] = pooled.dims();
        pooled.reshape([batch, channels, time, 1])
    });
    pooled.flatten(1, 3)
}

impl ServedLayer {
    pub(super) fn new((kernel, bias, width): OverTime) -> Self {
        let [outputs, inputs, taps] = kernel.dims();
        let kernel = if inputs == CHANNELS {
            kernel.swap_dims(1, 2).reshape([outputs, 1, taps, CHANNELS])
        } else {
            kernel.reshape([outputs, inputs, taps, 1])
        };
        Self {
            kernel: Param::from_tensor(kernel.detach()),
            bias: Param::from_tensor(bias.detach()),
            width,
        }
    }
}

/// "Same" max pooling by 2 of time and of what columns there are, then the
/// activation, of `batch × (channels·width) × time`.
pub(super) fn pool(output: Tensor<3>, width: usize, activation: Activation) -> Tensor<3> {
    let [batch, folded, time] = output.dims();
    let size = [width.min(2), 2];
    let options = MaxPoolOptions::new(size)
        .with_stride(size)
        .with_ceil_mode(true);
    let columns = output.reshape([batch, folded / width, width, time]);
    let pooled = activation(max_pool2d(columns, options));
    let [_, channels, width, time] = pooled.dims();
    pooled.reshape([batch, channels * width, time])
}

/// A random kernel, out × in × size: Glorot and Bengio's uniform initialisation.
/// <https://proceedings.mlr.press/v9/glorot10a.html>
pub(super) fn glorot<const D: usize>(
    shape: [usize; D],
    rng: &mut ChaCha8Rng,
    device: &Device,
) -> Param<Tensor<D>> {
    let size: usize = shape[2..].iter().product();
    let limit = (6.0 / ((shape[0] + shape[1]) * size) as f32).sqrt();
    let weights: Vec<f32> = (0..shape.iter().product())
        .map(|_| rng.random_range(-limit..limit))
        .collect();
    Param::from_data(TensorData::new(weights, shape), device)
}

/// Biases of zero.
pub(super) fn zeros(outputs: usize, device: &Device) -> Param<Tensor<1>> {
    Param::from_data(TensorData::zeros::<f32, _>([outputs]), device)
}
