//! The processors and GPUs that a network is trained on; [`remote`] has those of other
//! machines.

pub mod remote;

use burn::tensor::Device;
use clap::ValueEnum;

use crate::build_feature::not_built;

/// Kinds of device, by `--device` name. A default build has the processor only; the cargo
/// features `cuda` and `wgpu` add the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceKind {
    /// The processor, by Burn's own kernels. The same data and options give the
    /// same weights to the bit.
    Cpu,
    /// NVIDIA GPUs, the first ones.
    Cuda,
    /// Any GPU with Vulkan, Metal, DirectX or WebGPU: the system's first choice.
    Wgpu,
}

impl DeviceKind {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Wgpu => "wgpu",
        }
    }

    /// The first `count` devices of this kind. The error says which cargo feature is
    /// missing, or how many devices there are.
    pub fn devices(self, count: usize) -> Result<Vec<Device>, String> {
        let devices = match self {
            // The one processor counts as every device that is asked for.
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
