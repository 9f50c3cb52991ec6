//! An IIO device as described by sysfs and udev.

use std::fs;

use super::Roots;
use super::place::{self, Place, PlaceSource};
use super::sysfs::Attributes;
use super::udev::Record;
use crate::motion::Sensor;

/// Names of the axes in attributes.
pub(super) const AXES: [&str; 3] = ["x", "y", "z"];

/// The prefix of a sensor's attributes, such as `in_accel`.
pub(super) const fn prefix(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "in_accel",
        Sensor::Gyroscope => "in_anglvel",
    }
}

/// An IIO device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Device {
    pub attributes: Attributes,
    /// Such as `iio:device0`, which is also the name of its node.
    pub id: String,
    /// The attribute `name`: the chip, as the driver calls it.
    pub name: String,
    /// The attribute `label`, from the firmware; `None` if absent.
    pub label: Option<String>,
    /// Where it sits and which source says so; `None` if no source does.
    pub place: Option<(Place, PlaceSource)>,
    /// udev's record of it; `None` if there is none.
    pub record: Option<Record>,
}

impl Device {
    /// All IIO devices, in the order of their names.
    pub(super) fn all(roots: &Roots) -> Vec<Self> {
        let folder = Attributes::of(roots.devices());
        // A kernel without IIO has no such folder: no devices.
        let entries = folder.list("").unwrap_or_default();
        entries
            .into_iter()
            .filter(|id| id.starts_with("iio:device"))
            .map(|id| Self::read(Attributes::of(folder.path(&id)), id, roots))
            .collect()
    }

    fn read(attributes: Attributes, id: String, roots: &Roots) -> Self {
        let label = attributes.read("label").ok().filter(|l| !l.is_empty());
        let record = Record::of(&attributes, &id, roots);
        Self {
            name: attributes.read("name").unwrap_or_default(),
            place: place::find(&attributes, label.as_deref(), record.as_ref()),
            label,
            record,
            attributes,
            id,
        }
    }

    /// Whether it has raw attributes or scan elements for all three axes of `sensor`.
    pub(super) fn has(&self, sensor: Sensor) -> bool {
        let prefix = prefix(sensor);
        AXES.iter().all(|axis| {
            self.attributes.has(&format!("{prefix}_{axis}_raw"))
                || self
                    .attributes
                    .has(&format!("scan_elements/{prefix}_{axis}_en"))
        })
    }

    /// Its id, name, and label or place, for messages.
    pub(super) fn title(&self) -> String {
        let place = self.place.map(|(place, _)| place.to_string());
        match self.label.as_ref().or(place.as_ref()) {
            Some(more) => format!("{} ({}, {more})", self.id, self.name),
            None => format!("{} ({})", self.id, self.name),
        }
    }

    /// Whether `name` in the configuration stands for it: its id, its driver's name,
    /// its label, or the place where it sits.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let place = self.place.map(|(place, _)| place.to_string());
        [
            Some(self.id.as_str()),
            Some(self.name.as_str()),
            self.label.as_deref(),
            place.as_deref(),
        ]
        .contains(&Some(name))
    }

    /// Steps between the two in the device tree of sysfs: sensors of one chip or hub
    /// are near one another.
    pub(super) fn steps_to(&self, other: &Self) -> usize {
        let real = |device: &Self| fs::canonicalize(device.attributes.folder());
        let (Ok(one), Ok(two)) = (real(self), real(other)) else {
            return usize::MAX;
        };
        let shared = one.components().zip(two.components());
        let shared = shared.take_while(|(one, two)| one == two).count();
        one.components().count() + two.components().count() - 2 * shared
    }
}
