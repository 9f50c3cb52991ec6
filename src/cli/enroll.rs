//! `graspd enroll`: makes a profile from recordings.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::enroll_live::{self, LiveArgs};
use super::exit::CliError;
use super::locate;
use super::run::DEFAULT_CONFIG;
use super::settings::{self, Settings};
use super::standard_error;
use super::watch::print;
use crate::accelerometer_bundle;
use crate::daemon::check_hop;
use crate::doctor::who_asks;
use crate::enrol::adaptation::{KeptFile, KeptSessions};
use crate::enrol::{
    EnrolError, EnrolOptions, EnrolReport, Enroller, GammaRule, LearnOptions, SessionReport,
};
use crate::examine::{Doubt, ExaminedSource};
use crate::model::Bundle;
use crate::model::Embedder;
use crate::motion::Channels;
use crate::owner::ocsvm::{Gamma, Nu};
use crate::owner::profile::{Profile, ProfileError};
use crate::source::{self, Source, SourceCounts};

/// The owner of a profile that is kept nowhere.
pub(super) const NOBODY: u32 = u32::MAX;

/// Learn an owner from recordings of ordinary use, or from the running daemon
///
/// Without recordings it asks the running daemon to learn from the motion that
/// comes in, until there is enough or you end it with Ctrl-C. Do so on several
/// occasions; the daemon keeps what it has gathered. `--finish` makes the
/// profile. For root, and for the owner, who is asked for the secret; while there
/// is none, an administrator is asked. Here `--nu` and `--gamma` go with `--finish`,
/// for root alone, and `--model`, `--hop` and `--false-locks-per-day` are refused
/// (exit code 64), because the daemon goes by its own configuration.
///
/// Or give recordings of several sittings, on several days if you can: what
/// differs between sittings is what a profile has to know. Each is a CSV file
/// (`t_ns,sensor,x,y,z`, plain or .zst) or a session folder in HMOG's layout.
/// Model, hop and what an enrolment must promise are the configuration's, so that
/// the profile is one for the daemon that reads it; an option goes before it.
///
/// It prints how many windows it used and why it dropped others, and how
/// consistent they are: each recording (or a fifth of a single one) is held out
/// in turn and scored by a model of the others. It refuses too little or too
/// uniform material, and recordings in other units than m/s² and rad/s.
#[derive(Debug, Args)]
pub(super) struct EnrollArgs {
    /// Recordings of the owner
    #[arg(value_name = "RECORDING", requires = "out")]
    recordings: Vec<PathBuf>,
    /// Where to write the profile (mode 0600)
    #[arg(long, value_name = "FILE", requires = "recordings")]
    out: Option<PathBuf>,
    #[command(flatten)]
    live: LiveArgs,
    /// The configuration, of which [model], [window], [rest], [decide] and [enrol] count
    /// [default: /etc/graspd/graspd.toml, if it is there]
    #[arg(long, value_name = "FILE", requires = "recordings")]
    config: Option<PathBuf>,
    #[command(flatten)]
    choices: EnrolChoices,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
    /// The user that the profile belongs to, who may see its scores
    /// [default: who runs this, or ran sudo, doas or pkexec]
    #[arg(long, value_name = "UID")]
    owner: Option<u32>,
}

/// What an enrolment can be told. Where it is not, the configuration counts if one is read.
#[derive(Debug, Clone, Args)]
pub(super) struct EnrolChoices {
    /// Model bundle [default: the configuration's, or else models/default, here or in
    /// /usr/share/graspd]
    #[arg(long, value_name = "BUNDLE")]
    model: Option<PathBuf>,
    /// Share of enrolment windows left outside the owner's region; used only by a model without a
    /// cohort, such as models/seed-2d
    #[arg(long, default_value_t = Nu::RECIPE.get(), value_name = "SHARE")]
    nu: f64,
    /// Tightness of the kernel, or `auto`: the tightest that still accepts
    /// held-out windows of the owner; used as --nu is
    #[arg(long, default_value = "auto", value_name = "GAMMA")]
    gamma: String,
    /// False locks that you will bear on a day of four hours of use [default: the
    /// configuration's, or else 2]
    #[arg(long, value_name = "N", value_parser = budget)]
    false_locks_per_day: Option<f64>,
    /// Frames of 10 ms from one window to the next [default: the configuration's, or else 96]
    #[arg(long, value_name = "FRAMES")]
    hop: Option<usize>,
}

