//! `graspd false-lock`: the owner says that it was them.

use clap::Args;

use super::adaptation::ask_daemon;
use super::exit::CliError;
use super::socket::SocketArg;
use super::watch::print;
use crate::publish::Client;

/// Say that the last lock was false: it was you
///
/// Once the screen is open again. A lock that you open with your secret within
/// half a minute is taken for false without being told. This counts one that you
/// opened later, but nothing is learnt of its motion: somebody else may have held
/// the device until you came. For root and the owner.
#[derive(Debug, Args)]
pub(super) struct FalseLockArgs {
    /// The opposite: it was not you, and what the lock was taken for is withdrawn
    #[arg(long)]
    right: bool,
    #[command(flatten)]
    socket: SocketArg,
}

pub(super) fn run(args: &FalseLockArgs) -> Result<(), CliError> {
    let daemon = Client::connect(&args.socket.path())?;
    let request = match args.right {
        true => r#"{"request":"right_lock"}"#,
        false => r#"{"request":"false_lock"}"#,
    };
    print(&ask_daemon(daemon, request)?)?;
    Ok(())
}
