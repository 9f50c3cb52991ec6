//! The command line.

mod adaptation;
mod demo;
mod doctor;
mod enroll;
mod enroll_live;
mod exit;
mod false_lock;
mod locate;
mod manual;
mod pause;
mod profile;
mod record;
mod release;
mod replay;
mod report;
mod require;
mod run;
mod secret;
mod settings;
pub mod socket;
mod standard_error;
pub mod status;
mod text_agent;
pub mod timeline;
mod validate;
pub mod watch;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::hidden_characters::{is_hidden, plain};

/// Continuous authentication from the way a phone is held
///
/// graspd reads the accelerometer and the gyroscope, scores every five seconds
/// of motion against its owner's profile, and publishes whether the owner still
/// holds the device: lock, unlock, or inconclusive. It asks for locks and never
/// unlocks anything.
///
/// `graspd demo` shows it at work on simulated people. To try your own
/// recordings: `graspd replay TEST --enroll MINE1 --enroll MINE2`.
#[derive(Debug, Parser)]
#[command(name = "graspd", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Run(run::RunArgs),
    Replay(replay::ReplayArgs),
    Enroll(enroll::EnrollArgs),
    Record(record::RecordArgs),
    Profile(profile::ProfileArgs),
    FalseLock(false_lock::FalseLockArgs),
    Pause(pause::PauseArgs),
    Resume(pause::ResumeArgs),
    Require(require::RequireArgs),
    Watch(watch::WatchArgs),
    Status(status::StatusArgs),
    Report(report::ReportArgs),
    Validate(validate::ValidateArgs),
    Doctor(doctor::DoctorArgs),
    #[command(hide = true)]
    Release(release::ReleaseArgs),
    Man(manual::ManArgs),
    Completions(manual::CompletionsArgs),
}

/// Parses the arguments and runs the command; exit codes are those of sysexits(3).
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked_for = !error.use_stderr();
            // Ignored: if neither stream can be written, the error cannot be reported.
            let _ = error.print();
            return if asked_for {
                ExitCode::SUCCESS
            } else {
                exit::USAGE.into()
            };
        }
    };
    // Names of files are shown in progress and in results.
    let mut arguments = std::env::args_os().map(|one| one.to_string_lossy().into_owned());
    if let Some(argument) = arguments.find(|argument| argument.contains(is_hidden)) {
        standard_error::tell(format_args!(
            "graspd: {argument:?} has characters that are not shown; rename that file"
        ));
        return exit::USAGE.into();
    }
    let result = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Enroll(args) => enroll::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Profile(args) => profile::run(&args),
        Command::FalseLock(args) => false_lock::run(&args),
        Command::Pause(args) => pause::pause(&args),
        Command::Resume(args) => pause::resume(&args),
        Command::Require(args) => require::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Release(args) => release::run(&args),
        Command::Man(args) => manual::man(&Cli::command(), &args),
        Command::Completions(args) => manual::completions(&mut Cli::command(), &args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // The reader closed the pipe, as in `graspd replay … | head`: not an error.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // Names of files and models in it are other people's.
            for line in format!("graspd: {error}").lines() {
                standard_error::tell(plain(line));
            }
            error.exit_code()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
