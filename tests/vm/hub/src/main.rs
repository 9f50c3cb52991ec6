//! A sensor hub on `/dev/uhid`, which the kernel's hid-sensor-hub driver takes
//! for a real one: an accelerometer and a gyroscope that play a recording.
//! What it sends it also writes down, and can compare with what graspd read.

mod compare;
mod control;
mod descriptor;
mod feed;
mod sensor;
mod uhid;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use thiserror::Error;

/// A virtual sensor hub, for tests
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Feed(feed::Args),
    Compare(compare::Args),
}

/// Why the hub cannot do what it should.
#[derive(Debug, Error)]
enum HubError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Recording(#[from] graspd::source::SourceError),
    #[error("{0}")]
    Differs(String),
}

fn main() -> ExitCode {
    let result = match Args::parse().task {
        Task::Feed(args) => feed::run(&args),
        Task::Compare(args) => compare::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vm-hub: {error}");
            ExitCode::FAILURE
        }
    }
}
