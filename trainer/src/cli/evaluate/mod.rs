//! `grasp-train evaluate`.

mod command;
mod protocol_options;

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use grasp_chart::Report;
use graspd::decide::Policy;
use graspd::enrol::GammaRule;
use graspd::model::Bundle;
use graspd::owner::ocsvm::Gamma;

use super::data::DataArgs;
use super::folds::{self, Bundles, Split};
use super::parsers::at_least_one;
use crate::data::DataSpec;
use crate::evaluate::fold_source::{FoldSource, FoldTest};
use crate::evaluate::life::{self, Adaptation, Intruder, LifeOptions};
use crate::evaluate::plot_data::PlotData;
use crate::evaluate::protocol::Protocol;
use crate::evaluate::replay_cache::ReplayCache;
use crate::evaluate::scoring::Scoring;
use crate::evaluate::undated;
use crate::evaluate::unseen;
use crate::evaluate::verification::Enrolment;
use crate::evaluate::{page, seed, text_summary};
use crate::features::ENROLMENT_WINDOWS;
use crate::history;
use crate::progress::Progress;

/// Ask how well a bundle tells its owner from others
///
/// With `--protocol unseen`, everyone in the data is an owner in turn and an
/// impostor to the others: enrolled on the earlier half of their sessions, tested
/// on the later half. People that the bundle was trained on are refused. Figures
/// come with 95 % intervals and with controls; if a control fails, so does the
/// command. Decisions are those of the daemon's own pipeline, over the owners'
/// later sessions and over hand-overs spliced from two people's.
///
/// DIR/results.json has every figure and DIR/report.html shows them.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "\
Examples:
  grasp-train evaluate --model models/seed-2d --data hmog=hmog_dataset,people=A+B+C --out eval
  grasp-train evaluate --model mine --against models/seed-2d --data graspd=recordings --out eval
  grasp-train evaluate --folds 2 --train '--arch seed-2d' --data hmog=hmog_dataset --out eval
  grasp-train evaluate --folds pairs --train '--arch spectral' --data hmog=hmog_dataset --out eval")]
pub struct EvaluateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Bundle to evaluate
    #[arg(long, value_name = "BUNDLE", required_unless_present = "folds")]
    model: Option<PathBuf>,
    /// Train a bundle for each of N folds of the people, and test it on the others
    ///
    /// They are written to DIR/fold-1 and so on; one that is there is used as it is, if it
    /// was trained on the same recordings.
    /// `pairs` makes a fold of each two people (leave-pair-out), in DIR/pair-A-B: the
    /// largest cohorts that so few people allow, and every person against every other.
    #[arg(
        long,
        value_name = "N or pairs",
        requires = "train",
        conflicts_with = "model"
    )]
    folds: Option<Split>,
    /// What `grasp-train train` is told for each fold, in one argument
    ///
    /// For example "--arch seed-2d --seed 1". More data to train on may be among it.
    #[arg(
        long,
        value_name = "OPTIONS",
        requires = "folds",
        allow_hyphen_values = true
    )]
    train: Option<String>,
    /// Take the folds' bundles from the --out of another evaluation instead, whatever
    /// recordings of the same people they were trained on
    #[arg(long, value_name = "DIR", requires = "folds")]
    folds_from: Option<PathBuf>,
    /// How people and sessions are divided
    #[arg(long, value_enum, default_value_t = Kind::Unseen)]
    protocol: Kind,
    /// Folder to write results.json and report.html to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Another bundle to compare with, on the same trials
    #[arg(long, value_name = "BUNDLE")]
    against: Option<PathBuf>,
    /// More impostors, of another data set; figures against them stand by themselves
    #[arg(long, value_name = "SET=DIR[,people=…]")]
    impostors: Option<DataSpec>,
    /// Folds, or owners of a fold, that are evaluated at once [default: one a processor]
    ///
    /// It changes how much memory is used, and nothing else.
    #[arg(long, value_name = "N", value_parser = at_least_one())]
    jobs: Option<usize>,
    /// Test people that the bundle was trained on too, and label the result
    #[arg(long)]
    allow_seen: bool,
    /// Windows that an owner is enrolled with, of 5 s unless the bundle says otherwise
    /// [default: 120]
    #[arg(long, value_name = "N")]
    enrolment: Option<usize>,
    /// γ of the one-class SVM: `auto`, as graspd enrols, `recipe`, or a number [default: auto]
    #[arg(long, value_parser = gamma)]
    gamma: Option<GammaRule>,
    /// How windows are scored, to see what each part of the score brings [default: compensated]
    #[arg(long, value_enum)]
    scoring: Option<Scoring>,
    /// How the profile changes with use, for `--protocol life` [default: none]
    #[arg(long, value_enum)]
    adaptation: Option<Adaptation>,
    /// Somebody else who knows the secret, for `--protocol life` with a profile that learns
    #[arg(long, value_enum)]
    intruder: Option<Intruder>,
    /// For how many days they use the device
    #[arg(long, value_name = "N", default_value_t = 60, requires = "intruder")]
    days: u32,
    /// Leave out decisions, whose replays take most of the time, and the control of causality
    #[arg(long)]
    windows_only: bool,
    /// Seed of the bootstrap and of the controls [default: 1]
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Owners, impostors and later sessions that the network never saw
    Unseen,
    /// The same, enrolled in two sittings and tested session by session, in order of time
    Life,
    /// The original notebook's protocol, flaws included, on people it was trained on
    Seed,
}

