//! `seed-2d`: the original 2-D branch.
//!
//! Four "same" convolutions over time × channels (32 of 7×7, 64 of 5×5, 128 and
//! 64 of 3×3), tanh after each, and after that a "same" 2×2 max pooling; what is
//! left, 64 × 32 × 1 of a 500 × 6 window, is flattened.
//!
//! The weights are those of that network. The arithmetic is another order of
//! the same: columns are folded into channels ([`super::conv`]), and tanh comes
//! after the pooling, where there is a quarter as much of it; it is monotonic,
//! so the maximum is the same. "Same" pooling pads at the end, and padding never
//! wins, which is a pooling without padding whose last window may be cut short.

use burn::module::{Module, Param};
use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};
use graspd::motion::CHANNELS;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::conv::{fold_bias, fold_kernel, over_time};
use super::{Branch, Served};
use crate::scale::Scale;

/// Output channels and kernel size of each layer.
const LAYERS: [(usize, usize); 4] = [(32, 7), (64, 5), (128, 3), (64, 3)];

/// The network as it is trained.
#[derive(Module, Debug)]
pub struct Seed2d {
    scaling: Scaling,
    layers: Vec<Layer>,
}

/// The network as it is served.
#[derive(Module, Debug)]
pub struct Seed2dServed {
    scaling: Scaling,
    layers: Vec<ServedLayer>,
}

/// Takes off each channel's mean and divides by its deviation.
#[derive(Module, Debug)]
struct Scaling {
    mean: Tensor<3>,
    deviation: Tensor<3>,
}

#[derive(Module, Debug)]
struct Layer {
    /// out × in × time × columns
    kernel: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    /// Columns of its input.
    width: usize,
}

#[derive(Module, Debug)]
struct ServedLayer {
    /// (out·width) × in × time × columns, where the columns are the input's or 1.
    kernel: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    /// Columns of its input.
    width: usize,
}

impl Branch for Seed2d {
    type Served = Seed2dServed;

    fn new(_frames: usize, scale: &Scale, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let (mut inputs, mut width) = (1, CHANNELS);
        let mut layers = Vec::with_capacity(LAYERS.len());
        for (outputs, size) in LAYERS {
            layers.push(Layer::new(inputs, outputs, size, width, rng, device));
            inputs = outputs;
            width = width.div_ceil(2);
        }
        Self {
            scaling: Scaling::new(scale, device),
            layers,
        }
    }

    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        let folded = self.scaling.forward(windows).swap_dims(1, 2);
        let pooled = self.layers.iter().fold(folded, |input, layer| {
            let [_, _, time] = input.dims();
            let kernel = fold_kernel(layer.kernel.val(), layer.width);
            let bias = fold_bias(layer.bias.val(), layer.width);
            let output = over_time(input, kernel, bias);
            pool(output, layer.width, time)
        });
        pooled.flatten(1, 2)
    }

    fn served(&self) -> Seed2dServed {
        Seed2dServed {
            scaling: self.scaling.clone(),
            layers: self.layers.iter().map(Layer::served).collect(),
        }
    }
}

impl Served for Seed2dServed {
    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        let [batch, frames, channels] = windows.dims();
        let scaled = self.scaling.forward(windows);
        // The first kernel spans the channels as they lie, so nothing is transposed.
        let input = scaled.reshape([batch, 1, frames, channels]);
        let pooled = self.layers.iter().fold(input, |input, layer| {
            let [_, _, time, _] = input.dims();
            let [outputs, _, taps, _] = layer.kernel.dims();
            let options = ConvOptions::new([1, 1], [taps / 2, 0], [1, 1], 1);
            let output = conv2d(input, layer.kernel.val(), Some(layer.bias.val()), options);
            let pooled = pool(output.reshape([batch, outputs, time]), layer.width, time);
            let [_, channels, time] = pooled.dims();
            pooled.reshape([batch, channels, time, 1])
        });
        pooled.flatten(1, 3)
    }
}

impl Scaling {
    fn new(scale: &Scale, device: &Device) -> Self {
        let channels =
            |of: [f32; CHANNELS]| Tensor::<1>::from_data(of, device).reshape([1, 1, CHANNELS]);
        Self {
            mean: channels(scale.mean),
            deviation: channels(scale.deviation),
        }
    }

    fn forward(&self, windows: Tensor<3>) -> Tensor<3> {
        (windows - self.mean.clone()) / self.deviation.clone()
    }
}

impl Layer {
    /// With weights drawn as Glorot and Bengio do (uniform), and biases of zero.
    /// <https://proceedings.mlr.press/v9/glorot10a.html>
    fn new(
        inputs: usize,
        outputs: usize,
        size: usize,
        width: usize,
        rng: &mut ChaCha8Rng,
        device: &Device,
    ) -> Self {
        let shape = [outputs, inputs, size, size];
        let limit = (6.0 / ((inputs + outputs) * size * size) as f32).sqrt();
        let weights: Vec<f32> = (0..shape.iter().product())
            .map(|_| rng.random_range(-limit..limit))
            .collect();
        Self {
            kernel: Param::from_data(TensorData::new(weights, shape), device),
            bias: Param::from_data(TensorData::zeros::<f32, _>([outputs]), device),
            width,
        }
    }

    fn served(&self) -> ServedLayer {
        let kernel = fold_kernel(self.kernel.val(), self.width);
        let [outputs, inputs, taps] = kernel.dims();
        let kernel = if inputs == CHANNELS {
            kernel.swap_dims(1, 2).reshape([outputs, 1, taps, CHANNELS])
        } else {
            kernel.reshape([outputs, inputs, taps, 1])
        };
        ServedLayer {
            kernel: Param::from_tensor(kernel.detach()),
            bias: Param::from_tensor(fold_bias(self.bias.val(), self.width).detach()),
            width: self.width,
        }
    }
}

