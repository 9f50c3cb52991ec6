//! The settings of the configuration that recordings are enrolled and replayed with.

use std::path::{Path, PathBuf};

use super::exit::CliError;
use super::run::DEFAULT_CONFIG;
use crate::config::{Config, Model};
use crate::enrol::DecisionBudget;
use crate::motion::DEFAULT_HOP;
use crate::motion::rest::RestLimits;

/// Settings of the daemon that recordings need.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// The model bundle; `None` for the one that is shipped.
    pub bundle: Option<PathBuf>,
    /// Frames from one window to the next.
    pub hop: usize,
    /// Limits below which a device is at rest.
    pub rest: RestLimits,
    /// The policy of decisions, and the false locks that an enrolment may expect by it.
    pub rule: DecisionBudget,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bundle: None,
            hop: DEFAULT_HOP,
            rest: RestLimits::default(),
            rule: DecisionBudget::default(),
        }
    }
}

impl Settings {
    /// Those of the configuration at `path`.
    pub(super) fn of(path: &Path) -> Result<Self, CliError> {
        let config = Config::load(path)?;
        let policy = config.policy(path)?;
        Ok(Self {
            rule: config.rule(policy),
            bundle: named(config.model.bundle),
            hop: config.window.hop_frames,
            rest: config.rest,
        })
    }
}

/// A configuration's bundle; `None` for that of a package where there is none, so that it is
/// looked for elsewhere.
fn named(bundle: PathBuf) -> Option<PathBuf> {
    let packaged = bundle == Model::default().bundle;
    (!packaged || bundle.exists()).then_some(bundle)
}

/// The configuration of the daemon that is installed, if there is one.
pub(super) fn installed() -> Option<&'static Path> {
    let path = Path::new(DEFAULT_CONFIG);
    // One that cannot be looked at counts as there, so that reading it says why.
    path.try_exists().unwrap_or(true).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packages_model_that_is_not_there_is_looked_for_elsewhere() {
        let packaged = Model::default().bundle;
        let there = packaged.exists();
        assert_eq!(named(packaged.clone()), there.then_some(packaged));
        let chosen = PathBuf::from("/nowhere/model");
        assert_eq!(named(chosen.clone()), Some(chosen), "it is named in errors");
    }
}