impl EvaluateArgs {
    /// Evaluates, writes and prints.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        protocol_options::check(&self)?;
        let progress = Progress::detect();
        fs::create_dir_all(&self.out).map_err(|e| unwritable(&self.out, &e))?;
        if let Some(jobs) = self.jobs {
            rayon::ThreadPoolBuilder::new()
                .num_threads(jobs)
                .build_global()?;
        }
        match self.protocol {
            Kind::Unseen => self.unseen(progress),
            Kind::Life => self.life(progress),
            Kind::Seed => self.original(progress),
        }
    }

    fn unseen(self, progress: Progress) -> Result<(), Box<dyn Error>> {
        // Before hours of training folds.
        let other = self.against.as_deref().map(Bundle::open).transpose()?;
        let sources = self.sources(progress)?;
        if let Some(other) = &other {
            check_windows(&Bundle::open(&sources[0].bundle)?, other)?;
        }
        let protocol = self.protocol();
        let cache = ReplayCache::new(self.out.join("kept"));
        let mut results = unseen::evaluate(
            &sources,
            other.as_ref(),
            protocol,
            self.allow_seen,
            &cache,
            progress,
        )?;
        let mut folds = results.folds.iter();
        let shown = folds.position(|fold| !fold.tested.is_empty());
        let shown = &sources[shown.unwrap_or(0)];
        let plot_data = self.plot_data(shown, &shown.open(Progress::Silent)?, progress)?;
        results.command = self.command();
        let page = page::unseen(&results, &plot_data);
        write_all(&self.out, &serde_json::to_string_pretty(&results)?, &page)?;
        cache.clear()?;
        io::stdout().write_all(text_summary::unseen(&results).as_bytes())?;
        match results.failures.is_empty() {
            true => Ok(()),
            false => Err(results.failures.join("; ").into()),
        }
    }

    fn life(self, progress: Progress) -> Result<(), Box<dyn Error>> {
        if self.intruder.is_some() && self.adaptation() == Adaptation::None {
            return Err(
                "--intruder wants a profile that learns: --adaptation daemon or daily".into(),
            );
        }
        let sources = self.sources(progress)?;
        let options = LifeOptions {
            adaptation: self.adaptation(),
            intruder: self.intruder,
            days: self.days,
        };
        let mut results = life::evaluate(
            &sources,
            options,
            self.protocol(),
            self.allow_seen,
            progress,
        )?;
        results.command = self.command();
        let page = page::life(&results);
        write_all(&self.out, &serde_json::to_string_pretty(&results)?, &page)?;
        io::stdout().write_all(text_summary::life(&results).as_bytes())?;
        let tested = sources.iter().map(|one| &one.tested);
        if let Some(warning) = undated::warning(tested, &results.skipped)? {
            progress.say(&format!("WARNING: {warning}"));
        }
        Ok(())
    }

    fn protocol(&self) -> Protocol {
        Protocol {
            enrolment: Enrolment {
                windows: self.enrolment(),
                gamma: self.gamma(),
                ..Enrolment::default()
            },
            scoring: self.scoring(),
            policy: Policy::default(),
            replays: !self.windows_only,
            seed: self.seed(),
        }
    }

    fn enrolment(&self) -> usize {
        self.enrolment.unwrap_or(ENROLMENT_WINDOWS)
    }

    fn gamma(&self) -> GammaRule {
        self.gamma.unwrap_or(GammaRule::HeldOut)
    }

    fn scoring(&self) -> Scoring {
        self.scoring.unwrap_or_default()
    }

    fn adaptation(&self) -> Adaptation {
        self.adaptation.unwrap_or_default()
    }

    fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
    }

    fn original(self, progress: Progress) -> Result<(), Box<dyn Error>> {
        let sources = self.sources(progress)?;
        let [source] = &sources[..] else {
            return Err("--protocol seed tests whom it was trained on: it has no folds".into());
        };
        let mut test = source.open(progress)?;
        test.test_set = test.test_set.or_empty()?;
        let FoldTest {
            bundle, test_set, ..
        } = &test;
        let mut results = seed::evaluate(bundle, test_set, self.seed(), progress)?;
        let plot_data = self.plot_data(source, &test, progress)?;
        results.command = self.command();
        let page = page::seed(&results, &plot_data);
        write_all(&self.out, &serde_json::to_string_pretty(&results)?, &page)?;
        io::stdout().write_all(text_summary::seed(&results).as_bytes())?;
        Ok(())
    }

    fn sources(&self, progress: Progress) -> Result<Vec<FoldSource>, Box<dyn Error>> {
        let spec = self.one_set()?;
        if let Some(same) = self.impostors.as_ref().filter(|more| more.set == spec.set) {
            return Err(format!(
                "--impostors are of another data set than --data; people of {} are impostors to \
                 each other already",
                same.set
            )
            .into());
        }
        let source = |bundle: PathBuf, people: Vec<String>| FoldSource {
            bundle,
            tested: DataSpec {
                people,
                ..spec.clone()
            },
            strangers: self.impostors.clone(),
        };
        match (self.folds, &self.model) {
            (Some(split), _) => {
                let recipe = self.train.as_deref().unwrap_or_default();
                let bundles = match &self.folds_from {
                    Some(folder) => Bundles::TakenFrom(folder),
                    None => Bundles::TrainedIn(&self.out),
                };
                let folds = folds::bundles(spec, split, recipe, bundles, progress)?;
                let folds = folds.into_iter();
                Ok(folds
                    .map(|(bundle, fold)| source(bundle, fold.tested))
                    .collect())
            }
            (None, Some(model)) => Ok(vec![source(model.clone(), spec.people.clone())]),
            (None, None) => Err("give --model or --folds".into()),
        }
    }

    /// Of one fold, or the only bundle.
    fn plot_data(
        &self,
        source: &FoldSource,
        test: &FoldTest,
        progress: Progress,
    ) -> Result<PlotData, Box<dyn Error>> {
        let history = history::csv::read(&source.bundle);
        Ok(PlotData::of(test, history, self.seed(), progress)?)
    }

    fn one_set(&self) -> Result<&DataSpec, String> {
        match self.data.sets()? {
            [one] => Ok(one),
            _ => Err("people of two data sets are no impostors to each other; \
                      give one --data and evaluate the other by itself"
                .into()),
        }
    }
}

/// An error if `other` takes a sensor that windows cut for `bundle` leave out.
fn check_windows(bundle: &Bundle, other: &Bundle) -> Result<(), &'static str> {
    let taken = bundle.channels();
    match (other.channels().sensors().iter()).all(|sensor| taken.include(*sensor)) {
        true => Ok(()),
        false => Err(
            "--against takes the gyroscope, which the bundle that is evaluated does \
                      not: exchange the two",
        ),
    }
}

fn gamma(text: &str) -> Result<GammaRule, String> {
    match text {
        "auto" => Ok(GammaRule::HeldOut),
        "recipe" => Ok(GammaRule::Fixed(Gamma::RECIPE)),
        number => {
            let number = number
                .parse()
                .map_err(|_| "expected auto, recipe or a number")?;
            let gamma = Gamma::new(number).map_err(|e| e.to_string())?;
            Ok(GammaRule::Fixed(gamma))
        }
    }
}

fn write_all(out: &Path, json: &str, page: &Report) -> Result<(), String> {
    for (name, text) in [
        ("results.json", format!("{json}\n")),
        ("report.html", page.html()),
    ] {
        let path = out.join(name);
        fs::write(&path, text).map_err(|e| unwritable(&path, &e))?;
    }
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}
