//! `graspd profile`: lists, shows and deletes profiles.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};

use super::adaptation::{ask_daemon, describe_kept};
use super::exit::CliError;
use super::secret::with_the_secret;
use super::socket::SocketArg;
use super::watch::print;
use crate::bus::client::BusClient;
use crate::config::Config;
use crate::daemon::{BegunFile, state_folder};
use crate::enrol::adaptation::KeptFile;
use crate::owner::profile::{Profile, ProfileError};
use crate::publish::{Client, Event, PublishError};
use crate::regular_file::Owners;

/// The last second of the year 9999, the last with a four-digit year.
const LATEST_UNIX_S: u64 = 253_402_300_799;
/// Time-out for an answer of the daemon.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// See what is kept of owners, or have it forgotten
#[derive(Debug, Args)]
pub(super) struct ProfileArgs {
    #[command(subcommand)]
    command: Command,
    /// The configuration, which says where profiles are
    #[arg(long, global = true, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the profiles of the state directory, one a line
    List,
    /// Say how a profile came about and what it has learnt of use since; nothing
    /// that it is made of is shown
    Show {
        /// The profile [default: the configured one]
        profile: Option<PathBuf>,
    },
    /// Take the newest session back that the profile has learnt, or that waits to
    /// be learnt
    ///
    /// The running daemon is asked to, which then makes the profile anew. For root
    /// and the owner, and while the state is lock for root alone.
    Undo {
        #[command(flatten)]
        socket: SocketArg,
    },
    /// Delete the configured profile, the windows that it is made of, and whatever was gathered for another
    ///
    /// The running daemon is asked to, so that it forgets the owner at once;
    /// without one the files are removed. For root and the owner, who is asked for
    /// the secret; while the state is lock for root alone.
    Forget {
        #[command(flatten)]
        socket: SocketArg,
    },
}

pub(super) fn run(args: &ProfileArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    match &args.command {
        Command::List => list(&config),
        Command::Show { profile } => {
            let path = profile.as_deref().unwrap_or(&config.profile.path);
            let profile =
                Profile::load_any(path).map_err(|why| CliError::from(why).with_remedy())?;
            let kept = KeptFile::beside(path).load(&profile, Owners::Anybody);
            print(&describe(&profile))?;
            print(&describe_kept(kept.as_ref(), SystemTime::now()))?;
            Ok(())
        }
        Command::Undo { socket } => {
            let daemon = Client::connect(&socket.path_or(&config.socket.path))?;
            print(&ask_daemon(daemon, r#"{"request":"profile","do":"undo"}"#)?)?;
            Ok(())
        }
        Command::Forget { socket } => forget(&config, socket),
    }
}

fn list(config: &Config) -> Result<(), CliError> {
    let folder = &config.state.folder;
    let mut paths = vec![config.profile.path.clone()];
    let unreadable = |source| {
        let path = folder.clone();
        CliError::Read { path, source }.with_remedy()
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|name| name == "profile") && !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    for path in paths {
        let name = path.display();
        let line = match Profile::load_any(&path) {
            Ok(profile) => format!(
                "{name}: user {}, {} windows, model {}",
                profile.owner_uid,
                profile.enrolment.windows,
                &profile.model.to_string()[..12]
            ),
            Err(error) if error.is_missing() => continue,
            // The error names the path already.
            Err(error) => error.to_string(),
        };
        print(&line)?;
    }
    Ok(())
}

/// A time in seconds since 1970 as a date.
pub(super) fn date(unix_s: u64) -> String {
    let at = UNIX_EPOCH + Duration::from_secs(unix_s.min(LATEST_UNIX_S));
    humantime::format_rfc3339_seconds(at).to_string()
}

fn describe(profile: &Profile) -> String {
    let enrolment = &profile.enrolment;
    let rows = [
        ("user", profile.owner_uid.to_string()),
        ("made at", date(profile.created_unix_s)),
        ("model", profile.model.to_string()),
        ("sessions", enrolment.sessions.to_string()),
        ("windows", enrolment.windows.to_string()),
        ("lying still", enrolment.at_rest.to_string()),
        ("hop", format!("{} frames", enrolment.hop)),
        ("accepted", format!("{:.0} %", 100.0 * enrolment.accepted)),
        (
            "in the worst session",
            format!("{:.0} %", 100.0 * enrolment.accepted_worst),
        ),
    ];
    let rows = rows.map(|(name, value)| format!("{name:<22} {value}"));
    let expectation = enrolment.expectation.to_string();
    let lines = rows.iter().map(String::as_str).chain(expectation.lines());
    lines.collect::<Vec<_>>().join("\n")
}

fn forget(config: &Config, socket: &SocketArg) -> Result<(), CliError> {
    let path = socket.path_or(&config.socket.path);
    let there_was = match Client::connect(&path) {
        Ok(mut daemon) => match ask(&mut daemon) {
            Ok(there_was) => there_was,
            Err(refusal) => with_the_secret(&daemon, refusal, BusClient::forget)?.1,
        },
        Err(PublishError::NoDaemon(_)) if state_folder::is_in_use(&config.state.folder) => {
            return Err(CliError::Elsewhere {
                socket: path,
                state: config.state.folder.clone(),
            });
        }
        Err(PublishError::NoDaemon(_)) => remove(&config.profile.path, &config.state.folder)?,
        Err(error) => return Err(error.into()),
    };
    print(if there_was {
        "the owner is forgotten"
    } else {
        "there was nobody to forget"
    })?;
    Ok(())
}

fn ask(daemon: &mut Client) -> Result<bool, PublishError> {
    daemon.wait_for(Some(PATIENCE))?;
    daemon.ask(r#"{"request":"forget"}"#, |event| match event {
        Event::Forgotten { owner } => Some(owner),
        _ => None,
    })
}

fn remove(profile: &Path, state: &Path) -> Result<bool, ProfileError> {
    BegunFile::in_folder(state).remove()?;
    KeptFile::beside(profile).remove()?;
    Profile::remove(profile)
}
