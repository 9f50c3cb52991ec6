//! The HID report descriptor of the hub.
//!
//! Two sensors, each with a feature report (state, interval, sensitivity) and
//! an input report (x, y, z, and its own time if it keeps one).
//! HID Usage Tables 1.12, page 0x20 (sensors);
//! <https://docs.kernel.org/hid/hid-sensor.html>

use graspd::motion::Sensor;

use crate::sensor::{Width, report_id};

/// Usages and units of one sensor.
struct Kind {
    usage: u8,
    sensitivity: u16,
    x: u16,
    unit: u16,
}

const fn kind(sensor: Sensor) -> Kind {
    match sensor {
        // m/s²
        Sensor::Accelerometer => Kind {
            usage: 0x73,
            sensitivity: 0x1452,
            x: 0x0453,
            unit: 0x11e0,
        },
        // rad/s
        Sensor::Gyroscope => Kind {
            usage: 0x76,
            sensitivity: 0x1456,
            x: 0x0457,
            unit: 0x12f0,
        },
    }
}

/// The descriptor of a hub with both sensors.
pub fn of_hub(width: Width, own_clock: bool) -> Vec<u8> {
    let mut items = Items::default();
    // Usage page: sensors. Usage: sensor collection. Collection: application.
    items
        .put(0x05, &[0x20])
        .put(0x09, &[0x01])
        .put(0xa1, &[0x01]);
    for sensor in Sensor::ALL {
        items.sensor(sensor, width, own_clock);
    }
    items.end();
    items.0
}

/// Short items: a tag, then 0, 1, 2 or 4 bytes, as the tag's low bits say.
#[derive(Default)]
struct Items(Vec<u8>);

impl Items {
    fn put(&mut self, tag: u8, data: &[u8]) -> &mut Self {
        self.0.push(tag);
        self.0.extend(data);
        self
    }

    fn usage(&mut self, usage: u16) -> &mut Self {
        self.put(0x0a, &usage.to_le_bytes())
    }

    fn unit(&mut self, unit: u16, exponent: u8) -> &mut Self {
        self.put(0x67, &u32::from(unit).to_le_bytes())
            .put(0x55, &[exponent])
    }

    /// Logical minimum and maximum, bits of a field, and how many of them.
    fn range(&mut self, lowest: i32, highest: i32, bits: u8, count: u8) -> &mut Self {
        self.put(0x17, &lowest.to_le_bytes())
            .put(0x27, &highest.to_le_bytes())
            .put(0x75, &[bits])
            .put(0x95, &[count])
    }

    fn feature(&mut self) -> &mut Self {
        self.put(0xb1, &[0x02])
    }

    fn input(&mut self) -> &mut Self {
        self.put(0x81, &[0x02])
    }

    fn end(&mut self) {
        self.put(0xc0, &[]);
    }

    /// A field with one of six values, counted from 1: `first` and the five usages
    /// after it.
    fn choice(&mut self, property: u16, first: u16) {
        self.usage(property).range(1, 6, 8, 1).put(0xa1, &[0x02]);
        for usage in first..first + 6 {
            self.usage(usage);
        }
        self.put(0xb1, &[0x00]).end();
    }

    fn sensor(&mut self, sensor: Sensor, width: Width, own_clock: bool) {
        let kind = kind(sensor);
        // Report. Usage. Collection: physical.
        self.put(0x85, &[report_id(sensor)])
            .put(0x09, &[kind.usage])
            .put(0xa1, &[0x00])
            .unit(0, 0);
        // Reporting state, power state.
        self.choice(0x0316, 0x0840);
        self.choice(0x0319, 0x0850);
        // Report interval in ms; absolute sensitivity in hundredths.
        self.usage(0x030e).range(0, i32::MAX, 32, 1).feature();
        self.usage(kind.sensitivity)
            .range(0, i16::MAX.into(), 16, 1)
            .put(0x55, &[0x0e])
            .feature();
        let (lowest, highest) = width.bounds();
        self.unit(kind.unit, width.exponent())
            .range(lowest, highest, width.bits(), 1);
        for axis in 0..3 {
            self.usage(kind.x + axis).input();
        }
        if own_clock {
            // 64 bits of microseconds.
            self.unit(0, 0x0a)
                .usage(0x0529)
                .range(0, i32::MAX, 32, 2)
                .input();
        }
        self.end();
    }
}
