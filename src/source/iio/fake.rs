//! A tree in a temporary folder with the layout of sysfs, `/dev` and udev's records:
//! attributes are files, a node is a FIFO that the test writes scans into. Unlike a
//! kernel it accepts every value written to an attribute.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, Mode as Permissions, mkfifoat};

use super::{Choice, Hertz, IioSource, Mode, Roots, Settings};
use crate::motion::{Channels, Sample};
use crate::source::system_clock::boottime;
use crate::source::{Reading, Source};

pub(crate) struct Fake {
    dir: tempfile::TempDir,
}

impl Fake {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["sys/bus/iio/devices", "dev", "run/udev/data"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        Self { dir }
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Settings for this tree: buffered, 100 Hz, a hop of 0.1 s.
    pub fn settings(&self) -> Settings {
        Settings {
            roots: Roots::under(self.root()),
            channels: Channels::default(),
            mode: Mode::Buffered,
            choices: [Choice::default(), Choice::default()],
            rate: Hertz(100.0),
            hop: Duration::from_millis(100),
        }
    }

    pub fn open(&self) -> IioSource {
        IioSource::open(self.settings()).unwrap()
    }

    /// A device with these attributes and scan elements, and its node.
    pub fn device(
        &self,
        number: u32,
        attributes: &[(&str, &str)],
        scan: &[(&str, &str)],
    ) -> FakeDevice {
        let id = format!("iio:device{number}");
        let node = self.root().join("dev").join(&id);
        mkfifoat(CWD, &node, Permissions::from(0o600)).unwrap();
        let device = FakeDevice {
            folder: self.root().join("sys/bus/iio/devices").join(id),
            pipe: OpenOptions::new()
                .read(true)
                .write(true)
                .open(&node)
                .unwrap(),
            node,
        };
        device.set("current_timestamp_clock", "realtime\n\0");
        for (name, value) in [("enable", "0\n"), ("length", "2\n"), ("watermark", "1\n")] {
            device.set(&format!("buffer/{name}"), value);
        }
        for (name, value) in attributes {
            device.set(name, value);
        }
        for ((name, form), index) in scan.iter().zip(0..) {
            device.set(&format!("scan_elements/{name}_en"), "0\n");
            device.set(
                &format!("scan_elements/{name}_index"),
                &format!("{index}\n"),
            );
            device.set(&format!("scan_elements/{name}_type"), &format!("{form}\n"));
        }
        device
    }

    /// A trigger with this name.
    pub fn trigger(&self, number: u32, name: &str) {
        let folder = format!("sys/bus/iio/devices/trigger{number}");
        let folder = self.root().join(folder);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("name"), format!("{name}\n")).unwrap();
    }

    /// Writes udev's record for the device with the device numbers `numbers`.
    pub fn record(&self, numbers: &str, properties: &str) {
        let path = self.root().join(format!("run/udev/data/c{numbers}"));
        fs::write(path, format!("I:1\n{properties}\nG:systemd\n")).unwrap();
    }

    /// An accelerometer and a gyroscope behind a HID sensor hub.
    pub fn hid(&self) -> [FakeDevice; 2] {
        [
            (0, "accel", "0.009806650\n"),
            (1, "anglvel", "0.000174532\n"),
        ]
        .map(|(n, kind, scale)| {
            let driver = if n == 0 { "accel_3d" } else { "gyro_3d" };
            let device = self.device(
                n,
                &[("name", &format!("{driver}\n"))],
                &three_axes(kind, "le:s32/32>>0"),
            );
            device.set(&format!("in_{kind}_scale"), scale);
            device.set(&format!("in_{kind}_sampling_frequency"), "10.000000\n");
            device.set(&format!("in_{kind}_hysteresis"), "0.5\n");
            self.trigger(10 + n, &format!("{driver}-dev{n}"));
            device.set("trigger/current_trigger", &format!("{driver}-dev{n}\n"));
            device.raws(kind, [1, 2, 1000]);
            device
        })
    }
}

/// Scan elements of the three axes of one sensor, and of the timestamp.
pub(super) fn three_axes(kind: &str, form: &'static str) -> [(&'static str, &'static str); 4] {
    let [x, y, z] = match kind {
        "accel" => ["in_accel_x", "in_accel_y", "in_accel_z"],
        _ => ["in_anglvel_x", "in_anglvel_y", "in_anglvel_z"],
    };
    [
        (x, form),
        (y, form),
        (z, form),
        ("in_timestamp", "le:s64/64>>0"),
    ]
}

pub(crate) struct FakeDevice {
    folder: PathBuf,
    node: PathBuf,
    pipe: File,
}

impl FakeDevice {
    pub fn set(&self, name: &str, value: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value).unwrap();
    }

    pub fn get(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap()
    }

    pub fn raws(&self, kind: &str, xyz: [i32; 3]) {
        for (axis, value) in ["x", "y", "z"].iter().zip(xyz) {
            self.set(&format!("in_{kind}_{axis}_raw"), &format!("{value}\n"));
        }
    }

    /// Makes an attribute exist and be unreadable, as with drivers that answer EINVAL.
    pub fn unreadable(&self, name: &str) {
        let path = self.folder.join(name);
        let _ = fs::remove_file(&path);
        fs::create_dir(path).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.folder.join(name)).unwrap();
    }

    /// Writes one scan: the stored axes, then padding, then the timestamp.
    pub fn scan(&mut self, axes: &[u8], stamp: i64) {
        let mut scan = axes.to_vec();
        scan.resize(axes.len().next_multiple_of(8), 0xa5);
        scan.extend(stamp.to_le_bytes());
        self.pipe.write_all(&scan).unwrap();
    }

    /// Removes the device; its number may be used again.
    pub fn unplug(self) {
        fs::remove_dir_all(&self.folder).unwrap();
        fs::remove_file(&self.node).unwrap();
    }
}

/// Time since boot in nanoseconds, as the kernel stamps.
pub(crate) fn now() -> i64 {
    boottime().nanos()
}

/// The next samples; reports of silence before them are skipped.
pub(super) fn samples(source: &mut IioSource, count: usize) -> Vec<Sample> {
    let mut found = Vec::new();
    while found.len() < count {
        if let Reading::Sample(sample) = source.next().unwrap().unwrap() {
            found.push(sample);
        }
    }
    found
}