impl EnrolChoices {
    /// The default options, for commands that enrol without asking.
    pub(super) fn automatic() -> Self {
        Self {
            model: None,
            nu: Nu::RECIPE.get(),
            gamma: "auto".into(),
            hop: None,
            false_locks_per_day: None,
        }
    }

    /// The settings, with what was chosen in place of what they have.
    pub(super) fn over(&self, mut settings: Settings) -> Settings {
        settings.bundle = self.model.clone().or(settings.bundle);
        settings.hop = self.hop.unwrap_or(settings.hop);
        if let Some(number) = self.false_locks_per_day {
            settings.rule.false_locks_per_day = number;
        }
        settings
    }

    /// ν and γ in the form of the daemon's request; no γ stands for `auto`. Refuses what the
    /// request has no place for.
    fn asked_for(&self) -> Result<(f64, Option<f64>), CliError> {
        for (given, option, key, then) in [
            (self.model.is_some(), "--model", "model.bundle", "restart"),
            (self.hop.is_some(), "--hop", "window.hop_frames", "restart"),
            (
                self.false_locks_per_day.is_some(),
                "--false-locks-per-day",
                "enrol.false_locks_per_day",
                "reload",
            ),
        ] {
            if given {
                return Err(CliError::Usage(format!(
                    "{option} is for recordings, and the running daemon goes by {key} in its \
                     configuration ({DEFAULT_CONFIG}); set that, and {then} graspd"
                )));
            }
        }
        let LearnOptions { nu, gamma, .. } = self.options(&Settings::default())?.learn;
        Ok(match gamma {
            GammaRule::Fixed(gamma) => (nu.get(), Some(gamma.get())),
            GammaRule::HeldOut => (nu.get(), None),
        })
    }

    /// What an enrolment is made with by settings that are [`over`](Self::over) others.
    pub(super) fn options(&self, settings: &Settings) -> Result<EnrolOptions, CliError> {
        let usage = |e: String| CliError::Usage(e);
        let gamma = match self.gamma.as_str() {
            "auto" => GammaRule::HeldOut,
            number => {
                let gamma = number.parse().map_err(|_| {
                    usage(format!("--gamma is {number:?}; give a number or `auto`"))
                })?;
                GammaRule::Fixed(Gamma::new(gamma).map_err(|e| usage(e.to_string()))?)
            }
        };
        Ok(EnrolOptions {
            learn: LearnOptions {
                nu: Nu::new(self.nu).map_err(|e| usage(e.to_string()))?,
                gamma,
                rule: settings.rule,
            },
            hop: settings.hop,
            rest: settings.rest,
        })
    }
}

pub(super) fn run(args: &EnrollArgs) -> Result<(), CliError> {
    let Some(out) = &args.out else {
        let choices = args.choices.asked_for()?;
        let owner = args.live.begins().then(|| owner_of(args)).transpose()?;
        return enroll_live::run(&args.live, owner, choices, args.json);
    };
    let owner = owner_of(args)?;
    let config = args.config.as_deref().or(settings::installed());
    let settings = config.map_or_else(|| Ok(Settings::default()), Settings::of)?;
    let settings = args.choices.over(settings);
    let options = args.choices.options(&settings)?;
    let bundle = Bundle::open(&locate::model(settings.bundle.as_deref())?)?;
    let tell = |line: String| match (args.json, line.starts_with("warning: ")) {
        (false, _) => {
            let _ = print(&line);
        }
        (true, true) => standard_error::tell(line),
        (true, false) => {}
    };
    if let Some(config) = config {
        let model = &bundle.manifest().name;
        tell(format!("by {}, for the model {model}", config.display()));
    }
    let (profile, report, kept) = enrol(&bundle, &args.recordings, options, owner, tell)?;
    profile.save(out)?;
    KeptFile::beside(out)
        .save(&kept)
        .map_err(ProfileError::from)?;
    if args.json {
        print(&serde_json::to_string(&report).unwrap_or_default())?;
    } else {
        print(&format!("wrote {} for user {owner}", out.display()))?;
    }
    Ok(())
}

