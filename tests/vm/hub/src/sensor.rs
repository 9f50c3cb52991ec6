//! One sensor of the hub: its rows, and its settings by the kernel.

use std::time::{Duration, Instant};

use clap::ValueEnum;
use graspd::motion::Sensor;

/// How a sensor writes its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Width {
    /// 16 bits, in thousandths of m/s² or rad/s
    #[value(name = "16")]
    Sixteen,
    /// 32 bits, in millionths
    #[value(name = "32")]
    ThirtyTwo,
}

impl Width {
    pub fn bits(self) -> u8 {
        match self {
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
        }
    }

    /// The decimal exponent in HID's four bits: -3 or -6.
    pub fn exponent(self) -> u8 {
        match self {
            Self::Sixteen => 0x0d,
            Self::ThirtyTwo => 0x0a,
        }
    }

    pub fn bounds(self) -> (i32, i32) {
        match self {
            Self::Sixteen => (i16::MIN.into(), i16::MAX.into()),
            Self::ThirtyTwo => (i32::MIN, i32::MAX),
        }
    }

    /// The number for `value` m/s² or rad/s, rounded and clamped to the width.
    pub fn number(self, value: f32) -> i32 {
        let (lowest, highest) = self.bounds();
        let unit = if self == Self::Sixteen { 1e3 } else { 1e6 };
        let number = (f64::from(value) * unit).round();
        number.clamp(lowest.into(), highest.into()) as i32
    }
}

/// The report ID of `sensor`.
pub const fn report_id(sensor: Sensor) -> u8 {
    match sensor {
        Sensor::Accelerometer => 1,
        Sensor::Gyroscope => 2,
    }
}

/// The second value of the fields: report all events; full power.
const ON: u8 = 2;
/// The first value of the reporting state: report no events.
const NO_EVENTS: u8 = 1;
/// The last value of the power state: off.
const POWER_OFF: u8 = 6;
/// After a longer delay the missed reports are not sent in a burst: the next interval
/// begins at the present time.
const LATE: Duration = Duration::from_millis(50);

/// The settings in the feature report.
#[derive(Debug, Clone, Copy)]
struct Settings {
    reporting: u8,
    power: u8,
    interval_ms: u32,
    /// Stored and returned only.
    sensitivity: u16,
}

/// A sensor that replays a recording in a loop.
pub struct VirtualSensor {
    pub sensor: Sensor,
    width: Width,
    rows: Vec<[i32; 3]>,
    next: usize,
    settings: Settings,
    /// Fixed interval; `None` for the interval that the kernel sets.
    pub interval: Option<Duration>,
    due: Option<Instant>,
}

impl VirtualSensor {
    pub fn new(sensor: Sensor, width: Width, rows: Vec<[i32; 3]>) -> Self {
        Self {
            sensor,
            width,
            rows,
            next: 0,
            settings: Settings {
                reporting: NO_EVENTS,
                power: POWER_OFF,
                interval_ms: 10,
                sensitivity: 0,
            },
            interval: None,
            due: None,
        }
    }

    /// When the next report is due; `None` while the sensor is off.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    pub fn is_on(&self) -> bool {
        self.due.is_some()
    }

    /// The feature report.
    pub fn feature(&self) -> Vec<u8> {
        let Settings {
            reporting,
            power,
            interval_ms,
            sensitivity,
        } = self.settings;
        let mut report = vec![report_id(self.sensor), reporting, power];
        report.extend(interval_ms.to_le_bytes());
        report.extend(sensitivity.to_le_bytes());
        report
    }

    /// Applies a feature report; whether it is valid.
    pub fn set_feature(&mut self, report: &[u8]) -> bool {
        let &[_, reporting, power, a, b, c, d, e, f] = report else {
            return false;
        };
        self.settings = Settings {
            reporting,
            power,
            interval_ms: u32::from_le_bytes([a, b, c, d]).max(1),
            sensitivity: u16::from_le_bytes([e, f]),
        };
        let on = reporting == ON && power == ON;
        self.due = on.then(|| self.due.unwrap_or_else(|| Instant::now() + self.interval()));
        true
    }

    /// Switches off and resets the settings, as when unplugged.
    pub fn reset(&mut self) {
        self.settings.reporting = NO_EVENTS;
        self.settings.power = POWER_OFF;
        self.due = None;
    }

    /// x, y and z of the present row.
    pub fn now(&self) -> [i32; 3] {
        self.rows.get(self.next).copied().unwrap_or_default()
    }

    /// Advances to the next row and the time when it is due.
    pub fn advance(&mut self) {
        self.next = (self.next + 1) % self.rows.len().max(1);
        let now = Instant::now();
        let interval = self.interval();
        self.due = self.due.map(|due| match due + interval {
            next if next + LATE < now => now,
            next => next,
        });
    }

    /// The input report with `row`, and with the hub's `clock` if it has one.
    pub fn input(&self, row: [i32; 3], clock: Option<Duration>) -> Vec<u8> {
        let mut report = vec![report_id(self.sensor)];
        for number in row {
            let bytes = number.to_le_bytes();
            report.extend(&bytes[..usize::from(self.width.bits() / 8)]);
        }
        if let Some(clock) = clock {
            report.extend((clock.as_micros() as u64).to_le_bytes());
        }
        report
    }

    fn interval(&self) -> Duration {
        let asked = Duration::from_millis(self.settings.interval_ms.into());
        self.interval.unwrap_or(asked)
    }
}
