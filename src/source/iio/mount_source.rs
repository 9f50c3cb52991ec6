//! Chooses the mount matrix of a sensor: from the configuration, else udev, else the
//! kernel.

use std::fmt;
use std::path::PathBuf;

use super::IioError;
use super::device::{Device, prefix};
use super::mount::MountMatrix;
use crate::motion::Sensor;

/// Where a mount matrix comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatrixSource {
    /// The configuration's [`setting`].
    Configuration,
    /// udev's property `ACCEL_MOUNT_MATRIX`, in this file.
    Udev(PathBuf),
    /// The kernel, in this attribute.
    Attribute(PathBuf),
    /// No source gives one: the sensor's axes are taken for the device's.
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

/// The setting that takes precedence over udev and the kernel.
pub(super) const fn setting(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "source.accelerometer_matrix",
        Sensor::Gyroscope => "source.gyroscope_matrix",
    }
}

/// The mount matrix of `sensor` of `device`, and its source. udev's database corrects
/// matrices that the kernel lacks or has wrong, so it comes before the kernel; it has
/// them for accelerometers only. An empty source is skipped. An invalid one is an
/// error, because another matrix than at enrolment would turn the same motion into
/// other samples.
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

/// Whether the text stands for no matrix. Kernels print `(null)` for the numbers of a
/// matrix that the firmware leaves out.
fn says_nothing(text: &str) -> bool {
    text.replace("(null)", "")
        .chars()
        .all(|c| matches!(c, ',' | ';') || c.is_whitespace())
}
