//! `seed-1d`: the original 1-D branch.
//!
//! Four "same" convolutions over time (32 of 11, 64 of 5, 128 and 64 of 3), ELU
//! after each, and after that a max pooling by 2; what is left, 64 × 32 of a
//! 500-frame window, is flattened.
//!
//! How the original pools an odd length is not known (its 1-D pooling may have
//! dropped the last frame). It is "same" here, as in [`super::seed2d`], so that no
//! frame is lost and both branches have embeddings of one length.

use burn::module::{Module, Param};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use graspd::motion::CHANNELS;
use rand_chacha::ChaCha8Rng;

use super::ChannelScale;
use super::conv::over_time;
use super::scaling::Scaling;
use super::stack::{OverTime, ServedLayer, glorot, pool, serve, zeros};
use super::{Branch, Served};

/// Output channels and kernel length of each layer.
const LAYERS: [(usize, usize); 4] = [(32, 11), (64, 5), (128, 3), (64, 3)];

/// The network in training.
#[derive(Module, Debug)]
pub struct Seed1d {
    scaling: Scaling,
    layers: Vec<Layer>,
}

/// The network laid out for inference.
#[derive(Module, Debug)]
pub struct Seed1dServed {
    scaling: Scaling,
    layers: Vec<ServedLayer>,
}

#[derive(Module, Debug)]
struct Layer {
    /// out × in × time
    kernel: Param<Tensor<3>>,
    bias: Param<Tensor<1>>,
}

impl Branch for Seed1d {
    type Served = Seed1dServed;

    fn new(_frames: usize, scale: &ChannelScale, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let mut inputs = CHANNELS;
        let mut layers = Vec::with_capacity(LAYERS.len());
        for (outputs, taps) in LAYERS {
            layers.push(Layer {
                kernel: glorot([outputs, inputs, taps], rng, device),
                bias: zeros(outputs, device),
            });
            inputs = outputs;
        }
        Self {
            scaling: Scaling::new(scale, device),
            layers,
        }
    }

    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        let scaled = self.scaling.forward(windows).swap_dims(1, 2);
        let pooled = self.layers.iter().fold(scaled, |input, layer| {
            let (kernel, bias, width) = layer.over_time();
            pool(over_time(input, kernel, bias), width, elu)
        });
        pooled.flatten(1, 2)
    }

    fn served(&self) -> Seed1dServed {
        let layers = self.layers.iter().map(Layer::over_time);
        Seed1dServed {
            scaling: self.scaling.clone(),
            layers: layers.map(ServedLayer::new).collect(),
        }
    }
}

impl Served for Seed1dServed {
    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        serve(&self.scaling, &self.layers, elu, windows)
    }
}

impl Layer {
    fn over_time(&self) -> OverTime {
        (self.kernel.val(), self.bias.val(), 1)
    }
}

/// x above 0, exp(x) − 1 below. Clevert, Unterthiner and Hochreiter 2016,
/// <https://arxiv.org/abs/1511.07289>. Only what is below 0 is raised: exp of a
/// large x is infinite, and its gradient not a number even where it is unused.
fn elu(input: Tensor<4>) -> Tensor<4> {
    let below = relu(input.clone().mul_scalar(-1.0)).mul_scalar(-1.0);
    relu(input) + below.exp().sub_scalar(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::PaddingConfig1d;
    use burn::nn::conv::{Conv1d, Conv1dConfig};
    use burn::tensor::TensorData;
    use burn::tensor::activation;
    use burn::tensor::module::max_pool1d;
    use burn::tensor::ops::{MaxPoolOptions, PadMode};
    use rand::{Rng, SeedableRng};

    fn branch(device: &Device) -> Seed1d {
        let scale = ChannelScale {
            mean: [0.1, -0.2, 9.0, 0.0, 0.3, -0.1],
            deviation: [1.0, 2.0, 0.5, 0.1, 0.2, 3.0],
        };
        Seed1d::new(500, &scale, &mut ChaCha8Rng::seed_from_u64(7), device)
    }

    fn windows(frames: usize, device: &Device) -> Tensor<3> {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let values = (0..3 * frames * CHANNELS).map(|_| rng.random_range(-4.0..4.0f32));
        Tensor::from_data(
            TensorData::new(values.collect(), [3, frames, CHANNELS]),
            device,
        )
    }

    /// The network word for word: "same" convolution, ELU, then a pooling by 2 of
    /// what is padded at its end to an even length with less than ELU ever gives.
    fn word_for_word(branch: &Seed1d, windows: Tensor<3>) -> Tensor<3> {
        let input = branch.scaling.forward(windows).swap_dims(1, 2);
        branch.layers.iter().fold(input, |input, layer| {
            let [outputs, inputs, taps] = layer.kernel.dims();
            let convolution = Conv1d {
                weight: layer.kernel.clone(),
                bias: Some(layer.bias.clone()),
                ..Conv1dConfig::new(inputs, outputs, taps)
                    .with_padding(PaddingConfig1d::Same)
                    .init(&input.device())
            };
            let output = activation::elu(convolution.forward(input), 1.0);
            let [_, _, time] = output.dims();
            let ends = [(0, 0), (0, 0), (0, time % 2)];
            let padded = output.pad(ends, PadMode::Constant(-2.0));
            max_pool1d(padded, MaxPoolOptions::new([2]).with_stride([2]))
        })
    }

    fn furthest(a: Tensor<2>, b: Tensor<2>) -> f32 {
        assert_eq!(a.dims(), b.dims());
        (a - b).abs().max().into_scalar()
    }

    #[test]
    fn has_the_weights_of_the_original() {
        let branch = branch(&Device::flex());
        assert_eq!(branch.num_params(), 61_792);
        let shapes: Vec<_> = branch.layers.iter().map(|l| l.kernel.dims()).collect();
        assert_eq!(
            shapes,
            [[32, 6, 11], [64, 32, 5], [128, 64, 3], [64, 128, 3]]
        );
    }

    #[test]
    fn every_form_is_the_original_network() {
        let device = Device::flex();
        let branch = branch(&device);
        for (frames, left) in [(500, 32), (128, 8)] {
            let windows = windows(frames, &device);
            let original = word_for_word(&branch, windows.clone());
            assert_eq!(original.dims(), [3, 64, left]);
            let original: Tensor<2> = original.flatten(1, 2);
            assert!(furthest(branch.embed(windows.clone()), original.clone()) < 1e-5);
            assert!(furthest(branch.served().embed(windows), original) < 1e-5);
        }
    }

    #[test]
    fn values_of_any_size_leave_the_gradient_finite() {
        let device = Device::flex().autodiff();
        let far = [-1e30f32, -200.0, -1.0, 0.5, 200.0, 1e30];
        let input = Tensor::<1>::from_data(far, &device)
            .reshape([1, 1, 1, 6])
            .require_grad();
        let gradient = input
            .grad(&elu(input.clone()).sum().backward())
            .expect("a gradient");
        let slopes: Vec<f32> = gradient.into_data().iter::<f32>().collect();
        let expected = [0.0, 0.0, (-1.0f32).exp(), 1.0, 1.0, 1.0];
        for (slope, expected) in slopes.iter().zip(expected) {
            assert!((slope - expected).abs() < 1e-6, "{slopes:?}");
        }
    }
}
