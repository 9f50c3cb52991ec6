//! `grasp-train tabulate`.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::evaluate::tabulate;

/// Put several results.json side by side, as Markdown
///
/// docs/results.md is made with it. Each result is a column of its own; those of
/// the original protocol have a table of their own.
#[derive(Debug, Clone, Args)]
pub struct TabulateArgs {
    /// What `grasp-train evaluate` wrote, as NAME=FILE
    #[arg(required = true, value_name = "NAME=FILE", value_parser = named)]
    results: Vec<(String, PathBuf)>,
}

impl TabulateArgs {
    /// Prints the tables.
    pub fn run(self) -> Result<(), Box<dyn Error>> {
        let mut results = Vec::new();
        for (name, file) in self.results {
            let unreadable = |why: String| format!("cannot read {}: {why}", file.display());
            let text = fs::read_to_string(&file).map_err(|e| unreadable(e.to_string()))?;
            let result: Value =
                serde_json::from_str(&text).map_err(|e| unreadable(e.to_string()))?;
            results.push((name, result));
        }
        io::stdout().write_all(tabulate::markdown(&results).as_bytes())?;
        Ok(())
    }
}

fn named(text: &str) -> Result<(String, PathBuf), &'static str> {
    let (name, file) = text.split_once('=').ok_or("expected NAME=FILE")?;
    Ok((name.to_owned(), file.into()))
}
