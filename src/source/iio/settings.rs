//! Which sensors to read, and how.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Hertz, MountMatrix};
use crate::motion::Sensor;

/// How to read sensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Buffered if it can be, else polled.
    Auto,
    /// The kernel collects; the CPU sleeps in between.
    Buffered,
    /// One reading at a time, which leaves the buffer to others.
    Polled,
}

/// Where the kernel and udev show devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots {
    /// `/sys`
    pub sysfs: PathBuf,
    /// `/dev`
    pub dev: PathBuf,
    /// udev's records, `/run/udev/data`
    pub udev: PathBuf,
}

impl Roots {
    /// The folder with the kernel's IIO devices.
    pub(super) fn devices(&self) -> PathBuf {
        self.sysfs.join("bus/iio/devices")
    }

    /// These folders below `root`.
    pub fn under(root: &Path) -> Self {
        Self {
            sysfs: root.join("sys"),
            dev: root.join("dev"),
            udev: root.join("run/udev/data"),
        }
    }
}

impl Default for Roots {
    fn default() -> Self {
        Self::under(Path::new("/"))
    }
}

/// What the configuration has to say about one sensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// The device's name, label, place (`display`, `base`, `camera`) or id
    /// (`iio:device0`); else it is found by its channels and its place.
    pub name: Option<String>,
    /// How it sits; else as the kernel and udev say.
    pub mount: Option<MountMatrix>,
}

/// Which sensors to read, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where devices are.
    pub roots: Roots,
    /// Buffered or polled.
    pub mode: Mode,
    /// For the accelerometer and the gyroscope.
    pub choices: [Choice; 2],
    /// The rate wanted; drivers may round it up.
    pub rate: Hertz,
    /// How long samples may be collected before they are wanted.
    pub hop: Duration,
}

impl Settings {
    pub(super) fn names(&self) -> [Option<&str>; 2] {
        Sensor::ALL.map(|sensor| self.choices[sensor.index()].name.as_deref())
    }
}
