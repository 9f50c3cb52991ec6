//! Errors of the kernel's sensors.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use thiserror::Error;

use super::mount::MatrixError;
use super::mount_source::MatrixSource;
use crate::accelerometer_bundle::remedy;
use crate::motion::Sensor;

/// Why motion cannot be read from the kernel's IIO.
#[derive(Debug, Error)]
pub enum IioError {
    /// No device has the sensor, or none that matches the configured name.
    #[error("no {sensor}{} at {}; there is {seen}{}", called(named.as_deref()), devices.display(), remedy(*sensor))]
    NoSensor {
        /// The sensor.
        sensor: Sensor,
        /// The configured name; `None` if the configuration names none.
        named: Option<String>,
        /// The folder that was searched.
        devices: PathBuf,
        /// The devices found there, for the message.
        seen: String,
    },
    /// Another program has the device's node open (EBUSY); only one may.
    #[error("{} is in another program's hands; stop it, or set source.mode = \"polled\"", node.display())]
    Taken {
        /// The device's node.
        node: PathBuf,
    },
    /// A system call failed.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was attempted, as a verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// An attribute has an invalid value.
    #[error("{} is {found:?}, it should be {needed}", path.display())]
    Nonsense {
        /// The attribute.
        path: PathBuf,
        /// Its text.
        found: String,
        /// What is valid.
        needed: &'static str,
    },
    /// The mount matrix given by udev or the kernel is invalid.
    #[error(
        "the mount matrix {found:?} of {device}, from {given_by}, is impossible: {why}; \
         {setting} in the configuration goes before it, such as \"1, 0, 0; 0, 1, 0; 0, 0, 1\" \
         for a sensor that sits as the device does"
    )]
    Matrix {
        /// The device that has the sensor.
        device: String,
        /// Where the matrix comes from.
        given_by: MatrixSource,
        /// Its text.
        found: String,
        /// What is wrong with it.
        why: MatrixError,
        /// The setting that takes precedence over it.
        setting: &'static str,
    },
    /// The device has no buffer that graspd can use.
    #[error("{} {why}", device.display())]
    Unbuffered {
        /// The device's folder.
        device: PathBuf,
        /// What is missing.
        why: &'static str,
    },
    /// The buffer was disabled by another program.
    #[error("somebody has disabled the buffer of {}", device.display())]
    Disabled {
        /// The device's folder.
        device: PathBuf,
    },
    /// An enabled buffer gives no scans.
    #[error("the buffer of {} is enabled and has given nothing for {:.1} s{}", device.display(), silence.as_secs_f64(), triggered(trigger.as_deref()))]
    Silent {
        /// The device's folder.
        device: PathBuf,
        /// How long none has come.
        silence: Duration,
        /// The device's trigger; `None` if it has none.
        trigger: Option<String>,
    },
    /// An enabled buffer gives scans, but with implausible time stamps.
    #[error("the scans of {} have time stamps that cannot be, such as {stamp}", device.display())]
    Untimed {
        /// The device's folder.
        device: PathBuf,
        /// The latest of the stamps, in nanoseconds.
        stamp: i64,
    },
    /// Raw attributes cannot be read, are too slow to read, or belong to a sensor that
    /// is off.
    #[error("{why}")]
    Unpollable {
        /// Which of these, for people.
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

    /// The error of opening a node. EBUSY means that another process has it open: that
    /// is the only lock that IIO knows.
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

    /// Whether a retry may succeed without anybody's help: another program closes the
    /// node, a device is plugged in again, or udev sets the permissions of a new node.
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

    /// Whether this user lacks the permission (EACCES, EPERM).
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
    }

    /// Whether the buffers could be opened and enabled but give no usable scans.
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
