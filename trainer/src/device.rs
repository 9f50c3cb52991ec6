//! What a network is trained on.

use burn::tensor::Device;
use clap::ValueEnum;

use crate::feature::not_built;

/// Devices by name. The default build has the processor only; the cargo features
/// `cuda` and `wgpu` add theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Compute {
    /// The processor, by Burn's own kernels. The same data and options give the
    /// same weights to the bit.
    Cpu,
    /// NVIDIA GPUs, the first ones.
    Cuda,
    /// Any GPU with Vulkan, Metal, DirectX or WebGPU: the system's first choice.
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

    /// `count` devices of the kind, or how to get them.
    pub fn devices(self, count: usize) -> Result<Vec<Device>, String> {
        let devices = match self {
            // One processor stands in for as many as are wanted.
            Self::Cpu => Some(vec![Device::flex(); count]),
            Self::Cuda => cuda(count),
            Self::Wgpu => wgpu(count),
        };
        let name = self.name();
        let devices = devices.ok_or_else(|| not_built(name))?;
        match devices.len() {
            there if there < count => Err(format!(
                "--devices {count}: {name} finds only {there} on this machine"
            )),
            _ => Ok(devices),
        }
    }
}

#[cfg(feature = "cuda")]
fn cuda(count: usize) -> Option<Vec<Device>> {
    use burn::tensor::DeviceType;
    match count {
        1 => Some(vec![Device::cuda(0)]),
        _ => Some(
            Device::enumerate(DeviceType::Cuda)
                .into_iter()
                .take(count)
                .collect(),
        ),
    }
}

#[cfg(not(feature = "cuda"))]
fn cuda(_: usize) -> Option<Vec<Device>> {
    None
}

#[cfg(feature = "wgpu")]
fn wgpu(count: usize) -> Option<Vec<Device>> {
    use burn::tensor::DeviceType;
    match count {
        1 => Some(vec![Device::wgpu(Default::default())]),
        _ => Some(
            Device::enumerate(DeviceType::Wgpu)
                .into_iter()
                .take(count)
                .collect(),
        ),
    }
}

#[cfg(not(feature = "wgpu"))]
fn wgpu(_: usize) -> Option<Vec<Device>> {
    None
}
