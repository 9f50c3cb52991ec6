//! `graspd record`: the live sensors into a recording.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use crossbeam_channel::{Receiver, bounded, never, select, tick};

use super::exit::CliError;
use crate::config::{Config, SourceKind};
use crate::daemon::sensor_switch::SensorSwitch;
use crate::daemon::signals::Signals;
use crate::daemon::source_thread::{Backlog, Message, spawn_source};
use crate::daemon::{RunError, SWITCH_OFF, open_source};
use crate::publish::Client;
use crate::publish::phrase::clock;
use crate::record::Recording;
use crate::source::Reading;
use crate::source::iio::Mode;

/// How often rows are written and progress is shown.
const TICK: Duration = Duration::from_secs(1);

/// Record the live sensors, to enrol or replay later
///
/// Reads what `graspd run` would read and writes lines of `t_ns,sensor,x,y,z`,
/// until Ctrl-C, the given time, or the end of the stream. A line on standard
/// error shows samples a second and gaps. It writes over nothing, and what it
/// has written is a recording at any time. The daemon must not run: sensors
/// have one reader.
#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// The recording, a new file (mode 0600)
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// The configuration, of which [source] counts
    #[arg(long, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
    /// Stop after so many seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    seconds: Option<u32>,
}

pub(super) fn run(args: &RecordArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    check(&config)?;
    // What sensors have to say, such as which device and rate were chosen.
    let _ = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .try_init();
    let asked = stop_asked()?;
    let source = open_source(&config)?;
    let create = |source| CliError::Create {
        path: args.out.clone(),
        source,
    };
    let mut recording = Recording::create(&args.out).map_err(create)?;
    let (readings, flow, listener) = spawn_source(source, Backlog::Wait, SensorSwitch::default())
        .map_err(|source| RunError::Io {
        doing: "start a thread",
        source,
    })?;

    let progress = Progress::new();
    let (ticks, ends) = (tick(TICK), ends_after(args.seconds));
    let result = loop {
        select! {
            recv(readings) -> message => match message {
                Ok(Message::Reading(Reading::Sample(sample))) => recording.push(&sample)?,
                Ok(Message::Reading(Reading::Quiet(_))) => {}
                Ok(Message::Ended(result)) => break result,
                Err(_) => break Ok(()),
            },
            recv(ticks) -> _ => {
                recording.write()?;
                progress.show(&recording);
            }
            recv(asked) -> _ => break Ok(()),
            recv(ends) -> _ => break Ok(()),
        }
    };
    for message in readings.try_iter() {
        if let Message::Reading(Reading::Sample(sample)) = message {
            recording.push(&sample)?;
        }
    }
    recording.finish()?;
    if config.source.kind == SourceKind::Iio {
        listener.end(SWITCH_OFF);
    }
    progress.clear();
    if recording.is_empty() {
        // Nothing is lost, and the next try finds the name free.
        fs::remove_file(&args.out)?;
        result?;
        return Err(CliError::NoMotion);
    }
    let malformed = flow.counts().malformed;
    println!(
        "wrote {}: {}, unreadable {malformed}",
        args.out.display(),
        progress.line(&recording)
    );
    Ok(result?)
}

/// Whether there is something to record that nobody else reads.
fn check(config: &Config) -> Result<(), CliError> {
    if config.source.kind == SourceKind::Replay {
        let why = "source.kind is \"replay\", and a recording need not be recorded again";
        return Err(CliError::Usage(why.into()));
    }
    let beside = config.source.kind == SourceKind::Iio && config.source.mode == Mode::Polled;
    if !beside && Client::connect(&config.socket.path).is_ok() {
        return Err(CliError::Busy(config.socket.path.clone()));
    }
    Ok(())
}

/// Gives a word once a signal asks this program to end.
fn stop_asked() -> Result<Receiver<()>, CliError> {
    let system = |source| RunError::Io {
        doing: "wait for signals",
        source,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(system)?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen()?
    };
    let (tell, asked) = bounded(1);
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(signals.next());
            let _ = tell.send(());
        })
        .map_err(system)?;
    Ok(asked)
}

fn ends_after(seconds: Option<u32>) -> Receiver<Instant> {
    seconds.map_or_else(never, |seconds| {
        crossbeam_channel::after(Duration::from_secs(seconds.into()))
    })
}

/// A line on the terminal that is written over and over.
struct Progress {
    began: Instant,
    on_terminal: bool,
}

impl Progress {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            on_terminal: io::stderr().is_terminal(),
        }
    }

    fn line(&self, recording: &Recording) -> String {
        let [accelerometer, gyroscope] = recording.tallies();
        let elapsed = clock(self.began.elapsed());
        format!("{elapsed}, {accelerometer}, {gyroscope}")
    }

    fn show(&self, recording: &Recording) {
        if self.on_terminal {
            eprint!("\r\x1b[K{}", self.line(recording));
            let _ = io::stderr().flush();
        }
    }

    fn clear(&self) {
        if self.on_terminal {
            eprint!("\r\x1b[K");
        }
    }
}
