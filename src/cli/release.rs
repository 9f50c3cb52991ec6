//! `graspd release`: run by the service manager after the daemon's end, because a
//! killed daemon leaves the sensors powered.

use std::path::PathBuf;

use clap::Args;

use super::exit::CliError;
use super::watch::print;
use crate::config::{Config, SourceKind};
use crate::source::iio::release;

/// Switch off the sensors that a killed daemon left on
///
/// Only those of the configuration, and only where nobody reads them.
#[derive(Debug, Args)]
pub(super) struct ReleaseArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
}

pub(super) fn run(args: &ReleaseArgs) -> Result<(), CliError> {
    let config = match Config::load(&args.config) {
        Ok(config) if matches!(config.source.kind, SourceKind::Iio | SourceKind::Auto) => config,
        Ok(_) => return Ok(()),
        // The daemon may have started before the file became invalid, with unknown
        // settings: release the sensors that the default configuration chooses.
        Err(_) => Config::default(),
    };
    let settings = config.iio(&args.config)?;
    for device in release(&settings)? {
        print(&format!("switched off {device}"))?;
    }
    Ok(())
}
