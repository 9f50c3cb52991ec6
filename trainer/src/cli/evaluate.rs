//! `grasp-train evaluate`.

use std::error::Error;
use std::fmt::Write as _;
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
use super::folds;
use crate::data::DataSpec;
use crate::evaluate::cross_validation::FoldSplit;
use crate::evaluate::plot_data::PlotData;
use crate::evaluate::protocol::Protocol;
use crate::evaluate::replay_cache::ReplayCache;
use crate::evaluate::scoring::Scoring;
use crate::evaluate::test_set::TestSet;
use crate::evaluate::unseen::{self, FoldTest};
use crate::evaluate::verification::{ENROLMENT_WINDOWS, Enrolment};
use crate::evaluate::{comparison, page, seed, text_summary};
use crate::history;
use crate::progress::Progress;

/// Ask how well a bundle tells its owner from others
///
/// With `--protocol unseen`, everyone in the data is an owner in turn and an
/// impostor to the others: enrolled on the earlier half of their sessions, tested
/// on the later half. People that the bundle was taught on are refused. Figures
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
  grasp-train evaluate --folds 2 --train '--arch seed-2d' --data hmog=hmog_dataset --out eval")]
pub struct EvaluateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Bundle to evaluate
    #[arg(long, value_name = "BUNDLE", required_unless_present = "folds")]
    model: Option<PathBuf>,
    /// Teach a bundle for each of N folds of the people, and test it on the others
    ///
    /// They are written to DIR/fold-1 and so on; one that is there is used as it is.
    #[arg(long, value_name = "N", requires = "train", conflicts_with = "model")]
    folds: Option<usize>,
    /// What `grasp-train train` is told for each fold, in one argument
    ///
    /// For example "--arch seed-2d --seed 1". More data to teach on may be among it.
    #[arg(
        long,
        value_name = "OPTIONS",
        requires = "folds",
        allow_hyphen_values = true
    )]
    train: Option<String>,
    /// How people and sessions are divided
    #[arg(long, value_enum, default_value_t = Kind::Unseen)]
    protocol: Kind,
    /// Folder to write results.json and report.html to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Another bundle to compare with, on the same trials
    #[arg(long, value_name = "BUNDLE")]
    against: Option<PathBuf>,
    /// Test people that the bundle was taught on too, and label the result
    #[arg(long)]
    allow_seen: bool,
    /// Windows that an owner is enrolled with, of 5 s unless the bundle says otherwise
    #[arg(long, value_name = "N", default_value_t = ENROLMENT_WINDOWS)]
    enrolment: usize,
    /// γ of the one-class SVM: `auto`, as graspd enrols, `recipe`, or a number
    #[arg(long, default_value = "auto", value_parser = gamma)]
    gamma: GammaRule,
    /// How windows are scored, to see what each part of the score brings
    #[arg(long, value_enum, default_value_t = Scoring::default())]
    scoring: Scoring,
    /// Seed of the bootstrap and of the controls
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Owners, impostors and later sessions that the network never saw
    Unseen,
    /// The original notebook's protocol, flaws included, on people it was taught on
    Seed,
}

