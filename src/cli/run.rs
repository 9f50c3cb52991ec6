//! `graspd run`: the daemon.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt, reload};

use super::exit::CliError;
use crate::config::{Config, Log, LogTarget};
use crate::daemon::{self, LogControl, LogLimit, LogThread, Prepared, RunError};

/// The default path of the configuration.
pub(super) const DEFAULT_CONFIG: &str = "/etc/graspd/graspd.toml";

/// How long the last lines of the log may take to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Watch the sensors and publish decisions on the socket
///
/// SIGTERM ends it with a last event, SIGHUP reads the configuration and the
/// profile again. Exit codes are those of sysexits(3).
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
}

pub(super) fn run(args: &RunArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    let log = start_log(&config.log)?;
    let thread = log.thread.clone();
    let ended = Prepared::open(config).and_then(|parts| daemon::run(&args.config, parts, log));
    thread.flush(LAST_LINES);
    Ok(ended?)
}

/// Sends the log to the configured target.
fn start_log(log: &Log) -> Result<LogControl, CliError> {
    // `Config::load` has checked the filter already.
    let filter = log.filter().unwrap_or_default();
    let (filter, handle) = reload::Layer::<_, Registry>::new(filter);
    let to = match log.to {
        LogTarget::Stderr => fmt::layer()
            .with_writer(std::io::stderr)
            .with_target(false)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .boxed(),
        LogTarget::Journald => tracing_journald::layer()
            .map_err(failed("reach the journal; set log.to to \"stderr\""))?
            .boxed(),
    };
    let thread = LogThread::start(to, Registry::default()).map_err(failed("start a thread"))?;
    let limit = LogLimit::default();
    let lines = thread.clone().with_filter(limit.clone());
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .init();
    Ok(LogControl {
        filter: handle,
        limit,
        thread,
    })
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> RunError {
    move |source| RunError::Io { doing, source }
}
