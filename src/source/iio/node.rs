//! A device's node, held open.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::fs::OFlags;

use super::IioError;
use super::device::Device;
use super::sysfs::Attributes;

pub(super) const ENABLE: &str = "buffer/enable";

/// An open node. The kernel leaves the buffer enabled and the sensor powered
/// when it is closed, so this disables it first.
pub(super) struct Node {
    pub file: File,
    pub path: PathBuf,
    pub device: Attributes,
}

impl Node {
    /// Opens the node of `device` at `path`, which is the only lock there is, and
    /// disables its buffer.
    pub(super) fn take(device: &Device, path: PathBuf) -> Result<Self, IioError> {
        let nonblock = OFlags::NONBLOCK.bits().cast_signed();
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(nonblock)
            .open(&path)
            .map_err(|e| IioError::opening(&path, e))?;
        let device = device.attributes.clone();
        // What a reader that was killed left running cannot be configured.
        device.write(ENABLE, "0")?;
        Ok(Self { file, path, device })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // An unplugged device has nothing left to disable.
        let _ = self.device.write(ENABLE, "0");
    }
}

/// Disables the buffer of `device` where a reader that was killed left it
/// enabled, and says whether it had. One that somebody reads is left alone.
pub(super) fn release(device: &Device, node: PathBuf) -> Result<bool, IioError> {
    if !device.attributes.has(ENABLE) || device.attributes.read(ENABLE)? == "0" {
        return Ok(false);
    }
    match Node::take(device, node) {
        Ok(_) => Ok(true),
        Err(IioError::Taken { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
