//! Data-parallel gradients: every device has a copy of the branch and computes the
//! gradients of its share of each batch.
//!
//! As in Burn's `ExecutionStrategy::MultiDevice` with `MultiDeviceOptim::OptimMainDevice`,
//! the branch is forked onto each device, and gradients are summed on the first, where the
//! optimiser takes its step. A share's loss is weighted by its part of the batch, so that
//! the sum is the gradient of the batch's mean loss for any number of devices.

use std::any::Any;
use std::thread;

use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor};
use thiserror::Error;

/// Devices that share each batch; the weights are on the first.
#[derive(Debug, Clone)]
pub struct DeviceGroup {
    first: Device,
    others: Vec<Device>,
}

/// A device failed during a step, for example because its machine was disconnected.
#[derive(Debug, Error)]
#[error("device {number} of {of} gave up: {why}")]
pub struct DeviceLost {
    /// Which, counted from 1.
    pub number: usize,
    /// Number of devices.
    pub of: usize,
    /// Its error.
    pub why: String,
}

impl DeviceGroup {
    /// A group of `devices`; `None` if there are none.
    pub fn new(devices: impl IntoIterator<Item = Device>) -> Option<Self> {
        let mut devices = devices.into_iter().map(Device::autodiff);
        Some(Self {
            first: devices.next()?,
            others: devices.collect(),
        })
    }

    /// The device that holds the weights.
    pub fn first(&self) -> &Device {
        &self.first
    }

    /// Number of devices.
    pub fn size(&self) -> usize {
        1 + self.others.len()
    }

    /// Gradients and value of the mean loss of `batch`, on the first device. `loss` computes
    /// the mean loss of a share with a branch on that share's device.
    pub fn gradients<B: Module, T: Sync>(
        &self,
        branch: &B,
        batch: &[T],
        loss: impl Fn(&B, &[T], &Device) -> Tensor<1> + Sync,
    ) -> Result<(GradientsParams, f64), DeviceLost> {
        let of_share = |branch: B, share: &[T], device: &Device| {
            let branch = branch.fork(device);
            let part = share.len() as f64 / batch.len() as f64;
            let loss = loss(&branch, share, device) * part;
            let gradients = GradientsParams::from_grads(loss.backward(), &branch);
            let loss = loss.try_into_scalar::<f32>().map_err(|e| e.to_string())?;
            Ok((gradients.to_device(&self.first, &branch), f64::from(loss)))
        };
        let shares = batch.chunks(batch.len().div_ceil(self.size()).max(1));
        let devices = std::iter::once(&self.first).chain(&self.others);
        let learnt: Vec<_> = thread::scope(|scope| {
            let of_share = &of_share;
            let running: Vec<_> = shares
                .zip(devices)
                .map(|(share, device)| {
                    let branch = branch.clone();
                    scope.spawn(move || of_share(branch, share, device))
                })
                .collect();
            running.into_iter().map(|share| share.join()).collect()
        });

        // In the order of the devices, so that sums round alike every time.
        let (mut sum, mut mean) = (GradientsAccumulator::new(), 0.0);
        for (index, share) in learnt.into_iter().enumerate() {
            let share = share.unwrap_or_else(|panic| Err(said(panic.as_ref())));
            let (gradients, loss) = share.map_err(|why| DeviceLost {
                number: index + 1,
                of: self.size(),
                why: why.lines().collect::<Vec<_>>().join(" "),
            })?;
            sum.accumulate(branch, gradients);
            mean += loss;
        }
        Ok((sum.grads(), mean))
    }
}

/// Text of a panic, which is how Burn mostly reports a lost device.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it did not say why").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::module::Param;
    use burn::tensor::distributed::{DistributedConfig, DistributedContext, ReduceOperation};
    use proptest::prelude::*;

    /// y = x·w, so that gradients are known.
    #[derive(Module, Debug)]
    struct Line {
        w: Param<Tensor<1>>,
    }

    fn group(size: usize) -> DeviceGroup {
        DeviceGroup::new(vec![Device::flex(); size]).unwrap()
    }

    fn squares(line: &Line, share: &[f32], device: &Device) -> Tensor<1> {
        let x = Tensor::<1>::from_data(share, device);
        (x * line.w.val()).powi_scalar(2).mean()
    }

    proptest! {
        /// d/dw of the mean of (x·w)² is 2·w·mean(x²), however it is shared out.
        #[test]
        fn shares_come_to_the_mean_of_the_whole(
            batch in prop::collection::vec(-4.0f32..4.0, 1..20),
            size in 1usize..6,
        ) {
            let group = group(size);
            let line = Line { w: Param::from_data([0.5f32], group.first()) };
            let (gradients, loss) = group.gradients(&line, &batch, squares).unwrap();
            let gradient: f32 = gradients.get::<1>(line.w.id).unwrap().into_scalar();
            let mean = batch.iter().map(|x| f64::from(x * x)).sum::<f64>() / batch.len() as f64;
            prop_assert!((f64::from(gradient) - mean).abs() < 1e-5, "{} {}", gradient, mean);
            prop_assert!((loss - mean / 4.0).abs() < 1e-5, "{} {}", loss, mean / 4.0);
        }
    }

    #[test]
    fn a_device_that_gives_up_is_named() {
        let group = group(3);
        let line = Line {
            w: Param::from_data([0.5f32], group.first()),
        };
        let loss = |line: &Line, share: &[f32], device: &Device| {
            assert!(!share.contains(&3.0), "the cable is out");
            squares(line, share, device)
        };
        let lost = group.gradients(&line, &[1.0, 2.0, 3.0], loss).unwrap_err();
        assert_eq!(lost.to_string(), "device 3 of 3 gave up: the cable is out");
    }

    /// Why gradients are not averaged by Burn's all-reduce: when this fails,
    /// `Tensor::set_distributed` has come within reach.
    #[test]
    #[should_panic(expected = "Distributed operations are not supported for device")]
    fn burns_all_reduce_is_not_for_processors() {
        let config = DistributedConfig {
            all_reduce_op: ReduceOperation::Mean,
        };
        DistributedContext::init(vec![Device::flex().autodiff(); 2], config);
    }
}
