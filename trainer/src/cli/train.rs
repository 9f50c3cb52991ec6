//! `grasp-train train`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use graspd::model::cohort::Drift;
use graspd::model::{Training, TrainingData};
use graspd::motion::{Channels, WINDOW_FRAMES};

use super::data::DataArgs;
use super::parsers::at_least_one;
use crate::arch::{Arch, TakenChannels};
use crate::bundle::{self, Bundle, BundleError, CompanionFile, Graph};
use crate::data::{Corpus, DataSpec, WindowShape};
use crate::device::DeviceKind;
use crate::device::remote::{self, Worker};
use crate::progress::Progress;
use crate::spectral;
use crate::train::checkpoint::{CheckpointError, Checkpoints};
use crate::train::data_parallel::DeviceGroup;
use crate::train::experiment::Experiment;
use crate::train::hyperparameters::{Hyperparameters, Optimiser};
use crate::train::monitor;
use crate::train::pairs::PairCount;

/// Window lengths that the daemon takes, and whose embeddings it takes.
const WINDOWS: std::ops::RangeInclusive<u64> = 32..=4096;

/// Learn a branch from recordings of several people, and write it as a bundle
///
/// Reads each person's sessions through the daemon's own alignment, cuts them
/// into windows, draws as many pairs of windows of one person as of two, and
/// trains both arms of a Siamese network on them. One session in five of each
/// person is held out and only watched. The same data, seed and options give the
/// same bundle to the byte, also if the training was interrupted: each epoch is
/// kept until the bundle is written, and --resume goes on after it.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "\
Example, the recipe that graspd's models/seed-2d was made with:
  grasp-train train --data hmog=hmog_dataset --arch seed-2d --pairs 3820 --out models/seed-2d")]
pub struct TrainArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Network to train
    #[arg(long, value_enum)]
    arch: Arch,
    /// Sensors that the bundle takes; `accelerometer`, for devices without a gyroscope,
    /// with `--arch spectral` alone
    #[arg(long, value_enum, value_name = "SENSORS", default_value_t = TakenChannels::Both)]
    channels: TakenChannels,
    /// Folder to write the bundle to; it must not exist
    #[arg(long, value_name = "BUNDLE")]
    out: PathBuf,
    /// Seed of everything random: weights, pairs, their order
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Times that every pair is shown
    #[arg(long, default_value_t = 30)]
    epochs: usize,
    /// Pairs of a step
    #[arg(long, default_value_t = 100, value_parser = at_least_one())]
    batch: usize,
    /// Learning rate [default: the optimiser's: adam 0.002, sgd 0.01, rmsprop 0.001]
    #[arg(long, value_name = "RATE", value_parser = positive)]
    lr: Option<f64>,
    /// What turns gradients into steps
    #[arg(long, value_enum, default_value_t = Optimiser::Adam)]
    optimiser: Optimiser,
    /// Distance at which an impostor pair is far enough
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    margin: f64,
    /// Training pairs with each person, half genuine and half impostor; a fifth
    /// as many are held out
    #[arg(long, value_name = "N", default_value_t = 382, value_parser = at_least_one())]
    pairs_per_person: usize,
    /// Training pairs in all, instead of so many with each person
    #[arg(long, value_name = "TOTAL", conflicts_with = "pairs_per_person",
        value_parser = at_least_one())]
    pairs: Option<usize>,
    /// Frames of a window, at 100 a second
    #[arg(long, default_value_t = WINDOW_FRAMES,
        value_parser = RangedU64ValueParser::<usize>::new().range(WINDOWS))]
    window: usize,
    /// Frames from one window to the next [default: the window, so that none overlap]
    #[arg(long, value_parser = at_least_one())]
    hop: Option<usize>,
    /// Leave the rest of a session after this many windows
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    max_windows_per_session: Option<usize>,
    /// Stop after this many steps, however many epochs that is
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// Stop after N epochs without a lower held-out loss, and keep the weights of
    /// the lowest [default: train for all epochs, and keep the last]
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    patience: Option<usize>,
    /// Epochs from one measurement of the pairs to the next: AUC, EER, its
    /// threshold, accuracy and F1; before and after all is measured anyway
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = at_least_one())]
    measure_every: usize,
    /// What to train on
    #[arg(long, value_enum, default_value_t = DeviceKind::Cpu)]
    device: DeviceKind,
    /// Devices of that kind to share every batch among; the gradients are brought
    /// together before each step, so that the recipe stays the same. On cpu they
    /// are copies of the network on one processor
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one())]
    devices: usize,
    /// Share batches with a machine that runs `grasp-train serve`, too; may be
    /// given several times
    #[arg(long = "worker", value_name = "ID@HOST:PORT", requires = "token")]
    workers: Vec<Worker>,
    /// File with the word that the workers want to hear
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    /// Go on with an interrupted training, if there is one
    #[arg(long)]
    resume: bool,
    /// Folder to keep the training in while it goes on [default: BUNDLE.checkpoint]
    #[arg(long, value_name = "DIR")]
    checkpoint: Option<PathBuf>,
    /// How to show progress [default: a bar on a terminal, else lines]
    #[arg(long, value_enum)]
    progress: Option<Progress>,
}

