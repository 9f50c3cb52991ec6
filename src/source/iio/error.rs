//! What can be wrong with a sensor.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use thiserror::Error;

use super::mount::MatrixError;
use super::mount_source::MatrixSource;
use crate::motion::Sensor;

/// Why motion cannot be read from the kernel's IIO.
#[derive(Debug, Error)]
pub enum IioError {
    /// No device has the sensor, or none that the configuration chooses.
    #[error("no {sensor}{} at {}; there is {seen}", called(named.as_deref()), devices.display())]
    NoSensor {
        /// Which sensor.
        sensor: Sensor,
        /// What the configuration calls it, if it does.
        named: Option<String>,
        /// Where devices were looked for.
        devices: PathBuf,
        /// The devices that were seen there.
        seen: String,
    },
    /// Another program reads the device's buffer, and only one may.
    #[error("{} is in another program's hands; stop it, or set source.mode = \"polled\"", node.display())]
    Taken {
        /// The device's node.
        node: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// An attribute says something that makes no sense.
    #[error("{} is {found:?}, it should be {needed}", path.display())]
    Nonsense {
        /// The attribute.
        path: PathBuf,
        /// What it says.
        found: String,
        /// What it should be.
        needed: &'static str,
    },
    /// What udev or the kernel says about how a sensor sits cannot be.
    #[error(
        "the mount matrix {found:?} of {device}, from {given_by}, is impossible: {why}; \
         {setting} in the configuration goes before it, such as \"1, 0, 0; 0, 1, 0; 0, 0, 1\" \
         for a sensor that sits as the device does"
    )]
    Matrix {
        /// The device that has the sensor.
        device: String,
        /// Who says so.
        given_by: MatrixSource,
        /// What is said.
        found: String,
        /// What is wrong with it.
        why: MatrixError,
        /// The setting that goes before it.
        setting: &'static str,
    },
    /// The device has no buffer that graspd could use.
    #[error("{} {why}", device.display())]
    Unbuffered {
        /// The device's folder.
        device: PathBuf,
        /// What it lacks.
        why: &'static str,
    },
    /// Somebody has switched the buffer off.
    #[error("somebody has disabled the buffer of {}", device.display())]
    Disabled {
        /// The device's folder.
        device: PathBuf,
    },
    /// An enabled buffer gives nothing.
    #[error("the buffer of {} is enabled and has given nothing for {:.1} s{}", device.display(), silence.as_secs_f64(), triggered(trigger.as_deref()))]
    Silent {
        /// The device's folder.
        device: PathBuf,
        /// For how long.
        silence: Duration,
        /// The trigger that should make it take its scans, if it has one.
        trigger: Option<String>,
    },
    /// An enabled buffer gives scans, but with times that cannot be.
    #[error("the scans of {} have time stamps that cannot be, such as {stamp}", device.display())]
    Untimed {
        /// The device's folder.
        device: PathBuf,
        /// The last of them, in nanoseconds.
        stamp: i64,
    },
    /// Raw readings are refused, slow, or those of a sensor that is off.
    #[error("{why}")]
    Unpollable {
        /// What is wrong with them.
        why: String,
    },
}

impl IioError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    /// Opening the node is the only lock there is: EBUSY means that somebody
    /// else has it.
    pub(super) fn opening(node: &Path, source: io::Error) -> Self {
        let node = node.to_owned();
        match Errno::from_io_error(&source) {
            Some(Errno::BUSY) => Self::Taken { node },
            _ => Self::Io {
                doing: "open",
                path: node,
                source,
            },
        }
    }

    /// Whether waiting may mend it without anybody's help: a neighbour lets go,
    /// a device is plugged in again, or udev comes round to its node.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Taken { .. }
            | Self::Disabled { .. }
            | Self::Silent { .. }
            | Self::Untimed { .. }
            | Self::Unpollable { .. } => true,
            Self::Io { source, .. } => matches!(
                Errno::from_io_error(source),
                Some(Errno::BUSY | Errno::NODEV | Errno::NXIO | Errno::NOENT | Errno::ACCESS)
            ),
            Self::NoSensor { .. }
            | Self::Nonsense { .. }
            | Self::Matrix { .. }
            | Self::Unbuffered { .. } => false,
        }
    }

    /// Whether this user may not do what was attempted.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
    }

    /// Whether the buffers could be had and enabled, and yet give nothing that
    /// can be used.
    pub(super) fn is_silence(&self) -> bool {
        matches!(self, Self::Silent { .. } | Self::Untimed { .. })
    }
}

fn called(name: Option<&str>) -> String {
    name.map_or(String::new(), |name| format!(" called {name:?}"))
}

fn triggered(trigger: Option<&str>) -> String {
    trigger.map_or(String::new(), |name| format!(" (its trigger is {name})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_another_reads_is_said_to_be_taken_and_may_be_let_go() {
        let error = IioError::opening(Path::new("/dev/iio:device3"), io::Error::from(Errno::BUSY));
        assert!(matches!(error, IioError::Taken { .. }) && error.may_pass());
        let text = error.to_string();
        assert!(
            text.contains("/dev/iio:device3") && text.contains("polled"),
            "{text}"
        );
    }

    #[test]
    fn an_unplugged_device_may_come_back_and_a_strange_one_will_not_change() {
        let gone = IioError::opening(Path::new("n"), io::Error::from(Errno::NODEV));
        assert!(gone.may_pass());
        let strange = IioError::Unbuffered {
            device: "d".into(),
            why: "has no timestamp channel",
        };
        assert!(!strange.may_pass());
    }
}
