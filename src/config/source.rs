//! The section `[source]`.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::Mistake;
use crate::motion::Channels;
use crate::source::auto::Candidates;
use crate::source::iio::{self, Choice, Mode};
use crate::source::{Hertz, Speed, sensorfw, ssc};

/// `[source]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// What kind of source.
    pub kind: SourceKind,
    /// Of a stream: a FIFO, or `-` for standard input.
    pub path: PathBuf,
    /// Of a replay: one after the other.
    pub recordings: Vec<PathBuf>,
    /// Of a replay: `max`, or a factor (`1` is real time).
    pub speed: String,
    /// Of IIO: how to read.
    pub mode: Mode,
    /// Of sensors: samples a second.
    pub rate_hz: f64,
    /// Of IIO: name, label, place or id of a device; empty to find one.
    pub accelerometer: String,
    /// Of IIO: name, label, place or id of a device; empty to find one.
    pub gyroscope: String,
    /// Of IIO: how it sits; empty for what udev and the kernel say.
    pub accelerometer_matrix: String,
    /// Of IIO: how it sits; empty for what the kernel says.
    pub gyroscope_matrix: String,
    /// Of Qualcomm's sensor core: the node that it is on; 0 for any but this processor's.
    pub ssc_node: u32,
}

/// Kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// graspd's CSV lines as they happen.
    Stream,
    /// The first of the next three that is there.
    Auto,
    /// The kernel's own sensors.
    Iio,
    /// Those of Qualcomm's sensor core.
    Ssc,
    /// Those that sensorfw hands out.
    Sensorfw,
    /// Recordings.
    Replay,
}

impl SourceKind {
    /// Whether motion comes from a device in use, so that missing samples have a
    /// meaning.
    pub fn is_live(self) -> bool {
        self != Self::Replay
    }

    /// Whether it has sensors of its own that it can let go of, to save the battery.
    pub fn has_sensors(self) -> bool {
        !matches!(self, Self::Stream | Self::Replay)
    }
}

impl Default for Source {
    fn default() -> Self {
        Self {
            kind: SourceKind::Auto,
            path: "/run/graspd/motion".into(),
            recordings: Vec::new(),
            speed: "1".into(),
            mode: Mode::Auto,
            rate_hz: 100.0,
            accelerometer: String::new(),
            gyroscope: String::new(),
            accelerometer_matrix: String::new(),
            gyroscope_matrix: String::new(),
            ssc_node: 0,
        }
    }
}

impl Source {
    /// The speed of a replay.
    pub fn speed(&self) -> Result<Speed, Mistake> {
        self.speed.parse().map_err(|_| {
            Mistake::value(
                "source.speed",
                &self.speed,
                "\"max\" or a factor from \"0.001\" to \"1000\"",
            )
        })
    }

    /// The settings for the kernel's sensors; samples are read from the buffer every
    /// `hop`.
    pub fn iio(&self, hop: Duration) -> Result<iio::Settings, Mistake> {
        let choice = |name: &str, key, matrix: &str| {
            let needed = "empty, or a rotation such as \"1, 0, 0; 0, 1, 0; 0, 0, 1\"";
            let mount = match matrix {
                "" => None,
                text => Some(
                    text.parse()
                        .map_err(|_| Mistake::value(key, text, needed))?,
                ),
            };
            let name = (!name.is_empty()).then(|| name.to_owned());
            Ok::<_, Mistake>(Choice { name, mount })
        };
        Ok(iio::Settings {
            roots: iio::Roots::default(),
            channels: Channels::default(),
            mode: self.mode,
            choices: [
                choice(
                    &self.accelerometer,
                    "source.accelerometer_matrix",
                    &self.accelerometer_matrix,
                )?,
                choice(
                    &self.gyroscope,
                    "source.gyroscope_matrix",
                    &self.gyroscope_matrix,
                )?,
            ],
            rate: self.rate()?,
            hop,
        })
    }

    /// The settings for sensorfw, which sends samples every `hop`.
    pub fn sensorfw(&self, hop: Duration) -> Result<sensorfw::Settings, Mistake> {
        Ok(sensorfw::Settings::new(self.rate()?, hop))
    }

    /// The settings for Qualcomm's sensor core, which sends samples every `hop`.
    pub fn ssc(&self, hop: Duration) -> Result<ssc::Settings, Mistake> {
        Ok(ssc::Settings {
            channels: Channels::default(),
            node: (self.ssc_node != 0).then_some(self.ssc_node),
            rate: self.rate()?,
            hop,
        })
    }

    /// The settings of all that `auto` chooses from.
    pub fn candidates(&self, hop: Duration) -> Result<Candidates, Mistake> {
        Ok(Candidates {
            iio: self.iio(hop)?,
            ssc: self.ssc(hop)?,
            sensorfw: self.sensorfw(hop)?,
        })
    }

    fn rate(&self) -> Result<Hertz, Mistake> {
        let rate = Hertz(self.rate_hz);
        match rate.is_usable() {
            true => Ok(rate),
            false => Err(Mistake::value(
                "source.rate_hz",
                self.rate_hz,
                "between 25 and 400",
            )),
        }
    }

    pub(super) fn check(&self) -> Result<(), Mistake> {
        self.speed()?;
        self.candidates(Duration::ZERO)?;
        if self.kind == SourceKind::Replay && self.recordings.is_empty() {
            return Err(Mistake::value(
                "source.recordings",
                "empty",
                "a list of recordings where source.kind is \"replay\"",
            ));
        }
        Ok(())
    }
}
