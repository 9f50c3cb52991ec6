//! The network architectures.

mod channel_scale;
mod conv;
mod scaling;
mod seed1d;
mod seed2d;
mod stack;
mod taken_channels;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use clap::ValueEnum;
use rand_chacha::ChaCha8Rng;

pub use channel_scale::ChannelScale;
pub use seed1d::{Seed1d, Seed1dServed};
pub use seed2d::{Seed2d, Seed2dServed};
pub use taken_channels::TakenChannels;

/// One arm of a Siamese network: turns windows into embeddings.
pub trait Branch: Module {
    /// The same function laid out for inference; exported graphs are made from it.
    type Served: Served;

    /// A network with random weights for windows of `frames` frames.
    fn new(frames: usize, scale: &ChannelScale, rng: &mut ChaCha8Rng, device: &Device) -> Self;

    /// Embeddings of windows: batch × frames × 6 to batch × embedding.
    fn embed(&self, windows: Tensor<3>) -> Tensor<2>;

    /// Lays the weights out for inference.
    fn served(&self) -> Self::Served;
}

/// A network laid out for inference.
pub trait Served: Module {
    /// Embeddings of windows: batch × frames × channels to batch × embedding.
    fn embed(&self, windows: Tensor<3>) -> Tensor<2>;
}

/// Architectures, by `--arch` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Arch {
    /// Four 2-D convolutions over time × channels with tanh, flattened: 200,512
    /// weights, a 2,048-d embedding of a 5 s window.
    #[value(name = "seed-2d")]
    Seed2d,
    /// Four 1-D convolutions over time with ELU, flattened: 61,792 weights, a
    /// 2,048-d embedding of a 5 s window.
    #[value(name = "seed-1d")]
    Seed1d,
    /// Log power in bands, how it varies, and how axes move together: 183 numbers
    /// (87 of the accelerometer alone) of any window, with a cohort of the people that it is made with. Nothing is
    /// trained in epochs: the options for that say nothing.
    #[value(name = "spectral")]
    Spectral,
    /// The numbers of `spectral` through three small networks, trained by a supervised
    /// contrastive loss so that windows of one person come near each other: 192 numbers of
    /// any window, with a cohort. Of the options for training only `--seed` counts.
    #[value(name = "contrastive")]
    Contrastive,
}

impl Arch {
    /// Its name on the command line and in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seed2d => "seed-2d",
            Self::Seed1d => "seed-1d",
            Self::Spectral => "spectral",
            Self::Contrastive => "contrastive",
        }
    }

    /// Whether the bundle has a cohort, and nothing is trained on pairs in epochs.
    pub fn has_cohort(self) -> bool {
        matches!(self, Self::Spectral | Self::Contrastive)
    }
}
