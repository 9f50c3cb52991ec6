//! From a sensor's numbers to m/s² or rad/s on the device's axes.

use std::fs;
use std::path::PathBuf;

use super::find::{AXES, Device, prefix};
use super::mount::MountMatrix;
use super::{IioError, Roots};
use crate::motion::Sensor;

/// `mount × (raw + offset) × scale`, as the kernel's ABI has it.
/// <https://docs.kernel.org/admin-guide/abi-testing.html> (sysfs-bus-iio)
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Conversion {
    scale: [f64; 3],
    offset: [f64; 3],
    mount: MountMatrix,
}

impl Conversion {
    /// Reads what the driver says about `sensor`. `mount` goes before what
    /// kernel and udev say about how it sits.
    pub(super) fn read(
        device: &Device,
        sensor: Sensor,
        mount: Option<MountMatrix>,
        roots: &Roots,
    ) -> Result<Self, IioError> {
        let mount = match mount {
            Some(mount) => mount,
            None => mount_matrix(device, sensor, roots)?,
        };
        let mut it = Self {
            scale: [1.0; 3],
            offset: [0.0; 3],
            mount,
        };
        for (i, axis) in AXES.iter().enumerate() {
            // Without a scale nobody knows what the numbers mean.
            it.scale[i] = number(device, sensor, axis, "scale")?;
            if is_there(device, sensor, axis, "offset") {
                it.offset[i] = number(device, sensor, axis, "offset")?;
            }
        }
        Ok(it)
    }

    /// What a raw 1 is on each axis, in m/s² or rad/s.
    pub(super) fn scale(&self) -> [f64; 3] {
        self.scale
    }

    /// How the sensor sits.
    pub(super) fn mount(&self) -> MountMatrix {
        self.mount
    }

    /// The x y z that the numbers stand for.
    pub(super) fn apply(&self, raw: [i64; 3]) -> [f32; 3] {
        let mut xyz = [0.0; 3];
        for (i, value) in xyz.iter_mut().enumerate() {
            *value = (raw[i] as f64 + self.offset[i]) * self.scale[i];
        }
        self.mount.apply(xyz).map(|value| value as f32)
    }
}

/// An attribute is the axis's own or all axes'.
fn names(sensor: Sensor, axis: &str, what: &str) -> [String; 2] {
    let prefix = prefix(sensor);
    [
        format!("{prefix}_{axis}_{what}"),
        format!("{prefix}_{what}"),
    ]
}

fn is_there(device: &Device, sensor: Sensor, axis: &str, what: &str) -> bool {
    let mut names = names(sensor, axis, what).into_iter();
    names.any(|name| device.attributes.has(&name))
}

fn number(device: &Device, sensor: Sensor, axis: &str, what: &str) -> Result<f64, IioError> {
    let [own, shared] = names(sensor, axis, what);
    let name = if device.attributes.has(&own) {
        own
    } else {
        shared
    };
    let needed = "a number other than 0";
    let value: f64 = device.attributes.parse(&name, needed)?;
    if value.is_finite() && (value != 0.0 || what == "offset") {
        return Ok(value);
    }
    Err(IioError::Nonsense {
        path: device.attributes.path(&name),
        found: value.to_string(),
        needed,
    })
}

const NEEDED_MATRIX: &str = "a rotation such as 1, 0, 0; 0, 1, 0; 0, 0, 1";

/// udev's word on an accelerometer mends what the kernel does not know or has
/// wrong, so it comes first. A sensor of which nobody says anything sits as the
/// device does.
fn mount_matrix(device: &Device, sensor: Sensor, roots: &Roots) -> Result<MountMatrix, IioError> {
    if sensor == Sensor::Accelerometer
        && let Some((path, text)) = udev_matrix(device, roots)
    {
        return text.parse().map_err(|()| IioError::Nonsense {
            path,
            found: text,
            needed: NEEDED_MATRIX,
        });
    }
    let own = format!("{}_mount_matrix", prefix(sensor));
    let names = [own.as_str(), "in_mount_matrix", "mount_matrix"];
    match names.iter().find(|name| device.attributes.has(name)) {
        Some(name) => device.attributes.parse(name, NEEDED_MATRIX),
        None => Ok(MountMatrix::IDENTITY),
    }
}

/// `ACCEL_MOUNT_MATRIX` in udev's record of the device, which is named after
/// the numbers of its node.
fn udev_matrix(device: &Device, roots: &Roots) -> Option<(PathBuf, String)> {
    let numbers = device.attributes.read("dev").ok()?;
    let path = roots.udev.join(format!("c{numbers}"));
    let record = fs::read_to_string(&path).ok()?;
    let text = record
        .lines()
        .find_map(|line| line.strip_prefix("E:ACCEL_MOUNT_MATRIX="))?;
    Some((path, text.to_owned()))
}
