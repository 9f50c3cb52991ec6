//! Man pages and shell completions, generated from the definitions of the arguments.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::exit::CliError;

/// Write the man pages
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder to write graspd.1, graspd-run.1, … into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Print completions for a shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn man(command: &Command, args: &ManArgs) -> Result<(), CliError> {
    fs::create_dir_all(&args.folder)?;
    clap_mangen::generate_to(command.clone(), &args.folder)?;
    Ok(())
}

pub(super) fn completions(command: &mut Command, args: &CompletionsArgs) -> Result<(), CliError> {
    clap_complete::generate(args.shell, command, "graspd", &mut io::stdout());
    Ok(())
}
