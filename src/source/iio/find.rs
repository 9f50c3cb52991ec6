//! Chooses the devices. Their numbers change from boot to boot, so they are identified
//! by their channels, by where they sit, or by the configured name.

use std::cmp::Ordering;
use std::fmt;

use super::device::Device;
use super::place::{Place, PlaceSource};
use super::{IioError, Roots};
use crate::motion::{Channels, Sensor};

/// The device chosen for a sensor, and why.
#[derive(Debug, Clone)]
pub(super) struct ChosenDevice {
    pub device: Device,
    pub why: Reason,
}

/// Why a device was chosen for a sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The configuration names it.
    Configured,
    /// It is the only device that has the sensor.
    Only,
    /// It is equal to this other one in every respect that counts; the order of names
    /// decided.
    Undecided(String),
    /// It is preferred to this other one, by this difference.
    Over(String, Difference),
}

/// By what the chosen device is better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// It is the accelerometer's device.
    SameDevice,
    /// It sits where the accelerometer does.
    SamePlace,
    /// It sits in a more suitable place, or the other in a less suitable one.
    Place(Option<(Place, PlaceSource)>),
    /// It is nearer to the accelerometer in sysfs's device tree.
    Nearer,
    /// It has both sensors, so that both have one clock.
    Both,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured => f.write_str("as the configuration says"),
            Self::Only => f.write_str("the only one"),
            Self::Undecided(other) => write!(f, "nothing tells it from {other}"),
            Self::Over(other, difference) => write!(f, "{difference}, unlike {other}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameDevice => f.write_str("the accelerometer's device"),
            Self::SamePlace => f.write_str("where the accelerometer sits"),
            Self::Place(Some((place, source))) => write!(f, "in the {place} by {source}"),
            Self::Place(None) => f.write_str("not said to sit elsewhere"),
            Self::Nearer => f.write_str("beside the accelerometer in the kernel's tree"),
            Self::Both => f.write_str("with both sensors and one clock"),
        }
    }
}

/// The device of each sensor of `channels`, in their order; two sensors may have the same one.
pub(super) fn all(
    roots: &Roots,
    names: [Option<&str>; 2],
    channels: Channels,
) -> Result<Vec<(Sensor, ChosenDevice)>, IioError> {
    let sensors = Sensor::ALL.into_iter().zip(each(roots, names));
    sensors
        .filter(|(sensor, _)| channels.include(*sensor))
        .map(|(sensor, found)| Ok((sensor, found?)))
        .collect()
}

/// The device chosen for each sensor, or why there is none. The gyroscope is chosen by
/// the accelerometer, because both have to measure the same motion.
pub(super) fn each(roots: &Roots, names: [Option<&str>; 2]) -> [Result<ChosenDevice, IioError>; 2] {
    let devices = Device::all(roots);
    let find = |sensor: Sensor, beside: Option<&Device>| {
        choose(&devices, sensor, names[sensor.index()], beside).ok_or_else(|| IioError::NoSensor {
            sensor,
            named: names[sensor.index()].map(str::to_owned),
            devices: roots.devices(),
            seen: list(&devices),
        })
    };
    let accelerometer = find(Sensor::Accelerometer, None);
    let beside = accelerometer.as_ref().ok().map(|found| &found.device);
    let gyroscope = find(Sensor::Gyroscope, beside);
    [accelerometer, gyroscope]
}

fn choose(
    devices: &[Device],
    sensor: Sensor,
    name: Option<&str>,
    beside: Option<&Device>,
) -> Option<ChosenDevice> {
    let mut ranked: Vec<_> = devices
        .iter()
        .filter(|device| device.has(sensor) && name.is_none_or(|n| device.is_called(n)))
        .map(|device| (Rank::of(device, beside), device))
        .collect();
    ranked.sort_by(|(one, _), (two, _)| one.cmp(two));
    let (first, device) = ranked.first()?;
    let why = match ranked.get(1) {
        _ if name.is_some() => Reason::Configured,
        None => Reason::Only,
        Some((second, other)) => match first.difference(second, device) {
            Some(difference) => Reason::Over(other.title(), difference),
            None => Reason::Undecided(other.title()),
        },
    };
    let device = (*device).clone();
    Some(ChosenDevice { device, why })
}

/// Order of preference among devices; the least is chosen.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'a> {
    /// For a gyroscope: whether it is in the accelerometer's device or part.
    apart: Apart,
    /// Display, unknown, base, camera, in this order.
    place: u8,
    /// For a gyroscope: steps to the accelerometer in sysfs's device tree.
    steps: usize,
    /// Whether it has only one of the two sensors.
    single: bool,
    name: &'a str,
    id: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Apart {
    SameDevice,
    SamePlace,
    NotKnown,
    Elsewhere,
}

impl<'a> Rank<'a> {
    fn of(device: &'a Device, beside: Option<&Device>) -> Self {
        let place = device.place.map(|(place, _)| place);
        let apart = beside.map_or(Apart::NotKnown, |other| {
            match (place, other.place.map(|(place, _)| place)) {
                _ if device == other => Apart::SameDevice,
                (Some(its), Some(theirs)) if its == theirs => Apart::SamePlace,
                (Some(_), Some(_)) => Apart::Elsewhere,
                _ => Apart::NotKnown,
            }
        });
        Self {
            apart,
            place: match place {
                Some(Place::Display) => 0,
                None => 1,
                Some(Place::Base) => 2,
                Some(Place::Camera) => 3,
            },
            steps: beside.map_or(0, |other| device.steps_to(other)),
            single: !Sensor::ALL.iter().all(|&sensor| device.has(sensor)),
            name: &device.name,
            id: &device.id,
        }
    }

    /// By what `device`, of this rank, is better than one of the rank `other`; `None`
    /// if they are equal.
    fn difference(&self, other: &Self, device: &Device) -> Option<Difference> {
        let less = |order: Ordering| order == Ordering::Less;
        match () {
            () if less(self.apart.cmp(&other.apart)) => Some(match self.apart {
                Apart::SameDevice => Difference::SameDevice,
                Apart::SamePlace => Difference::SamePlace,
                Apart::NotKnown | Apart::Elsewhere => Difference::Place(device.place),
            }),
            () if less(self.place.cmp(&other.place)) => Some(Difference::Place(device.place)),
            () if less(self.steps.cmp(&other.steps)) => Some(Difference::Nearer),
            () if less(self.single.cmp(&other.single)) => Some(Difference::Both),
            () => None,
        }
    }
}

fn list(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "none (is the driver loaded? else source.kind = \"auto\" looks elsewhere)".into();
    }
    let names: Vec<_> = devices.iter().map(Device::title).collect();
    names.join(", ")
}