impl EvaluateArgs {
    /// Evaluates, writes and prints.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        let progress = Progress::detect();
        fs::create_dir_all(&self.out).map_err(|e| unwritable(&self.out, &e))?;
        match self.protocol {
            Kind::Unseen => self.unseen(progress),
            Kind::Seed => self.seed(progress),
        }
    }

    fn unseen(self, progress: Progress) -> Result<(), Box<dyn Error>> {
        // Before hours of teaching folds.
        let other = self.against.as_deref().map(Bundle::open).transpose()?;
        let tests = self.tests(progress)?;
        if let Some(other) = &other {
            comparison::check_other(other, &tests, self.allow_seen)?;
        }
        let protocol = Protocol {
            enrolment: Enrolment {
                windows: self.enrolment,
                gamma: self.gamma,
                ..Enrolment::default()
            },
            scoring: self.scoring,
            policy: Policy::default(),
            seed: self.seed,
        };
        let cache = ReplayCache::new(self.out.join("kept"));
        let (mut results, trials) =
            unseen::evaluate(&tests, protocol, self.allow_seen, &cache, progress)?;
        if let Some(other) = &other {
            let against = comparison::against(other, &tests, &trials, protocol, progress)?;
            results.against = Some(against);
        }
        let plot_data = self.plot_data(&tests[0], progress)?;
        results.command = self.command();
        let page = page::unseen(&results, &plot_data);
        write_all(&self.out, &serde_json::to_string_pretty(&results)?, &page)?;
        cache.clear()?;
        io::stdout().write_all(text_summary::text(&results).as_bytes())?;
        match results.failures.is_empty() {
            true => Ok(()),
            false => Err(results.failures.join("; ").into()),
        }
    }

    fn seed(self, progress: Progress) -> Result<(), Box<dyn Error>> {
        if self.against.is_some() {
            return Err(
                "--protocol seed compares with nothing but the published figures: \
                        give each bundle a command of its own, without --against"
                    .into(),
            );
        }
        let tests = self.tests(progress)?;
        let [FoldTest { bundle, test_set }] = &tests[..] else {
            return Err("--protocol seed tests whom it taught: it has no folds".into());
        };
        let mut results = seed::evaluate(bundle, test_set, self.seed, progress)?;
        let plot_data = self.plot_data(&tests[0], progress)?;
        results.command = self.command();
        let page = page::seed(&results, &plot_data);
        write_all(&self.out, &serde_json::to_string_pretty(&results)?, &page)?;
        io::stdout().write_all(text_summary::seed_text(&results).as_bytes())?;
        Ok(())
    }

    fn tests(&self, progress: Progress) -> Result<Vec<FoldTest>, Box<dyn Error>> {
        let spec = self.one_set()?;
        let bundles = match (self.folds, &self.model) {
            (Some(folds), _) => {
                let recipe = self.train.as_deref().unwrap_or_default();
                folds::train(spec, folds, recipe, &self.out, progress)?
            }
            (None, Some(model)) => {
                let everyone = FoldSplit {
                    trained: Vec::new(),
                    tested: spec.people.clone(),
                };
                vec![(Bundle::open(model)?, everyone)]
            }
            (None, None) => return Err("give --model or --folds".into()),
        };
        let mut tests = Vec::new();
        for (bundle, fold) in bundles {
            let frames = bundle.manifest().input.frames;
            let of_fold = DataSpec {
                people: fold.tested,
                ..spec.clone()
            };
            let test_set = TestSet::read(&of_fold, frames, progress)?;
            for skipped in &test_set.skipped {
                progress.say(&format!("skipped {}: {}", skipped.session, skipped.why));
            }
            tests.push(FoldTest { bundle, test_set });
        }
        Ok(tests)
    }

    fn plot_data(&self, test: &FoldTest, progress: Progress) -> Result<PlotData, Box<dyn Error>> {
        let bundle = match &self.model {
            Some(model) => model.clone(),
            None => self.out.join("fold-1"),
        };
        let history = history::csv::read(&bundle);
        Ok(PlotData::of(test, history, self.seed, progress)?)
    }

    /// The command with every path left out.
    fn command(&self) -> String {
        let mut text = String::from("grasp-train evaluate");
        let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
        if let Some(model) = &self.model {
            let _ = write!(text, " --model {}", name(model));
        }
        if let (Some(folds), Some(train)) = (self.folds, &self.train) {
            let _ = write!(text, " --folds {folds} --train '{train}'");
        }
        for spec in self.data.sets().unwrap_or_default() {
            let _ = write!(text, " --data {}=DIR", spec.set);
            if !spec.people.is_empty() {
                let _ = write!(text, ",people={}", spec.people.join("+"));
            }
        }
        if self.protocol == Kind::Seed {
            text += " --protocol seed";
        } else {
            let _ = write!(
                text,
                " --enrolment {} --gamma {}",
                self.enrolment,
                gamma_text(self.gamma)
            );
        }
        if self.scoring != Scoring::default() {
            let scoring = self.scoring.to_possible_value();
            let name = scoring.as_ref().map_or("", |value| value.get_name());
            let _ = write!(text, " --scoring {name}");
        }
        if let Some(against) = &self.against {
            let _ = write!(text, " --against {}", name(against));
        }
        if self.allow_seen {
            text += " --allow-seen";
        }
        let _ = write!(text, " --seed {} --out DIR", self.seed);
        text
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

fn gamma_text(gamma: GammaRule) -> String {
    match gamma {
        GammaRule::HeldOut => "auto".into(),
        GammaRule::Fixed(gamma) => gamma.get().to_string(),
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
