//! `graspd replay`: runs recordings through the daemon's pipeline and prints the
//! decisions.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use super::enroll::{self, EnrolChoices};
use super::exit::CliError;
use super::locate;
use super::settings::Settings;
use super::standard_error::tell;
use super::timeline::{Style, Timeline};
use crate::daemon::check_hop;
use crate::decide::State;
use crate::examine::{Doubt, ExaminedSource};
use crate::model::Bundle;
use crate::model::Embedder;
use crate::motion::SampleTime;
use crate::owner::profile::Profile;
use crate::pipeline::{Output, Pipeline};
use crate::publish::phrase::clock;
use crate::publish::{ByeReason, Event, Hello, Mode};
use crate::regular_file::Owners;
use crate::source::{self, Paced, Reading, Source, Speed};

/// Replay recordings as if they happened now, and show the decisions
///
/// Each recording is replayed from a fresh start, with the owner of `--profile`
/// or with one enrolled on the spot from the recordings given with `--enroll`.
/// The same code decides as in `graspd run`, and decides the same.
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// CSV files (plain or .zst) or session folders in HMOG's layout
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// The owner, as `graspd enroll` wrote them
    #[arg(long, value_name = "FILE", required_unless_present = "enroll")]
    profile: Option<PathBuf>,
    /// Enrol this recording's person first; may be given several times
    #[arg(long, value_name = "RECORDING", num_args = 1.., conflicts_with = "profile")]
    enroll: Vec<PathBuf>,
    #[command(flatten)]
    choices: EnrolChoices,
    /// `max`, or a factor; 1 is real time
    #[arg(long, default_value_t = Speed::Max)]
    speed: Speed,
    /// Take [model], [window], [rest], [decide] and [enrol] from this configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show every window's score too
    #[arg(long)]
    scores: bool,
    /// The socket's events, scores included, one JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ReplayArgs) -> Result<(), CliError> {
    let settings = match &args.config {
        None => Settings::default(),
        Some(path) => Settings::of(path)?,
    };
    let settings = args.choices.over(settings);
    let options = args.choices.options(&settings)?;
    let bundle = Bundle::open(&locate::model(settings.bundle.as_deref())?)?;
    let profile = match &args.profile {
        Some(path) => Profile::load(path, bundle.id(), Owners::Anybody)?,
        None => enroll::enrol(&bundle, &args.enroll, options, enroll::NOBODY, tell)?.0,
    };
    let mut show = Show::new(args.json, args.scores || args.json);
    for path in &args.recordings {
        let embedder = Embedder::for_hop(&bundle, settings.hop)?;
        check_hop(settings.hop, &embedder, &bundle)?;
        let policy = settings.rule.policy;
        let pipeline = Pipeline::new(embedder, &profile, settings.hop, settings.rest, policy);
        let summary = replay(path, args.speed, pipeline, &bundle, &mut show)?;
        tell(format_args!("{}: {summary}", path.display()));
    }
    Ok(())
}

/// Replays one recording and prints its events.
pub(super) fn replay(
    path: &Path,
    speed: Speed,
    mut pipeline: Pipeline,
    bundle: &Bundle,
    show: &mut Show,
) -> Result<Summary, CliError> {
    let mut source = ExaminedSource::new(Paced::new(source::open(path)?, speed), bundle.channels());
    let (state, reason) = pipeline.decider().state();
    let model = bundle.manifest().name.clone();
    show.event(&Event::Hello(Hello::new(
        Mode::Replay,
        Some(model),
        state,
        reason,
    )))?;
    let mut summary = Summary::new();
    let mut written = Ok(());
    while let Some(reading) = source.next()? {
        summary.reading(&reading);
        pipeline.push(&reading, &mut |output| {
            summary.output(&output);
            if written.is_ok() {
                written = show.event(&Event::from(&output));
            }
        });
        std::mem::replace(&mut written, Ok(()))?;
    }
    show.event(&Event::Bye {
        reason: ByeReason::SourceEnded.into(),
        state: pipeline.decider().state().0,
    })?;
    show.flush()?;
    summary.end(&pipeline, source.counts().malformed);
    let doubts = source.doubts();
    summary.warnings = doubts.iter().map(Doubt::to_string).collect();
    if let Some(first) = source.unreadable() {
        let warning = format!("lines that cannot be read; {first}");
        summary.warnings.push(warning);
    }
    Ok(summary)
}

/// Where events are printed, and which.
pub(super) struct Show {
    to: BufWriter<io::Stdout>,
    timeline: Timeline,
    json: bool,
    scores: bool,
}

impl Show {
    pub(super) fn new(json: bool, scores: bool) -> Self {
        Self {
            to: BufWriter::new(io::stdout()),
            timeline: Timeline::new(Style::of_stdout()),
            json,
            scores,
        }
    }

    fn event(&mut self, event: &Event) -> Result<(), CliError> {
        if matches!(event, Event::Score(_)) && !self.scores {
            return Ok(());
        }
        let line = if self.json {
            event.to_line()
        } else {
            self.timeline.line(event)
        };
        writeln!(self.to, "{line}").map_err(CliError::Output)?;
        // In real time each line is printed at once.
        if matches!(event, Event::Score(_)) {
            Ok(())
        } else {
            self.flush()
        }
    }

    fn flush(&mut self) -> Result<(), CliError> {
        self.to.flush().map_err(CliError::Output)
    }
}

/// Counts over a replay.
pub(super) struct Summary {
    began: Instant,
    took: Duration,
    embedding: Duration,
    first: Option<SampleTime>,
    last: SampleTime,
    first_window: Option<Duration>,
    windows: u64,
    gaps: u64,
    malformed: u64,
    locks: u64,
    warnings: Vec<String>,
}

impl Summary {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            took: Duration::ZERO,
            embedding: Duration::ZERO,
            first: None,
            last: SampleTime::default(),
            first_window: None,
            windows: 0,
            gaps: 0,
            malformed: 0,
            locks: 0,
            warnings: Vec::new(),
        }
    }

    fn reading(&mut self, reading: &Reading) {
        if let Reading::Sample(sample) = reading {
            self.first.get_or_insert(sample.t);
            self.last = sample.t;
        }
    }

    fn output(&mut self, output: &Output) {
        match output {
            Output::Decision(d) => self.locks += u64::from(d.state == State::Lock),
            Output::Warning(_) => {}
            Output::Window(_) => {
                self.windows += 1;
                self.first_window.get_or_insert(self.began.elapsed());
            }
        }
    }

    fn end(&mut self, pipeline: &Pipeline, malformed: u64) {
        self.took = self.began.elapsed();
        self.embedding = pipeline.embedding_took();
        self.gaps = pipeline.align_counts().gaps;
        self.malformed = malformed;
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let span = self
            .first
            .map_or(Duration::ZERO, |first| self.last.since(first));
        let took = self.took.as_secs_f64().max(1e-9);
        write!(
            f,
            "{} of motion in {took:.2} s ({:.0} times real time, {:.0} % of it in the model); \
             windows {}, gaps {}, unreadable lines {}, locks {}",
            clock(span),
            span.as_secs_f64() / took,
            100.0 * self.embedding.as_secs_f64() / took,
            self.windows,
            self.gaps,
            self.malformed,
            self.locks,
        )?;
        if let Some(after) = self.first_window {
            write!(f, "; first window after {} ms", after.as_millis())?;
        }
        self.warnings
            .iter()
            .try_for_each(|warning| write!(f, "\nwarning: {warning}"))
    }
}
