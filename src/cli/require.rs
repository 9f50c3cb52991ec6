//! `graspd require`: whether the owner is believed to hold the device, as an exit code.

use std::time::Duration;

use clap::{Args, ValueEnum};
use rustix::process::geteuid;

use super::exit::CliError;
use super::socket::SocketArg;
use crate::decide::State;
use crate::publish::phrase::reason;
use crate::publish::{Client, Mode, Status};

/// Time-out for each answer: who waits longer may as well type a password.
const PATIENCE: Duration = Duration::from_secs(1);

/// Succeed only if graspd believes the owner now
///
/// Prints nothing and exits with 0 if the daemon is there, watches for you (for
/// root: for anybody), locks what it decides to lock, and its state is as
/// required. Else it prints one line that says why and exits with 77, or with 69
/// where no daemon answers within a second, 76 where another program does, 71 where
/// a system call fails, and 64 or 78 where the arguments are wrong. It is a reason to
/// ask for less, such as a fingerprint in place of a password, and never a proof by
/// itself: pam_graspd(8).
#[derive(Debug, Args)]
pub(super) struct RequireArgs {
    /// The least that has to hold
    #[arg(long, value_enum, value_name = "STATE", default_value_t = Required::Unlock)]
    state: Required,
    #[command(flatten)]
    socket: SocketArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Required {
    /// The owner is recognised
    Unlock,
    /// The state is not lock, and nothing is paused
    Inconclusive,
}

pub(super) fn run(args: &RequireArgs) -> Result<(), CliError> {
    let mut daemon = Client::connect_within(&args.socket.path(), PATIENCE)?;
    daemon.wait_for(Some(PATIENCE))?;
    let status = daemon.status()?;
    match obstacle(&status, args.state, geteuid().as_raw()) {
        None => Ok(()),
        Some(why) => Err(CliError::NotBelieved(why)),
    }
}

/// Why `required` does not hold for this user, or for root for any owner; `None` if it does.
fn obstacle(status: &Status, required: Required, user: u32) -> Option<String> {
    use crate::decide::Reason::{AtRest, Evidence, Gap, WarmUp};
    if status.mode != Mode::Live.into() {
        return Some("graspd only observes, or plays a recording".into());
    }
    if !status.is_for(user) {
        return Some("graspd does not watch for this user".into());
    }
    let watched = [Evidence, AtRest, Gap, WarmUp].map(Into::into);
    let holds = match (status.state, required) {
        (State::Unlock, _) => true,
        (State::Inconclusive, Required::Inconclusive) => watched.contains(&status.reason),
        _ => false,
    };
    let state = status.state.name();
    (!holds).then(|| {
        format!(
            "the state is {state}: {}",
            reason(status.state, &status.reason)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::Event;

    fn status(state: &str, reason: &str, mode: &str) -> Status {
        let line = format!(
            r#"{{"event":"status","state":"{state}","reason":"{reason}","t_ns":1,"uptime_ns":1,"mode":"{mode}","owner":7}}"#
        );
        let Ok(Event::Status(status)) = Event::from_line(&line) else {
            panic!("no status: {line}");
        };
        status
    }

    #[test]
    fn only_a_live_daemon_that_recognises_this_owner_is_enough() {
        let holds = |state, reason, mode, required, user| {
            obstacle(&status(state, reason, mode), required, user).is_none()
        };
        let unlock = Required::Unlock;
        assert!(holds("unlock", "evidence", "live", unlock, 7));
        assert!(holds("unlock", "evidence", "live", unlock, 0));
        assert!(!holds("unlock", "evidence", "live", unlock, 8));
        assert!(!holds("unlock", "evidence", "observe", unlock, 7));
        assert!(!holds("unlock", "evidence", "replay", unlock, 0));
        assert!(!holds("unlock", "evidence", "new", unlock, 0));
        assert!(!holds("inconclusive", "warm_up", "live", unlock, 0));
        assert!(!holds("lock", "evidence", "live", unlock, 0));
        let least = Required::Inconclusive;
        assert!(holds("inconclusive", "at_rest", "live", least, 7));
        for paused in ["paused", "screen_locked", "not_enrolled", "new"] {
            assert!(!holds("inconclusive", paused, "live", least, 7));
        }
        assert!(!holds("lock", "evidence", "live", least, 0));
    }
}
