//! Which sensors a model is made for.

use super::{CHANNEL_ORDER, CHANNELS, Sensor};

/// Units of the channels, in [`CHANNEL_ORDER`], as a manifest spells them.
const UNITS: [&str; CHANNELS] = ["m/s^2", "m/s^2", "m/s^2", "rad/s", "rad/s", "rad/s"];
/// Axes of a sensor.
const AXES: usize = 3;

/// The sensors that a model takes, and so the channels of its windows that mean anything.
///
/// Frames and windows have room for both sensors whatever the model takes. What an
/// accelerometer's model does not take is zero in them: a gyroscope that never moves is at
/// rest, so that whatever looks at a whole window needs no second way of looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Channels {
    /// ax ay az, for devices without a gyroscope.
    Accelerometer,
    /// ax ay az gx gy gz.
    #[default]
    AccelerometerAndGyroscope,
}

impl Channels {
    /// Every supported set.
    pub const ALL: [Self; 2] = [Self::Accelerometer, Self::AccelerometerAndGyroscope];

    /// The set whose channels have these names, in this order.
    pub fn named(names: &[String]) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.names() == names)
    }

    /// The sensors, in channel order.
    pub fn sensors(self) -> &'static [Sensor] {
        match self {
            Self::Accelerometer => &[Sensor::Accelerometer],
            Self::AccelerometerAndGyroscope => &Sensor::ALL,
        }
    }

    /// Whether it takes samples of this sensor.
    pub const fn include(self, sensor: Sensor) -> bool {
        matches!(
            (self, sensor),
            (Self::AccelerometerAndGyroscope, _) | (_, Sensor::Accelerometer)
        )
    }

    /// Number of channels, which are the first of a frame.
    pub fn count(self) -> usize {
        AXES * self.sensors().len()
    }

    /// The channels' names, as a manifest spells them.
    pub fn names(self) -> &'static [&'static str] {
        &CHANNEL_ORDER[..self.count()]
    }

    /// The channels' units, as a manifest spells them.
    pub fn units(self) -> &'static [&'static str] {
        &UNITS[..self.count()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_accelerometer_alone_or_both_sensors_have_a_name() {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        for set in Channels::ALL {
            assert_eq!(Channels::named(&owned(set.names())), Some(set));
            assert_eq!(set.names().len(), set.units().len());
            for sensor in Sensor::ALL {
                assert_eq!(set.include(sensor), set.sensors().contains(&sensor));
            }
        }
        for other in [
            &CHANNEL_ORDER[3..],
            &["ay", "ax", "az"],
            &CHANNEL_ORDER[..2],
            &[],
        ] {
            assert_eq!(Channels::named(&owned(other)), None, "{other:?}");
        }
    }
}
