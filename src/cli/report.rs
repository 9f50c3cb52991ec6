//! `graspd report`: a day of events as a page.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::CliError;
use crate::config::Config;
use crate::decide::Policy;
use crate::report::{EventLog, EvidenceLevels, page};

/// Draw a day of events as one HTML page
///
/// Takes what `graspd watch --json --scores` or `graspd replay --json` printed and
/// draws evidence and scores over time, with the locks and what would have been
/// one, their reasons, and what stood in the way. The page needs no network.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Files of events, one JSON object a line, in order; `-` is standard input
    #[arg(required = true, value_name = "EVENTS")]
    events: Vec<PathBuf>,
    /// The page
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Draw the levels of this configuration's [decide]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &ReportArgs) -> Result<(), CliError> {
    let policy = match &args.config {
        None => Policy::default(),
        Some(path) => Config::load(path)?.policy(path)?,
    };
    let mut log = EventLog::default();
    for path in &args.events {
        read(path, &mut log).map_err(|source| CliError::Read {
            path: path.clone(),
            source,
        })?;
    }
    let levels = EvidenceLevels {
        lock: policy.lock_below,
        warn: policy.warn_below,
    };
    fs::write(&args.out, page(&log, levels)).map_err(|source| CliError::Create {
        path: args.out.clone(),
        source,
    })?;
    eprintln!(
        "{}: events {}, unknown ones {}, lines that are no events {}",
        args.out.display(),
        log.events,
        log.unknown,
        log.unreadable
    );
    Ok(())
}

fn read(path: &Path, log: &mut EventLog) -> io::Result<()> {
    match path == Path::new("-") {
        true => log.read(io::stdin().lock()),
        false => log.read(BufReader::new(File::open(path)?)),
    }
}
