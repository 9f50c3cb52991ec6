//! The configuration file. Unknown keys are errors, keys name their units, and `graspd
//! validate` runs the same checks as `graspd run`.

mod changes;
mod error;
mod sections;
mod source;

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use error::ConfigError;
pub use sections::{
    Decide, Enrol, Log, LogTarget, Model, OperatingMode, Profile, StateFolder, Windowing,
};
pub use source::{Source, SourceKind};

use crate::decide::Policy;
use crate::enrol::DecisionBudget;
use crate::hidden_characters::is_hidden;
use crate::motion::GRID;
use crate::motion::rest::RestLimits;
use crate::publish::SocketConfig;
use crate::regular_file;
use crate::session::SessionConfig;
use crate::source::auto::Candidates;
use crate::source::iio;
use error::Mistake;

/// Largest configuration file in bytes.
const LARGEST: u64 = 1 << 20;

/// `graspd.toml`. Every key has a default; config/graspd.toml shows them all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether decisions are acted on.
    pub mode: OperatingMode,
    /// Where motion comes from.
    pub source: Source,
    /// Which model.
    pub model: Model,
    /// Whose profile.
    pub profile: Profile,
    /// What outlives the daemon.
    pub state: StateFolder,
    /// How windows follow one another.
    pub window: Windowing,
    /// What counts as lying still.
    pub rest: RestLimits,
    /// How scores become states.
    pub decide: Decide,
    /// What an enrolment must promise.
    pub enrol: Enrol,
    /// How the session is followed and locked.
    pub session: SessionConfig,
    /// Where events go.
    pub socket: SocketConfig,
    /// Where the log goes.
    pub log: Log,
}

impl Config {
    /// Reads and checks the file at `path`.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let wrong = |why| ConfigError {
            path: path.to_owned(),
            why,
        };
        let text = regular_file::read(path, LARGEST).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|why| io::Error::new(ErrorKind::InvalidData, why))
        });
        let text = text.map_err(|e| wrong(Mistake::Io(e)))?;
        Self::parse(&text).map_err(wrong)
    }

    /// Reads and checks the text of a file.
    pub(crate) fn parse(text: &str) -> Result<Self, Mistake> {
        let config: Self = toml::from_str(text).map_err(|e| Mistake::parsing(text, &e))?;
        if let Ok(table) = toml::from_str(text) {
            refuse_hidden("", &toml::Value::Table(table))?;
        }
        config.check()?;
        Ok(config)
    }

    /// The settings for the device's sensors from `[source]`; errors name the file at `path`.
    pub fn candidates(&self, path: &Path) -> Result<Candidates, ConfigError> {
        let settings = self.source.candidates(self.hop());
        settings.map_err(|why| ConfigError {
            path: path.to_owned(),
            why,
        })
    }

    /// The same for the kernel's sensors alone.
    pub fn iio(&self, path: &Path) -> Result<iio::Settings, ConfigError> {
        self.candidates(path).map(|candidates| candidates.iio)
    }

    /// The time from one window to the next.
    fn hop(&self) -> Duration {
        let frames = u32::try_from(self.window.hop_frames).unwrap_or(u32::MAX);
        GRID.saturating_mul(frames)
    }

    /// The budget of false locks that an enrolment must keep to under `policy`.
    pub fn rule(&self, policy: Policy) -> DecisionBudget {
        DecisionBudget {
            policy,
            false_locks_per_day: self.enrol.false_locks_per_day,
            ..DecisionBudget::default()
        }
    }

    /// The policy made of `[decide]`; errors name the file at `path`.
    pub fn policy(&self, path: &Path) -> Result<Policy, ConfigError> {
        self.decide.policy().map_err(|why| ConfigError {
            path: path.to_owned(),
            why,
        })
    }

    /// Checks everything that can be checked without opening other files.
    fn check(&self) -> Result<(), Mistake> {
        self.decide.policy()?;
        let hop = self.window.hop_frames;
        if !(1..=3000).contains(&hop) {
            return Err(Mistake::value(
                "window.hop_frames",
                hop,
                "between 1 and 3000",
            ));
        }
        for (key, limit) in [
            ("rest.accelerometer_m_s2", self.rest.accelerometer_m_s2),
            ("rest.gyroscope_rad_s", self.rest.gyroscope_rad_s),
        ] {
            if !(limit > 0.0 && limit.is_finite()) {
                return Err(Mistake::value(key, limit, "a positive number"));
            }
        }
        let budget = self.enrol.false_locks_per_day;
        if !(budget > 0.0 && budget.is_finite()) {
            let key = "enrol.false_locks_per_day";
            return Err(Mistake::value(key, budget, "a positive number"));
        }
        let wait = self.enrol.adapt_after_h;
        if !(0.0..=8760.0).contains(&wait) {
            let needed = "between 0 and 8760";
            return Err(Mistake::value("enrol.adapt_after_h", wait, needed));
        }
        self.socket.check()?;
        sections::check_session(&self.session)?;
        if self.log.filter().is_none() {
            let needed = "a level (error, warn, info, debug, trace) or directives with levels";
            return Err(Mistake::value("log.level", &self.log.level, needed));
        }
        self.source.check()
    }
}

