//! `graspd demo`: enrolment and decisions on recordings of simulated people.

use clap::Args;

use super::enroll::{self, EnrolChoices};
use super::exit::CliError;
use super::locate;
use super::replay::{self, Show};
use super::settings::Settings;
use super::watch::print;
use crate::model::Bundle;
use crate::model::Embedder;
use crate::pipeline::Pipeline;
use crate::source::Speed;

/// Show graspd at work on two simulated people
///
/// Enrols the one from three recordings, then replays a session in which the
/// phone passes from the one to the other. The people are simulated, from
/// published ranges of gait, tremor and posture, so what you see says how
/// graspd works and nothing about how well it tells real people apart.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// `max`, or a factor; 1 is real time
    #[arg(long, default_value_t = Speed::Max)]
    speed: Speed,
    /// Show every window's score too
    #[arg(long)]
    scores: bool,
}

pub(super) fn run(args: &DemoArgs) -> Result<(), CliError> {
    let settings = Settings::default();
    let options = EnrolChoices::automatic().options(&settings)?;
    let bundle = Bundle::open(&locate::model(None)?)?;
    let recordings = [
        locate::sample("enrol-1.csv.zst")?,
        locate::sample("enrol-2.csv.zst")?,
        locate::sample("enrol-3.csv.zst")?,
    ];
    print("Two SIMULATED people. Enrolling the first:")?;
    let tell = |line: String| {
        let _ = print(&format!("  {}", line.replace('\n', "\n  ")));
    };
    let (profile, ..) = enroll::enrol(&bundle, &recordings, options, enroll::NOBODY, tell)?;

    let session = locate::sample("hand-over.csv.zst")?;
    print(&format!(
        "\nA session in which the phone passes to the second ({HAND_OVER}):"
    ))?;
    let pipeline = Pipeline::new(
        Embedder::new(&bundle)?,
        &profile,
        settings.hop,
        settings.rest,
        settings.rule.policy,
    );
    let mut show = Show::new(false, args.scores);
    let summary = replay::replay(&session, args.speed, pipeline, &bundle, &mut show)?;
    print(&format!("\n{summary}"))?;
    Ok(())
}

/// When the phone changes hands in the recording; tests/data/simulated/README.md.
const HAND_OVER: &str = "at +0:02:30";
