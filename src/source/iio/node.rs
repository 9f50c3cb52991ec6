//! A device's node, held open.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::fs::OFlags;

use super::IioError;
use super::device::Device;
use super::sysfs::Attributes;

pub(super) const ENABLE: &str = "buffer/enable";

/// An open node. Closing it leaves the buffer enabled and the sensor powered (the
/// kernel does not disable it), so dropping this disables the buffer first.
pub(super) struct Node {
    pub file: File,
    pub path: PathBuf,
    pub device: Attributes,
}

impl Node {
    /// Opens the node of `device` at `path`, which only one process can (EBUSY), and
    /// disables its buffer.
    pub(super) fn take(device: &Device, path: PathBuf) -> Result<Self, IioError> {
        let nonblock = OFlags::NONBLOCK.bits().cast_signed();
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(nonblock)
            .open(&path)
            .map_err(|e| IioError::opening(&path, e))?;
        let device = device.attributes.clone();
        // A buffer that a killed reader left enabled cannot be set up.
        device.write(ENABLE, "0")?;
        Ok(Self { file, path, device })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Fails for an unplugged device, which has no buffer to disable.
        let _ = self.device.write(ENABLE, "0");
    }
}

/// Disables the buffer of `device` if a killed reader left it enabled; whether it was
/// enabled. A device whose node another process has open is skipped.
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
