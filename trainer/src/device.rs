//! What a network is trained on.

use burn::tensor::Device;
use clap::ValueEnum;

/// Devices by name. The default build has the processor only; the cargo features
/// `cuda` and `wgpu` add theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Compute {
    /// The processor, by Burn's own kernels. The same data and options give the
    /// same weights to the bit.
    Cpu,
    /// An NVIDIA GPU, the first one.
    Cuda,
    /// Any GPU with Vulkan, Metal, DirectX or WebGPU, the system's first choice.
    Wgpu,
}

impl Compute {
    /// As the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Wgpu => "wgpu",
        }
    }

    /// The device to train on, or how to build what has it.
    pub fn device(self) -> Result<Device, String> {
        let device = match self {
            Self::Cpu => Some(Device::flex()),
            Self::Cuda => cuda(),
            Self::Wgpu => wgpu(),
        };
        device.ok_or_else(|| {
            let name = self.name();
            format!(
                "this grasp-train was built without {name}: \
                 cargo build --release --package grasp-train --features {name}"
            )
        })
    }
}

#[cfg(feature = "cuda")]
fn cuda() -> Option<Device> {
    Some(Device::cuda(0))
}

#[cfg(not(feature = "cuda"))]
fn cuda() -> Option<Device> {
    None
}

#[cfg(feature = "wgpu")]
fn wgpu() -> Option<Device> {
    Some(Device::wgpu(Default::default()))
}

#[cfg(not(feature = "wgpu"))]
fn wgpu() -> Option<Device> {
    None
}
