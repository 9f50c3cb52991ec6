//! Reads the sensors' attributes without changing any, for `graspd doctor`.

use std::path::PathBuf;

use super::device::{AXES, prefix};
use super::find::{self, ChosenDevice, Reason};
use super::sysfs::Attributes;
use super::{
    Conversion, IioError, MatrixSource, MountMatrix, Place, Rates, Settings, Trigger, rate, trigger,
};
use crate::motion::Sensor;

/// The attributes that graspd writes where a device has them; `*` stands for any text.
/// udev's rules give the daemon access to these only.
pub(super) const WRITTEN: [&str; 13] = [
    "buffer/enable",
    "buffer/length",
    "buffer/watermark",
    "scan_elements/*_en",
    "trigger/current_trigger",
    "current_timestamp_clock",
    "sampling_frequency",
    "in_accel_sampling_frequency",
    "in_accel_hysteresis",
    "in_accel_hysteresis_relative",
    "in_anglvel_sampling_frequency",
    "in_anglvel_hysteresis",
    "in_anglvel_hysteresis_relative",
];

/// One sensor and its device.
#[derive(Debug)]
pub struct Survey {
    /// Id, name, and label or place of its device.
    pub device: String,
    /// Why this device was chosen.
    pub why: Reason,
    /// The part of the device that it is in; `None` if no source says so.
    pub place: Option<Place>,
    /// The device's node.
    pub node: PathBuf,
    /// Those of its attributes that the daemon has to write.
    pub written: Vec<PathBuf>,
    /// Storage format of its x axis in scans; `None` if it has no scan element.
    pub stored: Option<String>,
    /// Whether scans have a timestamp channel.
    pub timestamps: bool,
    /// The device's trigger.
    pub trigger: Trigger,
    /// The rate in effect and the rates offered.
    pub rates: Rates,
    /// Scale and mount matrix.
    pub calibration: Result<Calibration, IioError>,
}

/// Scale and mount matrix of a sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Scale of each axis: m/s² or rad/s for a raw 1.
    pub scale: [f64; 3],
    /// Mount matrix.
    pub mount: MountMatrix,
    /// Where the mount matrix comes from.
    pub mount_source: MatrixSource,
}

/// Surveys the accelerometer and the gyroscope that `settings` choose.
pub fn survey(settings: &Settings) -> [Result<Survey, IioError>; 2] {
    let [accelerometer, gyroscope] = find::each(&settings.roots, settings.names());
    [
        accelerometer.map(|found| Survey::of(found, Sensor::Accelerometer, settings)),
        gyroscope.map(|found| Survey::of(found, Sensor::Gyroscope, settings)),
    ]
}

impl Survey {
    fn of(ChosenDevice { device, why }: ChosenDevice, sensor: Sensor, settings: &Settings) -> Self {
        let attributes = &device.attributes;
        let x = format!("scan_elements/{}_{}_type", prefix(sensor), AXES[0]);
        let mount = settings.choices[sensor.index()].mount;
        Self {
            device: device.title(),
            why,
            place: device.place.map(|(place, _)| place),
            node: settings.roots.dev.join(&device.id),
            written: written(attributes),
            stored: attributes.read(&x).ok(),
            timestamps: attributes.has("scan_elements/in_timestamp_en"),
            trigger: trigger::look(&device),
            rates: rate::look(attributes, sensor, settings.rate),
            calibration: Conversion::read(&device, sensor, mount).map(|conversion| Calibration {
                scale: conversion.scale,
                mount: conversion.mount,
                mount_source: conversion.mount_source,
            }),
        }
    }
}

fn written(device: &Attributes) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for pattern in WRITTEN {
        match pattern.split_once('*') {
            Some((folder, ending)) => paths.extend(
                device
                    .list(folder)
                    .unwrap_or_default()
                    .iter()
                    .filter(|name| name.ends_with(ending))
                    .map(|name| device.path(&format!("{folder}{name}"))),
            ),
            None if device.has(pattern) => paths.push(device.path(pattern)),
            None => {}
        }
    }
    let rate_of_trigger = trigger::current(device).map(|its| its.path("sampling_frequency"));
    paths.extend(rate_of_trigger.filter(|path| path.exists()));
    paths
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::super::Hertz;
    use super::super::fake::Fake;
    use super::*;

    /// Path and text of every file below `folder`.
    fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(contents(&path));
            } else {
                found.insert(path.clone(), fs::read_to_string(path).unwrap());
            }
        }
        found
    }

    #[test]
    fn it_names_all_that_the_source_writes_and_writes_nothing_itself() {
        let fake = Fake::new();
        let devices = fake.hid();
        let folder = fake.root().join("sys");
        for device in &devices {
            device.set("scan_elements/in_temp_en", "1\n");
            device.set("scan_elements/in_temp_index", "9\n");
            device.set("scan_elements/in_temp_type", "le:s16/16>>0\n");
        }
        let trigger = folder.join("bus/iio/devices/trigger0");
        fs::create_dir(&trigger).unwrap();
        fs::write(trigger.join("name"), "accel_3d-dev0\n").unwrap();
        fs::write(trigger.join("sampling_frequency"), "50\n").unwrap();

        let before = contents(&folder);
        let sensors = survey(&fake.settings()).map(Result::unwrap);
        assert_eq!(contents(&folder), before);
        let named: Vec<_> = sensors.iter().flat_map(|sensor| &sensor.written).collect();
        let source = fake.open();
        let after = contents(&folder);
        drop(source);
        let changed: Vec<_> = after
            .iter()
            .filter(|(path, text)| before[*path] != **text)
            .map(|(path, _)| path)
            .collect();
        assert!(changed.len() > 20, "{changed:?}");
        for path in changed {
            assert!(named.contains(&path), "{} is not named", path.display());
        }
    }

    #[test]
    fn the_udev_rules_give_these_and_no_others() {
        let rules = include_str!("../../../systemd/udev/85-graspd.rules").replace("\\\n", " ");
        let list = rules
            .split_once("for a in ")
            .and_then(|(_, rest)| rest.split_once(';'))
            .map(|(list, _)| list.split_whitespace().collect::<Vec<_>>());
        assert_eq!(list.unwrap(), WRITTEN);
    }

    #[test]
    fn a_sensor_is_described_as_it_is() {
        let fake = Fake::new();
        let [accelerometer, _gyroscope] = fake.hid();
        accelerometer.set("in_accel_sampling_frequency_available", "10 100\n");
        let [accelerometer, gyroscope] = survey(&fake.settings()).map(Result::unwrap);
        assert_eq!(accelerometer.device, "iio:device0 (accel_3d)");
        assert_eq!(accelerometer.stored.as_deref(), Some("le:s32/32>>0"));
        assert_eq!(accelerometer.rates.now, Some(Hertz(10.0)));
        assert_eq!(accelerometer.rates.offer.as_deref(), Some("10 100"));
        assert_eq!(accelerometer.rates.chosen, Some(Hertz(100.0)));
        assert_eq!(accelerometer.why, Reason::Only);
        assert_eq!(accelerometer.trigger, Trigger::Fit);
        let calibration = gyroscope.calibration.unwrap();
        assert_eq!(calibration.scale, [0.000_174_532; 3]);
        assert_eq!(calibration.mount, MountMatrix::IDENTITY);
        assert_eq!(calibration.mount_source, MatrixSource::Nobody);
    }
}
