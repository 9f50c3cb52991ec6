//! `graspd validate`: the checks of `graspd run`, and nothing else.

use std::path::PathBuf;

use clap::Args;

use super::exit::CliError;
use crate::config::Config;
use crate::daemon::Prepared;

/// Check the configuration, the model and the profile that it names
#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
}

pub(super) fn run(args: &ValidateArgs) -> Result<(), CliError> {
    let parts = Prepared::open(Config::load(&args.config)?)?;
    let profile = match parts.profile() {
        None => "nobody has enrolled yet".to_owned(),
        Some(profile) => format!(
            "profile of user {} from {} windows of {} recordings",
            profile.owner_uid, profile.enrolment.windows, profile.enrolment.sessions,
        ),
    };
    println!(
        "{} is valid: model {} ({}), {profile}",
        args.config.display(),
        parts.bundle().manifest().name,
        &parts.bundle().id().to_string()[..12],
    );
    Ok(())
}
