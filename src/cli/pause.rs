//! `graspd pause` and `graspd resume`.

use std::time::Duration;

use clap::Args;
use rustix::process::geteuid;

use super::exit::CliError;
use super::socket::SocketArg;
use super::text_agent::TextAgent;
use super::watch::print;
use crate::bus::client::BusClient;
use crate::publish::{Client, LONGEST_PAUSE};

/// Time-out for an answer of the daemon.
const PATIENCE: Duration = Duration::from_secs(5);

/// Decide nothing for a while, to hand the device to somebody
///
/// Asks for your secret, by way of polkit. The pause ends at its time, by
/// `graspd resume`, and at the latest with the next lock screen; a restart of
/// graspd keeps it. It cannot begin while the state is lock. For the owner and
/// root, who is not asked.
#[derive(Debug, Args)]
pub(super) struct PauseArgs {
    /// For how long, eight hours at most
    #[arg(long = "for", value_name = "TIME", default_value = "30min", value_parser = span)]
    span: Duration,
    #[command(flatten)]
    socket: SocketArg,
}

/// End a pause
///
/// For the owner and root. Evidence has to be earned again.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    socket: SocketArg,
}

fn span(text: &str) -> Result<Duration, String> {
    let span = humantime::parse_duration(text).map_err(|why| why.to_string())?;
    match span {
        span if span < Duration::from_secs(1) => Err("a pause takes a second at least".into()),
        span if span > LONGEST_PAUSE => Err("a pause takes eight hours at most".into()),
        span => Ok(Duration::from_secs(span.as_secs())),
    }
}

pub(super) fn pause(args: &PauseArgs) -> Result<(), CliError> {
    let span = args.span;
    if geteuid().is_root() {
        ask(
            &args.socket,
            &format!(r#"{{"request":"pause","for_s":{}}}"#, span.as_secs()),
        )?;
    } else {
        let daemon = Client::connect(&args.socket.path())?;
        daemon.wait_for(Some(PATIENCE))?;
        let bus = BusClient::connect()?;
        let on_the_bus = bus.process_id()?;
        if daemon.process_id() != Some(on_the_bus) {
            return Err(CliError::Usage(format!(
                "who asks for the secret is the daemon on the system bus, and that is not the one \
                 on {}; name that one's socket by --socket, or run this as root",
                args.socket.path().display()
            )));
        }
        let _agent = TextAgent::start();
        bus.pause(span)?;
    }
    let span = humantime::format_duration(span);
    print(&format!(
        "paused for {span}, or until the next lock screen; `graspd resume` ends it"
    ))?;
    Ok(())
}

pub(super) fn resume(args: &ResumeArgs) -> Result<(), CliError> {
    ask(&args.socket, r#"{"request":"resume"}"#)?;
    print("not paused")?;
    Ok(())
}

fn ask(socket: &SocketArg, request: &str) -> Result<(), CliError> {
    let mut daemon = Client::connect(&socket.path())?;
    daemon.wait_for(Some(PATIENCE))?;
    daemon.ask_status(request)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_has_an_end_within_a_working_day() {
        assert_eq!(span("30min"), Ok(Duration::from_secs(1800)));
        assert_eq!(span("8h"), Ok(LONGEST_PAUSE));
        for wrong in ["", "0s", "5ms", "9h", "1000years", "for ever"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
