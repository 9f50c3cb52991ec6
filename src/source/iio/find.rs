//! Finding the devices. Their numbers change from boot to boot, so they are
//! known by the channels they have, or by what the configuration calls them.

use std::path::PathBuf;

use super::sysfs::Attributes;
use super::{IioError, Roots};
use crate::motion::Sensor;

/// Names of the axes in attributes.
pub(super) const AXES: [&str; 3] = ["x", "y", "z"];

/// What the names of a sensor's attributes begin with.
pub(super) const fn prefix(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "in_accel",
        Sensor::Gyroscope => "in_anglvel",
    }
}

/// An IIO device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    pub attributes: Attributes,
    /// Such as `iio:device0`; its node has the same name.
    pub id: String,
    /// What the driver calls it.
    pub name: String,
    /// What the firmware calls it, if it does.
    pub label: Option<String>,
}

impl Device {
    fn has(&self, sensor: Sensor) -> bool {
        let prefix = prefix(sensor);
        AXES.iter().all(|axis| {
            self.attributes.has(&format!("{prefix}_{axis}_raw"))
                || self
                    .attributes
                    .has(&format!("scan_elements/{prefix}_{axis}_en"))
        })
    }

    /// What people know it by.
    pub(super) fn title(&self) -> String {
        match &self.label {
            Some(label) => format!("{} ({}, {label})", self.id, self.name),
            None => format!("{} ({})", self.id, self.name),
        }
    }

    fn is_called(&self, name: &str) -> bool {
        [Some(&self.id), Some(&self.name), self.label.as_ref()].contains(&Some(&name.to_owned()))
    }

    /// Which of several to prefer: sensors behind the screen over those of a
    /// keyboard or a camera (the kernel's ABI has these labels), and one chip
    /// with both sensors, hence one clock, over two.
    fn rank(&self) -> (u8, bool, &str, &str) {
        let place = match self.label.as_deref().and_then(|l| l.rsplit_once('-')) {
            Some((_, "display")) => 0,
            Some((_, "base" | "camera")) => 2,
            _ => 1,
        };
        let both = Sensor::ALL.iter().all(|&sensor| self.has(sensor));
        (place, !both, &self.name, &self.id)
    }
}

/// The devices with the accelerometer and the gyroscope; they may be one.
pub(super) fn both(roots: &Roots, names: [Option<&str>; 2]) -> Result<[Device; 2], IioError> {
    let [accelerometer, gyroscope] = each(roots, names);
    Ok([accelerometer?, gyroscope?])
}

/// For each sensor the device that has it, where there is one.
pub(super) fn each(roots: &Roots, names: [Option<&str>; 2]) -> [Result<Device, IioError>; 2] {
    let devices = all(roots);
    Sensor::ALL.map(|sensor| {
        let name = names[sensor.index()];
        devices
            .iter()
            .filter(|device| device.has(sensor) && name.is_none_or(|n| device.is_called(n)))
            .min_by_key(|device| device.rank())
            .cloned()
            .ok_or_else(|| IioError::NoSensor {
                sensor,
                devices: name.map_or(folder(roots), |name| folder(roots).join(name)),
                seen: list(&devices),
            })
    })
}

fn folder(roots: &Roots) -> PathBuf {
    roots.sysfs.join("bus/iio/devices")
}

fn all(roots: &Roots) -> Vec<Device> {
    let folder = Attributes::of(folder(roots));
    // A kernel without IIO has no such folder, and no devices.
    let entries = folder.list("").unwrap_or_default();
    let devices = entries
        .into_iter()
        .filter(|id| id.starts_with("iio:device"));
    devices
        .map(|id| {
            let attributes = Attributes::of(folder.path(&id));
            Device {
                name: attributes.read("name").unwrap_or_default(),
                label: attributes.read("label").ok().filter(|l| !l.is_empty()),
                attributes,
                id,
            }
        })
        .collect()
}

fn list(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "none (is the driver loaded? else use source.kind = \"stream\")".into();
    }
    let names: Vec<_> = devices.iter().map(Device::title).collect();
    names.join(", ")
}