/// Refuses texts with characters that [`is_hidden`].
fn refuse_hidden(key: &str, value: &toml::Value) -> Result<(), Mistake> {
    let below = |name: &str| match key {
        "" => name.to_owned(),
        key => format!("{key}.{name}"),
    };
    match value {
        toml::Value::String(text) if text.contains(is_hidden) => Err(Mistake::Hidden {
            key: key.to_owned(),
            found: format!("{text:?}"),
        }),
        toml::Value::Array(values) => values
            .iter()
            .try_for_each(|value| refuse_hidden(key, value)),
        toml::Value::Table(table) => table
            .iter()
            .try_for_each(|(name, value)| refuse_hidden(&below(name), value)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn error_of(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("graspd.toml");
        fs::write(&path, text).unwrap();
        Config::load(&path).unwrap_err().to_string()
    }

    #[test]
    fn the_shipped_file_says_the_defaults() {
        let text = include_str!("../../config/graspd.toml");
        assert_eq!(toml::from_str::<Config>(text).unwrap(), Config::default());
        // … and names each of them, so that every key is documented there.
        let keys = |text: &str| -> Vec<String> {
            let table: toml::Table = toml::from_str(text).unwrap();
            table
                .iter()
                .flat_map(|(section, values)| match values.as_table() {
                    None => vec![section.clone()],
                    Some(values) => values
                        .keys()
                        .map(|key| format!("{section}.{key}"))
                        .collect(),
                })
                .collect()
        };
        let every = toml::to_string(&Config::default()).unwrap();
        assert_eq!(keys(text), keys(&every));
    }

    #[test]
    fn an_empty_file_is_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("graspd.toml");
        fs::write(&path, "").unwrap();
        assert_eq!(Config::load(&path).unwrap(), Config::default());
    }

    #[test]
    fn mistakes_are_named_with_their_line_or_key() {
        for (text, parts) in [
            ("[decide]\nlose_sec = 3\n", &["line 2", "lose_sec"][..]),
            ("mode = \"watch\"\n", &["line 1", "observe"]),
            ("[decide]\nlose_s = \"x\"\n", &["line 2"]),
            ("[decide]\nlose_s = 0\n", &["lose_s"]),
            ("[decide]\nlose_s = -1\n", &["decide.lose_s"]),
            ("[decide]\nrest_s = nan\n", &["decide.rest_s"]),
            ("[decide]\nlock_below = 0.7\n", &["lock_below"]),
            ("[decide]\nwarn_below = 0.1\n", &["warn_below"]),
            ("[window]\nhop_frames = 0\n", &["window.hop_frames"]),
            ("[rest]\ngyroscope_rad_s = -1\n", &["rest.gyroscope_rad_s"]),
            ("[source]\nkind = \"replay\"\n", &["source.recordings"]),
            ("[source]\nspeed = \"warp\"\n", &["source.speed"]),
            ("[source]\nrate_hz = 3000.0\n", &["source.rate_hz"]),
            (
                "[source]\ngyroscope_matrix = \"x\"\n",
                &["source.gyroscope_matrix"],
            ),
            ("[source]\nmode = \"fast\"\n", &["line 2", "buffered"]),
            ("[enrol]\nadapt_after_h = -1\n", &["enrol.adapt_after_h"]),
            ("[session]\nattempts = 0\n", &["session.attempts"]),
            ("[session]\nconfirm_s = -1\n", &["session.confirm_s"]),
            ("[session]\nagain_s = 0\n", &["session.again_s"]),
            ("[session]\nenabled = \"maybe\"\n", &["line 2", "auto"]),
            ("[session]\nfallback = [\"\"]\n", &["session.fallback"]),
            ("[session]\nfallback = \"x\"\n", &["line 2"]),
            ("[socket]\nmode = 0o7777\n", &["mode"]),
            ("[log]\nlevel = \"loud\"\n", &["log.level", "loud"]),
            ("[log]\nlevel = \"\"\n", &["log.level"]),
            ("[log]\nlevel = \"a[b]=info\"\n", &["log.level", "a[b]"]),
            (
                "[model]\nbundle = \"a\\u001b[2J\"\n",
                &["model.bundle", "\\u{1b}"],
            ),
            (
                "[source]\nrecordings = [\"a\\nb\"]\n",
                &["source.recordings", "a\\nb"],
            ),
        ] {
            let error = error_of(text);
            for part in parts {
                assert!(error.contains(part), "{text:?} gave {error:?}");
            }
            assert!(!error.contains('\n'), "{error:?} is more than one line");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Config::load(Path::new("/nowhere/graspd.toml")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/graspd.toml"));
    }
}
