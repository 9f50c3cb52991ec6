//! `graspd doctor`: checks everything that graspd needs, with remedies.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::exit::CliError;
use super::timeline::Style;
use super::watch::print;
use crate::doctor::{Finding, Severity, examine};
use crate::hidden_characters::plain;

/// Look at everything that graspd needs, and say what to do about the rest
///
/// Sensors and who holds them, permissions, configuration, model, profile,
/// session and daemon: one line each, `ok`, `warn` or `fail`. It changes nothing,
/// but reads sensors: the kernel's for some seconds where nobody else reads them,
/// those behind a sensor core or sensorfw for up to twenty. Run by root it looks
/// with the eyes of the user graspd. Exits with 69 if anything fails.
///
/// `--json` prints `verdict`, the worst of all, and `findings`, each with `check`,
/// `verdict`, `found`, and `remedy` where something is to be done.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = super::run::DEFAULT_CONFIG)]
    config: PathBuf,
    /// Whose permissions count [default: graspd if root asks, else who does]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Print the findings as one JSON object
    #[arg(long)]
    json: bool,
    /// Where the system's files are
    #[arg(long, value_name = "DIR", default_value = "/", hide = true)]
    root: PathBuf,
}

pub(super) fn run(args: &DoctorArgs) -> Result<(), CliError> {
    let findings = examine(&args.root, &args.config, args.user.as_deref());
    let worst = findings.iter().map(|finding| finding.verdict).max();
    // Whoever reads no further, as `grep -q`, still gets the exit code.
    if args.json {
        print(&json!({ "verdict": worst, "findings": findings }).to_string())?;
    } else {
        let style = Style::of_stdout();
        for finding in &findings {
            if !print(&line(finding, style))? {
                break;
            }
        }
    }
    let failed = findings.iter().filter(|f| f.verdict == Severity::Fail);
    match failed.count() {
        0 => Ok(()),
        failed => Err(CliError::Unfit(failed)),
    }
}

fn line(finding: &Finding, style: Style) -> String {
    let colour = match finding.verdict {
        Severity::Ok => "32",
        Severity::Warn => "33",
        Severity::Fail => "1;31",
    };
    let verdict = style.paint(colour, &format!("{:<5}", finding.verdict));
    let mut text = format!("{verdict} {:<14} {}", finding.check, plain(&finding.found));
    if let Some(remedy) = &finding.remedy {
        text += &format!("\n{:20} → {}", "", plain(remedy));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_line_and_its_remedy_another() {
        let finding = Finding {
            check: "node",
            verdict: Severity::Fail,
            found: "graspd may read 0 of 1: \u{1b}[2J".into(),
            remedy: Some("install the rules".into()),
        };
        assert_eq!(
            line(&finding, Style::Plain),
            "fail  node           graspd may read 0 of 1: [2J\n                     → install the rules"
        );
    }
}
