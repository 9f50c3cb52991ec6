//! From a sensor's raw numbers to m/s² or rad/s on the device's axes.

use super::IioError;
use super::device::{AXES, Device, prefix};
use super::mount::MountMatrix;
use super::mount_source::{self, MatrixSource};
use crate::motion::Sensor;

/// `mount × (raw + offset) × scale`, as the kernel's ABI has it.
/// <https://docs.kernel.org/admin-guide/abi-testing.html> (sysfs-bus-iio)
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Conversion {
    /// Scale of each axis: m/s² or rad/s for a raw 1.
    pub scale: [f64; 3],
    /// Offset of each axis, added to the raw number.
    offset: [f64; 3],
    /// Mount matrix of the sensor.
    pub mount: MountMatrix,
    /// Where the mount matrix comes from.
    pub mount_source: MatrixSource,
}

impl Conversion {
    /// Reads scale, offset and mount matrix of `sensor`. The matrix `mount`, if given,
    /// takes precedence over those of udev and the kernel.
    pub(super) fn read(
        device: &Device,
        sensor: Sensor,
        mount: Option<MountMatrix>,
    ) -> Result<Self, IioError> {
        let (mount, mount_source) = mount_source::find(device, sensor, mount)?;
        let mut it = Self {
            scale: [1.0; 3],
            offset: [0.0; 3],
            mount,
            mount_source,
        };
        for (i, axis) in AXES.iter().enumerate() {
            // Required: without a scale the raw numbers have no unit.
            it.scale[i] = number(device, sensor, axis, "scale", SCALE)?;
            let names = names(sensor, axis, "offset");
            if names.iter().any(|name| device.attributes.has(name)) {
                it.offset[i] = number(device, sensor, axis, "offset", OFFSET)?;
            }
        }
        Ok(it)
    }

    /// `raw` converted to m/s² or rad/s on the device's x y z.
    pub(super) fn apply(&self, raw: [i64; 3]) -> [f32; 3] {
        let mut xyz = [0.0; 3];
        for (i, value) in xyz.iter_mut().enumerate() {
            *value = (raw[i] as f64 + self.offset[i]) * self.scale[i];
        }
        self.mount.apply(xyz).map(|value| value as f32)
    }
}

const SCALE: &str = "a number other than 0";
const OFFSET: &str = "a number";

/// Names of an attribute: the axis's own, then the one shared by all axes.
fn names(sensor: Sensor, axis: &str, what: &str) -> [String; 2] {
    let prefix = prefix(sensor);
    [
        format!("{prefix}_{axis}_{what}"),
        format!("{prefix}_{what}"),
    ]
}

/// The axis's own number if it exists and is a number, else the one shared by all axes.
fn number(
    device: &Device,
    sensor: Sensor,
    axis: &str,
    what: &str,
    needed: &'static str,
) -> Result<f64, IioError> {
    let read = |name: &str| {
        let value: f64 = device.attributes.parse(name, needed)?;
        if value.is_finite() && (value != 0.0 || needed == OFFSET) {
            return Ok(value);
        }
        Err(IioError::Nonsense {
            path: device.attributes.path(name),
            found: value.to_string(),
            needed,
        })
    };
    let [own, shared] = names(sensor, axis, what);
    match device.attributes.has(&own) {
        true => read(&own).or_else(|error| read(&shared).map_err(|_| error)),
        false => read(&shared),
    }
}
