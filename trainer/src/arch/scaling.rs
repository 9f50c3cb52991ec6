//! The normalisation layer at the input of every network.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use graspd::motion::CHANNELS;

use super::ChannelScale;

/// Subtracts each channel's mean and divides by its standard deviation.
#[derive(Module, Debug)]
pub(super) struct Scaling {
    pub(super) mean: Tensor<3>,
    pub(super) deviation: Tensor<3>,
}

impl Scaling {
    pub(super) fn new(scale: &ChannelScale, device: &Device) -> Self {
        let channels =
            |of: [f32; CHANNELS]| Tensor::<1>::from_data(of, device).reshape([1, 1, CHANNELS]);
        Self {
            mean: channels(scale.mean),
            deviation: channels(scale.deviation),
        }
    }

    pub(super) fn forward(&self, windows: Tensor<3>) -> Tensor<3> {
        (windows - self.mean.clone()) / self.deviation.clone()
    }
}
