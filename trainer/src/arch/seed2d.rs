//! `seed-2d`: the original 2-D branch.
//!
//! Four "same" convolutions over time × channels (32 of 7×7, 64 of 5×5, 128 and
//! 64 of 3×3), tanh after each, and after that a "same" 2×2 max pooling; what is
//! left, 64 × 32 × 1 of a 500 × 6 window, is flattened.
//!
//! The weights are those of that network; only the order of the arithmetic differs:
//! columns are folded into channels ([`super::conv`]), and tanh comes after the pooling
//! ([`super::stack`]).

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use graspd::motion::CHANNELS;
use rand_chacha::ChaCha8Rng;

use super::ChannelScale;
use super::conv::{fold_bias, fold_kernel, over_time};
use super::scaling::Scaling;
use super::stack::{OverTime, ServedLayer, glorot, pool, serve, zeros};
use super::{Branch, Served};

/// Output channels and kernel size of each layer.
const LAYERS: [(usize, usize); 4] = [(32, 7), (64, 5), (128, 3), (64, 3)];

/// The network in training.
#[derive(Module, Debug)]
pub struct Seed2d {
    scaling: Scaling,
    layers: Vec<Layer>,
}

/// The network laid out for inference.
#[derive(Module, Debug)]
pub struct Seed2dServed {
    scaling: Scaling,
    layers: Vec<ServedLayer>,
}

#[derive(Module, Debug)]
struct Layer {
    /// out × in × time × columns
    kernel: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    /// Columns of its input.
    width: usize,
}

impl Branch for Seed2d {
    type Served = Seed2dServed;

    fn new(_frames: usize, scale: &ChannelScale, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let (mut inputs, mut width) = (1, CHANNELS);
        let mut layers = Vec::with_capacity(LAYERS.len());
        for (outputs, size) in LAYERS {
            layers.push(Layer {
                kernel: glorot([outputs, inputs, size, size], rng, device),
                bias: zeros(outputs, device),
                width,
            });
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
            let (kernel, bias, width) = layer.over_time();
            pool(over_time(input, kernel, bias), width, Tensor::tanh)
        });
        pooled.flatten(1, 2)
    }

    fn served(&self) -> Seed2dServed {
        let layers = self.layers.iter().map(Layer::over_time);
        Seed2dServed {
            scaling: self.scaling.clone(),
            layers: layers.map(ServedLayer::new).collect(),
        }
    }
}

impl Served for Seed2dServed {
    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        serve(&self.scaling, &self.layers, Tensor::tanh, windows)
    }
}

impl Layer {
    fn over_time(&self) -> OverTime {
        let kernel = fold_kernel(self.kernel.val(), self.width);
        (kernel, fold_bias(self.bias.val(), self.width), self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::PaddingConfig2d;
    use burn::nn::conv::{Conv2d, Conv2dConfig};
    use burn::tensor::module::max_pool2d;
    use burn::tensor::ops::{MaxPoolOptions, PadMode};
    use burn::tensor::{FloatDType, TensorData};
    use rand::{Rng, SeedableRng};

    fn branch(device: &Device) -> Seed2d {
        let scale = ChannelScale {
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