impl TrainArgs {
    /// What a bundle trained so on `data` on one device says of how it was made.
    pub(super) fn command_on(&self, data: &[TrainingData]) -> String {
        self.command(data, 1)
    }

    /// Trains and writes the bundle.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        bundle::check_free(&self.out)?;
        if self.channels() != Channels::default() && self.arch != Arch::Spectral {
            let (arch, sensors) = (self.arch.name(), self.channels.name());
            return Err(
                format!("--arch {arch} takes both sensors, not --channels {sensors}").into(),
            );
        }
        let side_by_side = self.window == WINDOW_FRAMES && self.hop() == WINDOW_FRAMES;
        if self.arch.has_cohort() && !side_by_side {
            return Err(format!(
                "--arch {} counts hours by windows of {WINDOW_FRAMES} frames side by side; leave \
                 --window and --hop out",
                self.arch.name()
            )
            .into());
        }
        let progress = self.progress.unwrap_or_else(Progress::detect);
        // Before hours of reading and training.
        monitor::check(progress)?;
        let device_group = self.device_group()?;
        let folder = self.checkpoint_folder();
        if !self.resume && Checkpoints::any(&folder)? {
            return Err(CheckpointError::InTheWay(folder).into());
        }
        let corpora = self.read(progress)?;
        if self.arch.has_cohort() {
            return self.write_spectral(&corpora, progress);
        }
        let command = self.command(&provenances(&corpora), device_group.size());
        let checkpoints = Checkpoints::new(folder, command.clone());
        let trained =
            self.experiment()
                .run(&corpora, device_group, Some(&checkpoints), progress)?;
        let beside = CompanionFile::History {
            before: trained.before,
            epochs: trained.history,
        };
        self.write(&corpora, command, trained.graph, beside, trained.figures)?;
        checkpoints.clear()?;
        let (out, steps) = (self.out.display(), trained.steps);
        progress.say(&format!("wrote {out} after {steps} steps"));
        Ok(())
    }

    /// Computes the spectral branch with its cohort and writes the bundle.
    fn write_spectral(&self, corpora: &[Corpus], progress: Progress) -> Result<(), Box<dyn Error>> {
        let head = self.arch == Arch::Contrastive;
        let model = spectral::learn(
            corpora,
            self.channels(),
            self.window,
            head,
            self.seed,
            progress,
        )?;
        let Drift {
            between,
            within,
            lag,
        } = model.cohort.drift;
        let figures = [
            ("windows", model.windows as f64),
            ("classes", model.cohort.classes.len() as f64),
            ("later_sessions_stray", between),
            ("windows_of_a_session_stray", within),
            ("next_window_correlation", lag),
        ];
        let rounded = |(name, value): (&str, f64)| (name.to_owned(), (value * 1e4).round() / 1e4);
        let figures = figures.into_iter().map(rounded).collect();
        self.write(
            corpora,
            self.command(&provenances(corpora), 1),
            model.graph,
            CompanionFile::Cohort(model.cohort),
            figures,
        )?;
        progress.say(&format!(
            "wrote {} of {} windows",
            self.out.display(),
            model.windows
        ));
        Ok(())
    }

    fn write(
        &self,
        corpora: &[Corpus],
        command: String,
        graph: Graph,
        beside: CompanionFile,
        figures: BTreeMap<String, f64>,
    ) -> Result<(), BundleError> {
        let bundle = Bundle {
            graph,
            training: Training {
                arch: self.arch.name().to_owned(),
                command,
                seed: self.seed,
                data: provenances(corpora),
            },
            beside,
            figures,
        };
        bundle.write(&self.out)
    }

    /// What it is trained on.
    pub(super) fn sets(&self) -> Result<&[DataSpec], String> {
        self.data.sets()
    }

    /// How sessions are cut into windows.
    pub(super) fn shape(&self) -> WindowShape {
        WindowShape {
            channels: self.channels(),
            frames: self.window,
            hop: self.hop(),
            most: self.max_windows_per_session,
        }
    }

    fn read(&self, progress: Progress) -> Result<Vec<Corpus>, Box<dyn Error>> {
        let shape = self.shape();
        let mut corpora = Vec::new();
        for spec in self.sets()? {
            let corpus = Corpus::read(spec, shape, progress)?;
            for skipped in &corpus.skipped {
                progress.say(&format!("skipped {}: {}", skipped.session, skipped.why));
            }
            let windows: usize = corpus.sessions().map(|session| session.windows.len()).sum();
            progress.say(&format!(
                "{}: {} people, {} sessions ({} skipped), {windows} windows",
                corpus.set,
                corpus.people.len(),
                corpus.sessions().count(),
                corpus.skipped.len(),
            ));
            corpora.push(corpus);
        }
        Ok(corpora)
    }

    fn experiment(&self) -> Experiment {
        Experiment {
            arch: self.arch,
            frames: self.window,
            seed: self.seed,
            pairs: match self.pairs {
                Some(total) => PairCount::Total(total),
                None => PairCount::PerPerson(self.pairs_per_person),
            },
            hyperparameters: Hyperparameters {
                epochs: self.epochs,
                batch: self.batch,
                optimiser: self.optimiser,
                learning_rate: self.learning_rate(),
                margin: self.margin as f32,
                most_steps: self.steps,
                patience: self.patience,
                measure_every: self.measure_every,
            },
        }
    }

    fn checkpoint_folder(&self) -> PathBuf {
        self.checkpoint.clone().unwrap_or_else(|| {
            let mut folder = self.out.clone().into_os_string();
            folder.push(".checkpoint");
            folder.into()
        })
    }

    fn channels(&self) -> Channels {
        self.channels.into()
    }

    fn hop(&self) -> usize {
        self.hop.unwrap_or(self.window)
    }

    fn learning_rate(&self) -> f64 {
        self.lr.unwrap_or(self.optimiser.default_learning_rate())
    }

    /// The devices of this machine and of the workers.
    fn device_group(&self) -> Result<DeviceGroup, String> {
        let mut devices = self.device.devices(self.devices)?;
        if let Some(file) = &self.token {
            let token = remote::read_token(file)?;
            for worker in &self.workers {
                devices.extend(worker.connect(&token)?);
            }
        }
        DeviceGroup::new(devices).ok_or_else(|| "there is no device to train on".into())
    }

    /// The command with every option spelt out and every path left out. How the
    /// `devices` are spread over machines is left out, too: it changes nothing.
    fn command(&self, data: &[TrainingData], devices: usize) -> String {
        let mut text = String::from("grasp-train train");
        for TrainingData { name, people, .. } in data {
            let _ = write!(text, " --data {name}=DIR,people={}", people.join("+"));
        }
        if self.arch.has_cohort() {
            let (seed, window, hop) = (self.seed, self.window, self.hop());
            let _ = write!(text, " --arch {}", self.arch.name());
            if self.channels() != Channels::default() {
                let _ = write!(text, " --channels {}", self.channels.name());
            }
            let _ = write!(
                text,
                " --out BUNDLE --seed {seed} --window {window} --hop {hop}"
            );
            if let Some(most) = self.max_windows_per_session {
                let _ = write!(text, " --max-windows-per-session {most}");
            }
            return text;
        }
        let _ = write!(
            text,
            " --arch {} --out BUNDLE --seed {} --epochs {} --batch {} --lr {} --optimiser {} \
             --margin {} {} --window {} --hop {} --measure-every {}",
            self.arch.name(),
            self.seed,
            self.epochs,
            self.batch,
            self.learning_rate(),
            self.optimiser.name(),
            self.margin,
            match self.pairs {
                Some(total) => format!("--pairs {total}"),
                None => format!("--pairs-per-person {}", self.pairs_per_person),
            },
            self.window,
            self.hop(),
            self.measure_every,
        );
        let limits = [
            ("max-windows-per-session", self.max_windows_per_session),
            ("steps", self.steps),
            ("patience", self.patience),
        ];
        for (name, limit) in limits {
            if let Some(limit) = limit {
                let _ = write!(text, " --{name} {limit}");
            }
        }
        if self.device != DeviceKind::Cpu {
            let _ = write!(text, " --device {}", self.device.name());
        }
        if devices > 1 {
            let _ = write!(text, " --devices {devices}");
        }
        text
    }
}

fn provenances(corpora: &[Corpus]) -> Vec<TrainingData> {
    corpora.iter().map(provenance).collect()
}

fn provenance(corpus: &Corpus) -> TrainingData {
    TrainingData {
        name: corpus.set.name().to_owned(),
        people: corpus
            .people
            .iter()
            .map(|person| person.id.clone())
            .collect(),
        terms: corpus.set.terms().to_owned(),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if number > 0.0 && f64::is_finite(number) => Ok(number),
        _ => Err("expected a number above 0".into()),
    }
}