/// "Same" 2×2 max pooling and tanh of `batch × (channels·width) × time`.
fn pool(output: Tensor<3>, width: usize, time: usize) -> Tensor<3> {
    let [batch, folded, _] = output.dims();
    let size = [width.min(2), 2];
    let options = MaxPoolOptions::new(size)
        .with_stride(size)
        .with_ceil_mode(true);
    let columns = output.reshape([batch, folded / width, width, time]);
    let pooled = max_pool2d(columns, options).tanh();
    let [_, channels, width, time] = pooled.dims();
    pooled.reshape([batch, channels * width, time])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::PaddingConfig2d;
    use burn::nn::conv::{Conv2d, Conv2dConfig};
    use burn::tensor::FloatDType;
    use burn::tensor::ops::PadMode;
    use rand::SeedableRng;

    fn branch(device: &Device) -> Seed2d {
        let scale = Scale {
            mean: [0.1, -0.2, 9.0, 0.0, 0.3, -0.1],
            deviation: [1.0, 2.0, 0.5, 0.1, 0.2, 3.0],
        };
        Seed2d::new(500, &scale, &mut ChaCha8Rng::seed_from_u64(7), device)
    }

    fn windows(device: &Device) -> Tensor<3> {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let values = (0..3 * 500 * CHANNELS).map(|_| rng.random_range(-4.0..4.0f32));
        Tensor::from_data(
            TensorData::new(values.collect(), [3, 500, CHANNELS]),
            device,
        )
    }

    /// The same weights in double precision. In single precision two values
    /// under one pooling window are now and then so close that rounding decides
    /// which of them the gradient goes to.
    fn precise(branch: Seed2d) -> Seed2d {
        let Scaling { mean, deviation } = branch.scaling;
        let layers = branch.layers.into_iter().map(|layer| Layer {
            kernel: Param::from_tensor(layer.kernel.val().cast(FloatDType::F64).detach()),
            bias: Param::from_tensor(layer.bias.val().cast(FloatDType::F64).detach()),
            width: layer.width,
        });
        Seed2d {
            scaling: Scaling {
                mean: mean.cast(FloatDType::F64),
                deviation: deviation.cast(FloatDType::F64),
            },
            layers: layers.collect(),
        }
    }

    /// The network word for word: "same" convolution, tanh, then a 2×2 pooling
    /// over an input that is padded at its end to an even size with what is
    /// below anything that tanh gives.
    fn word_for_word(branch: &Seed2d, windows: Tensor<3>) -> Tensor<4> {
        let scaled = branch.scaling.forward(windows);
        let [batch, frames, channels] = scaled.dims();
        let input = scaled.reshape([batch, 1, frames, channels]);
        branch.layers.iter().fold(input, |input, layer| {
            let [outputs, inputs, rows, columns] = layer.kernel.dims();
            let convolution = Conv2d {
                weight: layer.kernel.clone(),
                bias: Some(layer.bias.clone()),
                ..Conv2dConfig::new([inputs, outputs], [rows, columns])
                    .with_padding(PaddingConfig2d::Same)
                    .init(&input.device())
            };
            let output = convolution.forward(input).tanh();
            let [_, _, rows, columns] = output.dims();
            let ends = [(0, 0), (0, 0), (0, rows % 2), (0, columns % 2)];
            let padded = output.pad(ends, PadMode::Constant(-2.0));
            max_pool2d(padded, MaxPoolOptions::new([2, 2]).with_stride([2, 2]))
        })
    }

    fn furthest(a: Tensor<2>, b: Tensor<2>) -> f32 {
        assert_eq!(a.dims(), b.dims());
        (a - b).abs().max().into_scalar()
    }

    #[test]
    fn has_the_weights_of_the_original() {
        let branch = branch(&Device::flex());
        assert_eq!(branch.num_params(), 200_512);
        let shapes: Vec<_> = branch.layers.iter().map(|l| l.kernel.dims()).collect();
        assert_eq!(
            shapes,
            [
                [32, 1, 7, 7],
                [64, 32, 5, 5],
                [128, 64, 3, 3],
                [64, 128, 3, 3]
            ]
        );
    }

    #[test]
    fn every_form_is_the_original_network() {
        let device = Device::flex();
        let (branch, windows) = (branch(&device), windows(&device));
        let original = word_for_word(&branch, windows.clone());
        assert_eq!(original.dims(), [3, 64, 32, 1]);
        let original: Tensor<2> = original.flatten(1, 3);
        assert_eq!(original.dims(), [3, 2048]);
        assert!(furthest(branch.embed(windows.clone()), original.clone()) < 1e-5);
        assert!(furthest(branch.served().embed(windows), original) < 1e-5);
    }

    #[test]
    fn gradients_are_those_of_the_original() {
        let device = Device::flex().autodiff();
        let branch = precise(branch(&device));
        let windows = windows(&device).cast(FloatDType::F64);
        let gradients = |output: Tensor<2>| {
            let gradients = output.powi_scalar(2).mean().backward();
            let kernels = branch.layers.iter().map(|layer| {
                let gradient = layer.kernel.val().grad(&gradients).expect("a gradient");
                gradient.flatten::<1>(0, 3)
            });
            Tensor::cat(kernels.collect(), 0)
        };
        let ours = gradients(branch.embed(windows.clone()));
        let theirs = gradients(word_for_word(&branch, windows).flatten(1, 3));
        let scale: f64 = theirs.clone().abs().max().into_scalar();
        let off: f64 = (ours - theirs).abs().max().into_scalar();
        assert!(off < 1e-10 * scale, "{off} of {scale}");
    }
}
