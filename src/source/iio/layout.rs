//! Offsets of the channels within a scan.
//!
//! Channels follow one another in the order of their indices, each aligned to
//! its own size, and a scan's size is a multiple of its largest channel's.
//! <https://docs.kernel.org/driver-api/iio/buffers.html>

use super::IioError;
use super::device::{AXES, prefix};
use super::scan_type::ScanType;
use super::sysfs::Attributes;
use crate::motion::Sensor;

const FOLDER: &str = "scan_elements";
const TIMESTAMP: &str = "in_timestamp";

/// Offset and format of one channel in a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    at: usize,
    form: ScanType,
}

impl Field {
    fn of(self, scan: &[u8]) -> Option<i64> {
        let stored = scan.get(self.at..self.at + self.form.bytes())?;
        Some(self.form.decode(stored))
    }
}

/// The channels of a scan that graspd reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScanLayout {
    bytes: usize,
    axes: Vec<(Sensor, [Field; 3])>,
    timestamp: Field,
}

impl ScanLayout {
    /// Enables the axes of `sensors` and the timestamp, disables all other channels,
    /// and computes their offsets. The kernel allows that only while the buffer is
    /// disabled.
    pub(super) fn set_up(device: &Attributes, sensors: &[Sensor]) -> Result<Self, IioError> {
        let wanted: Vec<String> = sensors
            .iter()
            .flat_map(|&sensor| AXES.map(|axis| format!("{}_{axis}", prefix(sensor))))
            .chain([TIMESTAMP.to_owned()])
            .collect();
        let names = device.list(FOLDER)?;
        let channels: Vec<&str> = names.iter().filter_map(|n| n.strip_suffix("_en")).collect();
        if !channels.contains(&TIMESTAMP) {
            return Err(unbuffered(device, "gives no timestamps with its scans"));
        }
        for channel in &channels {
            let on = wanted.iter().any(|name| name == channel);
            device.write(
                &format!("{FOLDER}/{channel}_en"),
                if on { "1" } else { "0" },
            )?;
        }
        let mut enabled = Vec::new();
        for channel in channels {
            // Some drivers enable further channels by themselves.
            if device.read(&format!("{FOLDER}/{channel}_en"))? == "1" {
                let index: u32 = device.parse(&format!("{FOLDER}/{channel}_index"), "a number")?;
                let form: ScanType =
                    device.parse(&format!("{FOLDER}/{channel}_type"), "such as le:s16/16>>0")?;
                enabled.push((index, channel, form));
            }
        }
        Self::new(enabled, sensors)
            .ok_or_else(|| unbuffered(device, "does not put all three axes into its scans"))
    }

    pub(super) fn new(mut enabled: Vec<(u32, &str, ScanType)>, sensors: &[Sensor]) -> Option<Self> {
        enabled.sort_unstable_by_key(|&(index, ..)| index);
        let mut end: usize = 0;
        let mut largest = 1;
        let mut placed = Vec::new();
        for (_, name, form) in enabled {
            let at = end.next_multiple_of(form.bytes());
            end = at + form.bytes();
            largest = largest.max(form.bytes());
            placed.push((name, Field { at, form }));
        }
        let field = |wanted: &str| {
            let (_, field) = placed.iter().find(|(name, _)| *name == wanted)?;
            field.form.is_scalar().then_some(*field)
        };
        let axes = sensors.iter().map(|&sensor| {
            let [x, y, z] = AXES.map(|axis| field(&format!("{}_{axis}", prefix(sensor))));
            Some((sensor, [x?, y?, z?]))
        });
        Some(Self {
            bytes: end.next_multiple_of(largest),
            axes: axes.collect::<Option<_>>()?,
            timestamp: field(TIMESTAMP)?,
        })
    }

    /// Size of a scan in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The time stamp of `scan`, in nanoseconds of the device's clock; `None` if it
    /// is too short.
    pub(super) fn stamp(&self, scan: &[u8]) -> Option<i64> {
        self.timestamp.of(scan)
    }

    /// The raw numbers of each sensor in `scan`.
    pub(super) fn raw(&self, scan: &[u8]) -> impl Iterator<Item = (Sensor, [i64; 3])> {
        self.axes.iter().filter_map(move |&(sensor, [x, y, z])| {
            Some((sensor, [x.of(scan)?, y.of(scan)?, z.of(scan)?]))
        })
    }
}

fn unbuffered(device: &Attributes, why: &'static str) -> IioError {
    IioError::Unbuffered {
        device: device.folder().to_owned(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sensor::{Accelerometer as A, Gyroscope as G};

    fn layout(channels: &[(&'static str, &str)], sensors: &[Sensor]) -> Option<ScanLayout> {
        let mut enabled: Vec<_> = channels
            .iter()
            .zip(0..)
            .map(|(&(name, form), index)| (index, name, form.parse().unwrap()))
            .collect();
        // The result must not depend on the order in which the files are listed.
        enabled.reverse();
        ScanLayout::new(enabled, sensors)
    }

    fn accelerometer(form: &'static str) -> [(&'static str, &'static str); 4] {
        [
            ("in_accel_x", form),
            ("in_accel_y", form),
            ("in_accel_z", form),
            ("in_timestamp", "le:s64/64>>0"),
        ]
    }

    #[test]
    fn three_axes_and_the_timestamp_as_kernels_lay_them_out() {
        for (form, bytes, timestamp) in [("le:s32/32>>0", 24, 16), ("le:s16/16>>0", 16, 8)] {
            let layout = layout(&accelerometer(form), &[A]).unwrap();
            assert_eq!(
                (layout.bytes, layout.timestamp.at),
                (bytes, timestamp),
                "{form}"
            );
        }
    }

    #[test]
    fn one_device_with_both_sensors_and_a_thermometer() {
        let s16 = "le:s16/16>>0";
        let layout = layout(
            &[
                ("in_accel_x", s16),
                ("in_accel_y", s16),
                ("in_accel_z", s16),
                ("in_temp", "be:s16/16>>0"),
                ("in_anglvel_x", s16),
                ("in_anglvel_y", s16),
                ("in_anglvel_z", s16),
                ("in_timestamp", "le:s64/64>>0"),
            ],
            &[A, G],
        )
        .unwrap();
        assert_eq!((layout.bytes, layout.timestamp.at), (24, 16));
        let mut scan = [0; 24];
        scan[8] = 7;
        scan[16] = 9;
        assert_eq!(layout.stamp(&scan), Some(9));
        assert_eq!(layout.raw(&scan).last(), Some((G, [7, 0, 0])));
    }

    #[test]
    fn a_wide_channel_aligns_the_end_of_the_scan() {
        let mut channels = accelerometer("le:s16/16>>0").to_vec();
        channels.push(("in_rot_quaternion", "le:s16/32X4>>0"));
        let layout = layout(&channels, &[A]).unwrap();
        assert_eq!((layout.timestamp.at, layout.bytes), (8, 32));
    }

    #[test]
    fn an_axis_too_few_and_a_scan_too_short_give_nothing() {
        assert_eq!(layout(&accelerometer("le:s16/16>>0")[1..], &[A]), None);
        assert_eq!(layout(&accelerometer("le:s16/16>>0"), &[G]), None);
        let layout = layout(&accelerometer("le:s32/32>>0"), &[A]).unwrap();
        assert_eq!(layout.stamp(&[0; 23]), None);
        assert_eq!(layout.raw(&[0; 5]).count(), 0);
    }
}