/// Enrols from `recordings` and prints progress line by line.
pub(super) fn enrol(
    bundle: &Bundle,
    recordings: &[PathBuf],
    options: EnrolOptions,
    owner: u32,
    mut tell: impl FnMut(String),
) -> Result<(Profile, EnrolReport, KeptSessions), CliError> {
    let embedder = Embedder::for_hop(bundle, options.hop)?;
    check_hop(options.hop, &embedder, bundle)?;
    if bundle.channels() == Channels::Accelerometer {
        tell(format!("warning: {}", accelerometer_bundle::cost()));
    }
    let mut enroller = Enroller::new(embedder, bundle.cohort(), options);
    let mut wrong = Vec::new();
    for path in recordings {
        let mut source = ExaminedSource::new(source::open(path)?, bundle.channels());
        let report = enroller.add(&mut source)?;
        tell(describe(path, &report));
        let doubts = source.doubts();
        for doubt in &doubts {
            tell(format!("warning: {doubt}"));
        }
        if let Some(first) = source.unreadable() {
            tell(format!("warning: lines that cannot be read; {first}"));
        }
        if let Some(doubt) = doubts.iter().find(|doubt| doubt.spoils()) {
            return Err(unsound(path, doubt.to_string()));
        }
        wrong.extend(cause(&report, &doubts, source.unreadable()).map(|why| (path, why)));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let finished = enroller.finish_and_keep(owner, now.map_or(0, |d| d.as_secs()));
    let (profile, report, kept) = match (finished, wrong.into_iter().next()) {
        // Both fail for this recording's sake, which further recordings would not mend.
        (Err(EnrolError::TooLittle { .. } | EnrolError::Folds(_)), Some((path, why))) => {
            return Err(unsound(path, why));
        }
        (finished, _) => finished?,
    };
    tell(summarise(&report).trim_end().to_owned());
    if report.expectation.forecast.is_none() && report.accepted < 0.5 {
        tell(
            "warning: most held-out windows of the owner were rejected; \
             expect false locks, or enrol more sittings"
                .into(),
        );
    }
    Ok((profile, report, kept))
}

fn unsound(path: &Path, why: String) -> CliError {
    CliError::Unsound {
        path: path.to_owned(),
        why,
    }
}

/// Why a recording gave fewer windows than its length suggests; `None` if nothing is
/// wrong with it.
fn cause(report: &SessionReport, doubts: &[Doubt], unreadable: Option<&str>) -> Option<String> {
    if let Some(doubt) = doubts.first() {
        return Some(doubt.to_string());
    }
    let SourceCounts { samples, malformed } = report.source;
    // Up to a tenth of unreadable lines does not explain missing windows.
    let first = unreadable.filter(|_| malformed * 10 > samples)?;
    Some(format!("{malformed} lines cannot be read; {first}"))
}

fn describe(path: &Path, report: &SessionReport) -> String {
    let SessionReport {
        windows,
        at_rest,
        failed,
        source,
        align,
    } = report;
    let mut line = format!("{}: {windows} windows used", path.display());
    let unusable = align.non_finite + align.duplicate + align.backward;
    for (count, what) in [
        (*at_rest as u64, "windows lying still"),
        (*failed as u64, "windows without numbers from the model"),
        (align.gaps, "gaps"),
        (source.malformed, "unreadable lines"),
        (
            unusable,
            "samples that were no numbers, repeated or out of order",
        ),
        (align.off_rate, "samples at a rate outside 25 to 400 Hz"),
    ] {
        if count > 0 {
            line += &format!(", {count} {what}");
        }
    }
    line
}

fn summarise(report: &EnrolReport) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let thinned = match report.thinned {
        0 => String::new(),
        n => format!(" ({n} more than needed were left out)"),
    };
    format!(
        "enrolled from {} windows{thinned} of {} recordings: {} support vectors at nu {}, gamma {:.4}\n\
         held-out windows of the owner accepted: {}, in the worst recording {}\n{}",
        report.used,
        report.accepted_by_session.len(),
        report.support_vectors,
        report.nu,
        report.gamma,
        percent(report.accepted),
        percent(report.accepted_worst()),
        report.expectation,
    )
}

fn budget(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if number > 0.0 && f64::is_finite(number) => Ok(number),
        _ => Err("expected a number above 0".into()),
    }
}

/// Whose profile it is to be. Root's sessions are on no screen, so root is an owner only if named.
fn owner_of(args: &EnrollArgs) -> Result<u32, CliError> {
    args.owner.or_else(who_asks).ok_or_else(|| {
        CliError::Usage(
            "root has no screen to lock; name whose profile it is to be with --owner UID \
             (`id -u NAME` says it)"
                .into(),
        )
    })
}
