//! Doubts: faults found in samples, worded with their remedy.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::magnitude;
use crate::accelerometer_bundle::remedy;
use crate::motion::Sensor;

/// A fault found in the samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubt {
    /// This sensor gave no samples, while the other did.
    Missing(Sensor),
    /// This share of a sensor's samples has a value that is not finite.
    NotNumbers(Sensor, f64),
    /// All samples of this sensor have the same three values, while the other's vary.
    Stuck(Sensor),
    /// A sensor's time stamps are not in nanoseconds.
    TimeUnit {
        /// The sensor.
        sensor: Sensor,
        /// Mean step from sample to sample, read as nanoseconds.
        step_ns: f64,
        /// The likely unit.
        unit: LikelyUnit,
    },
    /// A sensor's time stamps do not advance.
    Frozen(Sensor),
    /// This share of a sensor's samples repeats the previous time stamp.
    Repeated(Sensor, f64),
    /// This share of a sensor's samples is older than the previous one.
    Backward(Sensor, f64),
    /// A sensor's samples have gaps of more than 100 ms, at this average distance.
    Holed(Sensor, Duration),
    /// A sensor's rate is outside the supported range; in Hz.
    Rate(Sensor, f64),
    /// The sensors' time stamps hardly overlap; they begin this far apart.
    TwoClocks(Duration),
    /// This sensor's samples come this long after the other's of the same time.
    Late(Sensor, Duration),
    /// The gyroscope's clock runs fast by this share of the accelerometer's; negative if slow.
    Drift(f64),
    /// This sensor shows each motion after the other one does: by this much typically, and by
    /// this at most.
    Lag(Sensor, Duration, Duration),
    /// This sensor's samples end this long before the other's.
    Ended(Sensor, Duration),
    /// The sensors' samples are not sorted by time; they come up to this far apart.
    Unsorted(Duration),
    /// The gyroscope's values look like gravity, the accelerometer's do not.
    Swapped,
    /// The acceleration (mean magnitude in m/s²) contains no gravity.
    NoGravity(f64),
    /// Gravity is not near 9.81 m/s².
    Acceleration {
        /// Median over the seconds of the magnitude of the mean acceleration.
        gravity: f64,
        /// The likely unit; `None` if it is not a known one.
        unit: Option<LikelyUnit>,
    },
    /// The rates of turn do not fit the variation of acceleration.
    Rotation {
        /// Variation of the rate of turn by that of acceleration, in rad/s per m/s²,
        /// with the accelerometer's unit corrected. A device in hand or pocket shows
        /// 0.1 to 0.7.
        ratio: f64,
        /// The likely unit.
        unit: LikelyUnit,
    },
}

/// The unit that values seem to have instead of the expected one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelyUnit {
    /// Its name, to follow "look like".
    pub name: &'static str,
    /// Factor to convert to the expected unit.
    pub factor: f64,
    /// An alternative that cannot be told apart, as text to append; empty if there is
    /// none.
    pub alternative: &'static str,
}

impl fmt::Display for LikelyUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            factor,
            alternative,
        } = self;
        write!(f, "like {name}; multiply by {factor}{alternative}")
    }
}

impl Doubt {
    /// Whether the values themselves are wrong, so that a profile enrolled from them
    /// would not fit the owner's real samples. All other doubts cost windows only, or
    /// may hold for an unusual device.
    pub fn spoils(&self) -> bool {
        match self {
            Self::Swapped | Self::NoGravity(_) | Self::Acceleration { .. } => true,
            // A vehicle may have shaken a device whose rates are right.
            Self::Rotation { unit, .. } => unit.name != A_TENTH,
            _ => false,
        }
    }

    /// A doubt about one acceleration of magnitude `size` (in m/s² if the unit is
    /// right); `None` from 4 to 25 m/s², which a device in hand can show.
    pub fn of_gravity(size: f64) -> Option<Self> {
        let held = (4.0..=25.0).contains(&size);
        (!held).then(|| Self::Acceleration {
            gravity: size,
            unit: magnitude::unit(size),
        })
    }

