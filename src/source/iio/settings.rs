//! Which sensors to read, and how.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Hertz, MountMatrix};
use crate::motion::{Channels, Sensor};

/// How to read sensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Buffered if that works, else polled.
    Auto,
    /// From the kernel's buffer: the CPU sleeps until the watermark is reached.
    Buffered,
    /// From the raw attributes, which leaves the buffer to other programs.
    Polled,
}

/// Where the kernel's and udev's files are.
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
    /// The folder of the IIO devices.
    pub(super) fn devices(&self) -> PathBuf {
        self.sysfs.join("bus/iio/devices")
    }

    /// The same folders below `root`.
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

/// What the configuration says about one sensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// The device's name, label, place (`display`, `base`, `camera`) or id
    /// (`iio:device0`); `None` to choose by channels and place.
    pub name: Option<String>,
    /// Mount matrix; `None` for that of udev or the kernel.
    pub mount: Option<MountMatrix>,
}

/// The settings for reading the sensors.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where the kernel's and udev's files are.
    pub roots: Roots,
    /// The sensors that are read.
    pub channels: Channels,
    /// Buffered or polled.
    pub mode: Mode,
    /// For the accelerometer and the gyroscope.
    pub choices: [Choice; 2],
    /// The wanted sampling rate; drivers may round it up.
    pub rate: Hertz,
    /// How long samples may stay in the buffer before they are read.
    pub hop: Duration,
}

impl Settings {
    pub(super) fn names(&self) -> [Option<&str>; 2] {
        Sensor::ALL.map(|sensor| self.choices[sensor.index()].name.as_deref())
    }
}
