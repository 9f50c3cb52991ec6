//! The section `[source]`.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::Mistake;
use crate::source::Speed;
use crate::source::iio::{self, Choice, Hertz, Mode};

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
    /// Of IIO: samples a second.
    pub rate_hz: f64,
    /// Of IIO: name, label, place or id of a device; empty to find one.
    pub accelerometer: String,
    /// Of IIO: name, label, place or id of a device; empty to find one.
    pub gyroscope: String,
    /// Of IIO: how it sits; empty for what udev and the kernel say.
    pub accelerometer_matrix: String,
    /// Of IIO: how it sits; empty for what the kernel says.
    pub gyroscope_matrix: String,
}

/// Kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// graspd's CSV lines as they happen.
    Stream,
    /// The kernel's own sensors.
    Iio,
    /// Recordings.
    Replay,
}

impl SourceKind {
    /// Whether motion comes from a device in use, so that missing samples have a
    /// meaning.
    pub fn is_live(self) -> bool {
        self != Self::Replay
    }
}

impl Default for Source {
    fn default() -> Self {
        Self {
            kind: SourceKind::Stream,
            path: "/run/graspd/motion".into(),
            recordings: Vec::new(),
            speed: "1".into(),
            mode: Mode::Auto,
            rate_hz: 100.0,
            accelerometer: String::new(),
            gyroscope: String::new(),
            accelerometer_matrix: String::new(),
            gyroscope_matrix: String::new(),
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
        if !(25.0..=400.0).contains(&self.rate_hz) {
            return Err(Mistake::value(
                "source.rate_hz",
                self.rate_hz,
                "between 25 and 400",
            ));
        }
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
            rate: Hertz(self.rate_hz),
            hop,
        })
    }

    pub(super) fn check(&self) -> Result<(), Mistake> {
        self.speed()?;
        self.iio(Duration::ZERO)?;
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
