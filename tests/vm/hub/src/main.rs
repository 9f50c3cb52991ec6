//! A simulated sensor hub on `/dev/uhid` for the kernel's hid-sensor-hub driver: an
//! accelerometer and a gyroscope that replay a recording. It logs what it sends, and
//! can compare that with what graspd read. Or a simulated sensor core of Qualcomm's, on the
//! kernel's IPC router.

mod compare;
mod control;
mod descriptor;
mod feed;
mod sensor;
mod sensor_core;
mod uhid;
mod wire;

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
    Core(sensor_core::Args),
    Compare(compare::Args),
}

/// Errors of the hub.
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
        Task::Core(args) => sensor_core::run(&args),
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