    /// Whether this is the same doubt as `other`, figures aside.
    pub fn repeats(&self, other: &Self) -> bool {
        use Doubt::*;
        match (self, other) {
            (Missing(a), Missing(b))
            | (NotNumbers(a, _), NotNumbers(b, _))
            | (Stuck(a), Stuck(b))
            | (TimeUnit { sensor: a, .. }, TimeUnit { sensor: b, .. })
            | (Frozen(a), Frozen(b))
            | (Repeated(a, _), Repeated(b, _))
            | (Backward(a, _), Backward(b, _))
            | (Holed(a, _), Holed(b, _))
            | (Ended(a, _), Ended(b, _))
            | (Late(a, _), Late(b, _))
            | (Lag(a, ..), Lag(b, ..))
            | (Rate(a, _), Rate(b, _)) => a == b,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

/// The name of the unit that a vehicle can be mistaken for.
pub(super) const A_TENTH: &str = "a tenth of rad/s";

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(sensor) => write!(
                f,
                "there are no samples of the {sensor}, which the model needs{}",
                remedy(*sensor)
            ),
            Self::NotNumbers(sensor, share) => write!(
                f,
                "{} of the {sensor}'s samples are no finite numbers",
                Percent(*share)
            ),
            Self::Stuck(sensor) => write!(
                f,
                "the {sensor} says the same values all the time, while the other sensor moves"
            ),
            Self::TimeUnit {
                sensor,
                step_ns,
                unit,
            } => write!(
                f,
                "the {sensor}'s times advance by {} ns a sample, far too little: they look {unit}",
                Short(*step_ns),
            ),
            Self::Frozen(sensor) => write!(
                f,
                "the {sensor}'s times stand still; each sample needs its own, in nanoseconds"
            ),
            Self::Repeated(sensor, share) => write!(
                f,
                "{} of the {sensor}'s samples repeat the time before: they are timed in batches \
                 or with too few digits; each needs its own time, in nanoseconds",
                Percent(*share)
            ),
            Self::Backward(sensor, share) => write!(
                f,
                "{} of the {sensor}'s samples are older than the one before; put the rows in \
                 order of time, the oldest first",
                Percent(*share)
            ),
            Self::Holed(sensor, every) => write!(
                f,
                "the {sensor}'s samples have a hole of more than 100 ms every {}; a window needs \
                 5 s without one",
                Span(*every)
            ),
            Self::Rate(sensor, hz) => write!(
                f,
                "the {sensor} comes at {} Hz; graspd needs 25 to 400 Hz",
                Short(*hz)
            ),
            Self::TwoClocks(apart) => write!(
                f,
                "the sensors are on two clocks: their times begin {} apart and have no instant \
                 in common; put both on one clock",
                Span(*apart)
            ),
            Self::Late(sensor, by) => write!(
                f,
                "the {sensor}'s samples come {} after the other sensor's of the same time: they \
                 are late, or its clock is behind",
                Span(*by)
            ),
            Self::Drift(share) => write!(
                f,
                "the gyroscope's clock runs {:.1} % {} by the accelerometer's; put both on one \
                 clock",
                100.0 * share.abs(),
                if *share > 0.0 { "fast" } else { "slow" },
            ),
            Self::Lag(sensor, by, most) if by == most => write!(
                f,
                "the {sensor} shows each motion {} after the other sensor: its times are wrong \
                 by that much, or the other's",
                Span(*by)
            ),
            Self::Lag(sensor, by, most) => write!(
                f,
                "the {sensor} shows each motion {} after the other sensor, and up to {} apart: \
                 the sensors are on two clocks",
                Span(*by),
                Span(*most)
            ),
            Self::Unsorted(apart) => write!(
                f,
                "the two sensors' samples come {} apart; put the rows of both in one order of \
                 time",
                Span(*apart)
            ),
            Self::Swapped => f.write_str(
                "the gyroscope shows gravity and the accelerometer none: they look swapped",
            ),
            Self::Ended(sensor, short) => write!(
                f,
                "the {sensor}'s samples end {} before the other sensor's",
                Span(*short)
            ),
            Self::NoGravity(level) => write!(
                f,
                "acceleration (about {} m/s²) has no gravity in it: it looks like linear or user \
                 acceleration; take the accelerometer's own, with gravity",
                Short(*level)
            ),
            Self::Acceleration { gravity, unit } => {
                let gravity = Short(*gravity);
                write!(f, "gravity is {gravity} in it and 9.81 m/s² on earth: ")?;
                match unit {
                    Some(unit) => write!(f, "acceleration looks {unit}"),
                    None => f.write_str("acceleration is in no unit that graspd knows"),
                }
            }
            Self::Rotation { ratio, unit } => write!(
                f,
                "rates of turn are {} for how gravity moves ({} rad/s for 1 m/s²): they look {unit}",
                if unit.factor < 1.0 {
                    "too large"
                } else {
                    "too small"
                },
                Short(*ratio),
            ),
        }
    }
}

impl Serialize for Doubt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} %", self.0 * 100.0)
    }
}

/// Formats a number with three digits.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        match size {
            _ if size >= 100.0 || size == 0.0 => write!(f, "{:.0}", self.0),
            _ if size >= 10.0 => write!(f, "{:.1}", self.0),
            _ if size >= 0.1 => write!(f, "{:.2}", self.0),
            _ if size >= 1e-4 => write!(f, "{:.5}", self.0),
            _ => write!(f, "{:.1e}", self.0),
        }
    }
}

/// Formats a duration in the unit that suits its length.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        match self.0.as_secs() {
            0..=119 => write!(f, "{seconds:.1} s"),
            whole @ 120..=7199 => write!(f, "{:.0} min", whole as f64 / 60.0),
            whole @ 7200..=172_799 => write!(f, "{:.1} h", whole as f64 / 3600.0),
            whole => write!(f, "{:.0} days", whole as f64 / 86_400.0),
        }
    }
}
