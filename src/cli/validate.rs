//! `graspd validate`: the checks of `graspd run`, without running it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use rustix::process::geteuid;

use super::exit::CliError;
use super::watch::print;
use crate::config::Config;
use crate::daemon::Prepared;
use crate::doctor;

/// Check the configuration, and the model, profile and state folder that it names
#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
}

/// The user id that the daemon will run as: the caller's. If root asks and the state
/// folder belongs to the service's user, that user's.
fn daemon_user(state: &Path) -> u32 {
    let me = geteuid().as_raw();
    let owner = fs::metadata(state).map(|it| it.uid()).ok();
    match doctor::service_uid() {
        Some(service) if me == 0 && owner == Some(service) => service,
        _ => me,
    }
}

pub(super) fn run(args: &ValidateArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    let uid = daemon_user(&config.state.folder);
    let parts = Prepared::validate(config, uid)?;
    let profile = match parts.profile() {
        None => "nobody has enrolled yet".to_owned(),
        Some(profile) => format!(
            "profile of user {} from {} windows of {} recordings",
            profile.owner_uid, profile.enrolment.windows, profile.enrolment.sessions,
        ),
    };
    print(&format!(
        "{} is valid: model {} ({}), {profile}",
        args.config.display(),
        parts.bundle().manifest().name,
        &parts.bundle().id().to_string()[..12],
    ))?;
    Ok(())
}
