//! `graspd watch`: the daemon's events as they come, on a whole terminal or as lines.

mod screen;
mod terminal;
mod view;

use std::io::{self, ErrorKind, Write};

use clap::Args;

use super::exit::CliError;
use super::socket::SocketArg;
use super::timeline::{Style, Timeline};
use crate::publish::{Client, Event};

/// Show the daemon's events as they come
///
/// On a terminal it fills the screen: state, evidence, scores, counters and the newest events,
/// until q or Ctrl-C. Elsewhere, and with --plain, it prints a line for each event.
#[derive(Debug, Clone, Args)]
pub struct WatchArgs {
    /// Which daemon.
    #[command(flatten)]
    pub socket: SocketArg,
    /// Every window's score too; for root and the profile's owner
    #[arg(long)]
    pub scores: bool,
    /// The events as they are: JSON, one a line
    #[arg(long)]
    pub json: bool,
    /// Lines for people, on a terminal too
    #[arg(long, conflicts_with = "json")]
    pub plain: bool,
}

/// Shows events until the daemon ends the connection or standard output is closed.
pub(super) fn run(args: &WatchArgs) -> Result<(), CliError> {
    if !args.plain
        && !args.json
        && let Some(terminal) = terminal::Terminal::take()
    {
        return screen::run(&args.socket.path(), terminal);
    }
    let mut client = Client::connect(&args.socket.path())?;
    if args.scores {
        client.request(r#"{"request":"subscribe","scores":true}"#)?;
    }
    let mut timeline = Timeline::new(Style::of_stdout());
    let mut next = Some((
        client.hello_line().to_owned(),
        Event::Hello(client.hello().clone()),
    ));
    while let Some((line, event)) = next {
        let line = if args.json {
            line
        } else {
            timeline.line(&event)
        };
        if !print(&line)? {
            break;
        }
        next = client.next_line()?;
    }
    Ok(())
}

/// Prints a line and flushes it; false if standard output has been closed, as by
/// `head`.
pub(super) fn print(line: &str) -> Result<bool, CliError> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(why) => Err(CliError::Output(why)),
    }
}
