//! `graspd record`: writes the live sensors' samples into a recording.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use crossbeam_channel::{Receiver, bounded, never, select, tick};

use super::exit::CliError;
use super::standard_error::{overwrite, tell};
use super::watch::print;
use crate::config::{Config, SourceKind};
use crate::daemon::sensor_switch::SensorSwitch;
use crate::daemon::signals::{SignalRequest, Signals};
use crate::daemon::source_thread::{Backlog, Message, spawn_source};
use crate::daemon::{RunError, SWITCH_OFF, open_source};
use crate::examine::{Doubt, Examination};
use crate::model::Bundle;
use crate::motion::Channels;
use crate::publish::Client;
use crate::publish::phrase::clock;
use crate::record::Recording;
use crate::source::iio::Mode;
use crate::source::{Reading, SourceError};

/// Interval at which rows are written and progress is shown.
const TICK: Duration = Duration::from_secs(1);
/// Time after which samples that do not come are warned of.
const PATIENCE: Duration = Duration::from_secs(10);

/// Record the live sensors, to enrol or replay later
///
/// Reads what `graspd run` would read and writes lines of `t_ns,sensor,x,y,z`,
/// until Ctrl-C, the given time, or the end of the stream. A line on standard
/// error shows samples a second and gaps, and warnings say what speaks against the
/// samples: units, clocks, a sensor that is missing. It writes over nothing, and
/// what it has written is a recording at any time, on a full disk too. The daemon
/// must not run, because sensors have one reader; but it may with `source.kind =
/// "iio"` and `source.mode = "polled"`.
#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// The recording, a new file (mode 0600)
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// The configuration, of which [source] counts, and which sensors [model] takes
    #[arg(long, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
    /// Stop after so many seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    seconds: Option<u32>,
}

/// The sensors that the model takes; both, as most need, where it cannot be read.
fn channels_of(bundle: &Path) -> Channels {
    match Bundle::open(bundle) {
        Ok(bundle) => {
            let channels = bundle.channels();
            if channels != Channels::default() {
                tracing::warn!("the gyroscope is not recorded: the configured model takes none");
            }
            channels
        }
        Err(error) => {
            tracing::warn!(%error, "both sensors are recorded");
            Channels::default()
        }
    }
}

pub(super) fn run(args: &RecordArgs) -> Result<(), CliError> {
    let config = Config::load(&args.config)?;
    check(&config)?;
    // Log lines of the source, such as the device and rate chosen, go to standard
    // error.
    let _ = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        // It would tell of a failed write on standard error, and panic where that fails.
        .log_internal_errors(false)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .try_init();
    let asked = stop_asked()?;
    let channels = channels_of(&config.model.bundle);
    let source = open_source(&config, channels)?;
    let create = |source| CliError::Create {
        path: args.out.clone(),
        source,
    };
    let recording = Recording::create(&args.out).map_err(create)?;
    let (readings, flow, listener) =
        spawn_source(source, Backlog::Wait, SensorSwitch::default(), || {}).map_err(|source| {
            RunError::Io {
                doing: "start a thread",
                source,
            }
        })?;
    let mut sitting = Sitting {
        recording,
        examination: Examination::of(channels),
        warned: Vec::new(),
        progress: Progress::new(),
    };
    let outcome = sitting.last(&readings, &asked, args.seconds);
    if config.source.kind.has_sensors() {
        listener.end(SWITCH_OFF);
    }
    sitting.warn();
    let Sitting {
        recording,
        progress,
        ..
    } = sitting;
    let nothing = recording.is_empty() || recording.is_blank();
    if nothing {
        // The file has no samples; removed, so that the same command can be run again. What
        // the recording failed of says more than why this fails.
        let _ = fs::remove_file(&args.out);
    }
    let result = outcome.map_err(|source| CliError::Write {
        path: args.out.clone(),
        source,
        left: if nothing {
            "nothing"
        } else {
            "what it has are whole lines"
        },
    })?;
    if nothing {
        result?;
        return Err(CliError::NoMotion);
    }
    let malformed = flow.counts().malformed;
    print(&format!(
        "wrote {}: {}, unreadable {malformed}",
        args.out.display(),
        progress.line(&recording)
    ))?;
    Ok(result?)
}

/// A recording in progress.
struct Sitting {
    recording: Recording,
    examination: Examination,
    /// The doubts that have been printed.
    warned: Vec<Doubt>,
    progress: Progress,
}

impl Sitting {
    /// Records until the source ends (possibly with an error), a signal asks for the
    /// end, or the time is up.
    fn last(
        &mut self,
        readings: &Receiver<Message>,
        asked: &Receiver<()>,
        seconds: Option<u32>,
    ) -> io::Result<Result<(), SourceError>> {
        let (ticks, ends) = (tick(TICK), ends_after(seconds));
        let result = loop {
            select! {
                recv(readings) -> message => match message {
                    Ok(Message::Reading(reading)) => self.take(&reading)?,
                    Ok(Message::Ended(result)) => break result,
                    Err(_) => break Ok(()),
                },
                recv(ticks) -> _ => {
                    self.recording.write()?;
                    // Checked during recording too, so that nobody records an hour of
                    // unusable samples.
                    if self.progress.began.elapsed() > PATIENCE {
                        self.warn();
                    }
                    self.progress.show(&self.recording);
                }
                recv(asked) -> _ => break Ok(()),
                recv(ends) -> _ => break Ok(()),
            }
        };
        for message in readings.try_iter() {
            if let Message::Reading(reading) = message {
                self.take(&reading)?;
            }
        }
        self.recording.finish()?;
        Ok(result)
    }

    fn take(&mut self, reading: &Reading) -> io::Result<()> {
        let Reading::Sample(sample) = reading else {
            return Ok(());
        };
        self.examination.note(sample);
        self.recording.push(sample)
    }

    /// Prints the doubts about the samples that have not been printed yet.
    fn warn(&mut self) {
        self.progress.clear();
        for doubt in self.examination.doubts() {
            if !self.warned.iter().any(|said| said.repeats(&doubt)) {
                tell(format_args!("warning: {doubt}"));
                self.warned.push(doubt);
            }
        }
    }
}

/// An error if the source is a replay, or if the daemon runs and the sensors are not
/// polled: only one process can read a stream or a buffer.
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

/// Whether this program was begun with SIGHUP ignored, as by nohup(1).
fn outlives_terminal() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The lowest bit is of signal 1, which is SIGHUP.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// A channel that receives a message when a signal asks this program to end: a hang-up too,
/// unless it was begun to outlive its terminal.
fn stop_asked() -> Result<Receiver<()>, CliError> {
    let outlives_terminal = outlives_terminal();
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
            let mut asked = || runtime.block_on(signals.next());
            while matches!(asked(), SignalRequest::Reload) && outlives_terminal {}
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

/// Progress: on a terminal one line that is overwritten.
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
            overwrite(self.line(recording));
        }
    }

    fn clear(&self) {
        if self.on_terminal {
            overwrite("");
        }
    }
}
