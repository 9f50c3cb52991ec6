//! Where the mount matrix of a sensor comes from: the configuration, udev, or
//! the kernel, in this order.

use std::fmt;
use std::path::PathBuf;

use super::IioError;
use super::device::{Device, prefix};
use super::mount::MountMatrix;
use crate::motion::Sensor;

/// Who says how a sensor sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatrixSource {
    /// The configuration's [`setting`].
    Configuration,
    /// udev's property `ACCEL_MOUNT_MATRIX`, in this record.
    Udev(PathBuf),
    /// The kernel, in this attribute.
    Attribute(PathBuf),
    /// Nobody, so it sits as the device does.
    Nobody,
}

impl fmt::Display for MatrixSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration => f.write_str("the configuration"),
            Self::Udev(record) => write!(
                f,
                "udev's property ACCEL_MOUNT_MATRIX in {}",
                record.display()
            ),
            Self::Attribute(path) => write!(f, "the kernel's {}", path.display()),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

/// The setting that goes before what udev and the kernel say.
pub(super) const fn setting(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "source.accelerometer_matrix",
        Sensor::Gyroscope => "source.gyroscope_matrix",
    }
}

/// How `sensor` of `device` sits. udev's word on an accelerometer mends what the
/// kernel does not know or has wrong. A source that is empty says nothing, and
/// the next is asked; one that is wrong is an error, because a guess would make
/// the same motion look different than when its owner enrolled.
pub(super) fn find(
    device: &Device,
    sensor: Sensor,
    configured: Option<MountMatrix>,
) -> Result<(MountMatrix, MatrixSource), IioError> {
    if let Some(matrix) = configured {
        return Ok((matrix, MatrixSource::Configuration));
    }
    let (text, given_by) = match of_udev(device, sensor) {
        Some(found) => found,
        None => match of_kernel(device, sensor)? {
            Some(found) => found,
            None => return Ok((MountMatrix::IDENTITY, MatrixSource::Nobody)),
        },
    };
    match text.parse() {
        Ok(matrix) => Ok((matrix, given_by)),
        Err(why) => Err(IioError::Matrix {
            device: device.title(),
            given_by,
            found: text,
            why,
            setting: setting(sensor),
        }),
    }
}

fn of_udev(device: &Device, sensor: Sensor) -> Option<(String, MatrixSource)> {
    let record = (sensor == Sensor::Accelerometer).then_some(device.record.as_ref()?)?;
    let text = record.property("ACCEL_MOUNT_MATRIX")?;
    let given_by = MatrixSource::Udev(record.path().to_owned());
    Some((text.to_owned(), given_by))
}

fn of_kernel(device: &Device, sensor: Sensor) -> Result<Option<(String, MatrixSource)>, IioError> {
    let own = format!("{}_mount_matrix", prefix(sensor));
    for name in [own.as_str(), "in_mount_matrix", "mount_matrix"] {
        if !device.attributes.has(name) {
            continue;
        }
        let text = device.attributes.read(name)?;
        if !says_nothing(&text) {
            let given_by = MatrixSource::Attribute(device.attributes.path(name));
            return Ok(Some((text, given_by)));
        }
    }
    Ok(None)
}

/// Kernels print `(null)` for the numbers of a matrix that firmware left out.
fn says_nothing(text: &str) -> bool {
    text.replace("(null)", "")
        .chars()
        .all(|c| matches!(c, ',' | ';') || c.is_whitespace())
}
