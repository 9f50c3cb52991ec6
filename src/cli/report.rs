//! `graspd report`: draws a day of events as an HTML page.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use clap::Args;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::exit::CliError;
use super::standard_error::tell;
use crate::config::Config;
use crate::decide::Policy;
use crate::regular_file;
use crate::report::{EventLog, EvidenceLevels, page};

/// Mode of the page's file.
const OWNER_ONLY: u32 = 0o600;

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
    /// The page (mode 0600)
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
    let path = || args.out.clone();
    let mut out = create(&args.out).map_err(|source| CliError::Create {
        path: path(),
        source,
    })?;
    let page = page(&log, levels);
    out.write_all(page.as_bytes())
        .map_err(|source| CliError::Write {
            path: path(),
            source,
            left: "it holds a part of the page",
        })?;
    tell(format_args!(
        "{}: events {}, unknown ones {}, lines that are no events {}",
        args.out.display(),
        log.events,
        log.unknown,
        log.unreadable
    ));
    Ok(())
}

/// Opens the page so that only its owner can read it, as it shows scores: a new file, or an
/// existing one, whose mode is changed first. A FIFO that nobody reads is an error and is
/// not waited for.
fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OWNER_ONLY)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    // A pipe or a terminal has no mode to change.
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
        file.set_len(0)?;
    }
    Ok(file)
}

fn read(path: &Path, log: &mut EventLog) -> io::Result<()> {
    match path == Path::new("-") {
        true => log.read(io::stdin().lock()),
        false => log.read(BufReader::new(regular_file::open_input(path)?)),
    }
}
