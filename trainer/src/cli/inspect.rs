//! `grasp-train inspect`.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;

use super::data::DataArgs;
use crate::inspect::{Survey, page, table};
use crate::progress::Progress;

/// Show what recordings are like: people, sessions, minutes, rates, gaps, rest
///
/// Reads everything as training would. Rest is the quietest twentieth of a
/// person's seconds: what the device shows then is gravity, the handset's own
/// errors, and as little of the person as there is.
#[derive(Debug, Clone, Args)]
pub struct InspectArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Print JSON, session by session, instead of tables
    #[arg(long)]
    json: bool,
    /// Also write plots to DIR/inspect.html, which needs no other file
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl InspectArgs {
    /// Reads, prints and plots.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        let progress = Progress::detect();
        let mut surveys = Vec::new();
        for spec in self.data.sets()? {
            let survey = Survey::of(spec, progress)?;
            for skipped in &survey.skipped {
                progress.say(&format!("skipped {}: {}", skipped.session, skipped.why));
            }
            surveys.push(survey);
        }
        let text = if self.json {
            serde_json::to_string_pretty(&surveys)? + "\n"
        } else {
            surveys
                .iter()
                .map(table::text)
                .collect::<Vec<_>>()
                .join("\n")
        };
        io::stdout().write_all(text.as_bytes())?;
        if let Some(out) = &self.out {
            let file = out.join("inspect.html");
            fs::create_dir_all(out)
                .and_then(|()| fs::write(&file, page::html(&surveys)))
                .map_err(|e| format!("cannot write {}: {e}", file.display()))?;
            progress.say(&format!("wrote {}", file.display()));
        }
        Ok(())
    }
}
