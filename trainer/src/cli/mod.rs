//! The command line: one module a subcommand.

mod data;
mod evaluate;
mod folds;
mod inspect;
mod parsers;
mod serve;
mod simulate;
mod tabulate;
mod train;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Train and examine graspd's models, off the device.
#[derive(Debug, Parser)]
#[command(name = "grasp-train", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Train(train::TrainArgs),
    Serve(serve::ServeArgs),
    Simulate(simulate::SimulateArgs),
    Inspect(inspect::InspectArgs),
    Evaluate(evaluate::EvaluateArgs),
    Tabulate(tabulate::TabulateArgs),
}

impl Command {
    fn run(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Train(args) => args.run(),
            Self::Serve(args) => args.run(),
            Self::Simulate(args) => args.run(),
            Self::Inspect(args) => args.run(),
            Self::Evaluate(args) => args.run(),
            Self::Tabulate(args) => args.run(),
        }
    }
}

/// Runs the command line. Exit code 0, or 1 with one line on standard error.
pub fn main() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("grasp-train: {error}");
            ExitCode::FAILURE
        }
    }
}
