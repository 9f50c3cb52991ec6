//! The sensors that a bundle takes, by `--channels` name.

use clap::ValueEnum;
use graspd::motion::Channels;

/// Sensors, by `--channels` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TakenChannels {
    /// Accelerometer and gyroscope.
    Both,
    /// The accelerometer alone.
    Accelerometer,
}

impl TakenChannels {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Accelerometer => "accelerometer",
        }
    }
}

impl From<TakenChannels> for Channels {
    fn from(taken: TakenChannels) -> Self {
        match taken {
            TakenChannels::Both => Self::AccelerometerAndGyroscope,
            TakenChannels::Accelerometer => Self::Accelerometer,
        }
    }
}
