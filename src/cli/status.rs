//! `graspd status`: prints the daemon's status.

use std::fmt::Write;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use rustix::process::geteuid;

use super::exit::CliError;
use super::socket::SocketArg;
use super::timeline::{Style, Timeline};
use super::watch::print;
use crate::decide::{Reason, State};
use crate::doctor::screen_opens_without_secret;
use crate::hidden_characters::plain;
use crate::publish::phrase::clock;
use crate::publish::{Client, Event, Extensible, Hello, Mode, ScreenState, SessionStatus, Status};

/// Time-out for an answer of the daemon.
const PATIENCE: Duration = Duration::from_secs(5);

/// Show what the daemon believes and how it is doing.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Which daemon.
    #[command(flatten)]
    pub socket: SocketArg,
    /// The answer as it is: JSON, on one line
    #[arg(long)]
    pub json: bool,
}

/// Asks for the status and prints it.
pub(super) fn run(args: &StatusArgs) -> Result<(), CliError> {
    let mut client = Client::connect(&args.socket.path())?;
    client.wait_for(Some(PATIENCE))?;
    let request = r#"{"request":"status"}"#;
    let (status, line) = client.ask_with_line(request, |event, line| match event {
        Event::Status(status) => Some((status, line)),
        _ => None,
    })?;
    if args.json {
        print(&line)?;
        return Ok(());
    }
    let me = geteuid().as_raw();
    print(render(client.hello(), &status, Style::of_stdout(), me).trim_end())?;
    // Only root and the owner receive the session's status.
    if status.session.is_some() && !geteuid().is_root() {
        for way in screen_opens_without_secret() {
            print(&format!("{:<22} anybody can open it: {way}", "lock screen"))?;
        }
    }
    Ok(())
}

/// The status in rows, for the user `uid`.
fn render(hello: &Hello, status: &Status, style: Style, uid: u32) -> String {
    let mut text = String::new();
    let mut row = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<22} {value}");
    };
    row("protects you", &protects(status, uid));
    row("daemon", &plain(&hello.daemon));
    row("model", &plain(status.model.as_deref().unwrap_or("none")));
    row(
        "running for",
        &clock(Duration::from_nanos(status.uptime_ns)),
    );
    if status.mode == Mode::Observe.into() {
        row("mode", "observe: nothing is locked");
    }
    row("state", &Timeline::new(style).status(status));
    if let Some(fault) = &status.input_fault {
        row("no windows, because", &plain(fault));
    }
    if let Some(session) = &status.session {
        row("screen", &screen(session));
    }
    for (name, value) in status.counters.iter().flat_map(flat) {
        row(&plain(&name), &value);
    }
    text
}

/// Whether a lock would come and lock something of the user `uid`, and if not, why; as far as they
/// may know.
pub(super) fn protects(status: &Status, uid: u32) -> String {
    let screen = status.session.as_ref().map(|session| &session.screen);
    let no = |why: &str| format!("NO: {why}");
    match (&status.mode, &status.reason, screen) {
        (Extensible::Known(Mode::Observe), ..) => no("it observes, and locks nothing"),
        (Extensible::Known(Mode::Replay), ..) => no("it plays a recording"),
        (_, Extensible::Known(Reason::NotEnrolled), _) => {
            no("nobody has enrolled; `graspd enroll` does")
        }
        _ if !status.is_for(uid) => no("it does not watch for you"),
        (_, Extensible::Known(Reason::SessionInactive), _) => {
            no("the owner's session is not the one in use")
        }
        (_, Extensible::Known(Reason::Paused), _) => {
            let end = status.paused_until_unix_s.map(time_of_day);
            no(&format!(
                "its owner has paused it, until {} or the next lock screen",
                end.unwrap_or_default()
            ))
        }
        (.., Some(Extensible::Known(ScreenState::NoSessionManager))) => {
            no("neither logind nor elogind is there to lock the screen")
        }
        (.., Some(Extensible::Known(ScreenState::NoSession))) => no("the owner has no session"),
        (.., Some(Extensible::Known(ScreenState::NotLockable))) => {
            no("the owner's session has no screen that could be locked")
        }
        // Until the session says that it is locked, whoever holds the device has it open: a locker
        // may be missing, or let the request pass.
        (.., Some(Extensible::Known(ScreenState::Open))) if status.state == State::Lock => {
            no("a lock was asked for, and the session says that its screen is open")
        }
        _ if status.input_fault.is_some() && status.state != State::Lock => {
            "only by locking soon: no motion can be judged (below)".to_owned()
        }
        (_, Extensible::Known(Reason::WarmUp), _) => "soon: too little seen yet to tell".to_owned(),
        _ => "yes".to_owned(),
    }
}

/// UTC, because the daemon's clients have no time zones to read.
fn time_of_day(unix_s: u64) -> String {
    let minutes = unix_s / 60;
    format!("{:02}:{:02} UTC", minutes / 60 % 24, minutes % 60)
}

/// Whether the owner's screen is locked, and whether unlocking it proves the owner.
fn screen(session: &SessionStatus) -> String {
    let state = match &session.screen {
        Extensible::Known(ScreenState::Open) => "open",
        Extensible::Known(ScreenState::Locked) => "locked",
        Extensible::Known(ScreenState::NotLockable) => {
            return "none that could be locked: a remote login, or a terminal".to_owned();
        }
        Extensible::Known(ScreenState::NoSession) => {
            return "none: the owner has no session".to_owned();
        }
        Extensible::Known(ScreenState::NoSessionManager) => {
            return "unknown: neither logind nor elogind answers".to_owned();
        }
        Extensible::Other(word) => &plain(word),
    };
    match session.unlock_proves_owner {
        true => format!("{state}; whoever opens it counts as the owner"),
        false => format!("{state}; opening it proves nobody (session.unlock_proves_owner)"),
    }
}

/// Rows of a nested object, such as `source.samples` with its number; a list gives a
/// row for each element.
pub(super) fn flat(counters: &Value) -> Vec<(String, String)> {
    let members = match counters {
        Value::Object(members) => members,
        Value::Array(sentences) => {
            let sentence = |value: &Value| plain(value.as_str().unwrap_or_default());
            return sentences
                .iter()
                .map(|value| (String::new(), sentence(value)))
                .collect();
        }
        number => return vec![(String::new(), number.to_string())],
    };
    let mut rows = Vec::new();
    for (name, value) in members {
        for (inner, value) in flat(value) {
            let dot = if inner.is_empty() { "" } else { "." };
            rows.push((format!("{name}{dot}{inner}"), value));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_table() {
        let hello = r#"{"event":"hello","v":1,"daemon":"graspd 0.1.0","state":"lock","reason":"gap","t_ns":1,"mode":"live"}"#;
        let status = r#"{"event":"status","state":"lock","reason":"gap","t_ns":1,"uptime_ns":61500000000,"model":"seed-2d","mode":"live","session":{"screen":"open","unlock_proves_owner":false},"counters":{"source":{"malformed":1,"samples":12},"\u001bx":2,"doubts":["one","\u001btwo"]}}"#;
        let (Event::Hello(hello), Event::Status(status)) = (
            Event::from_line(hello).unwrap(),
            Event::from_line(status).unwrap(),
        ) else {
            panic!("other events");
        };
        assert_eq!(
            render(&hello, &status, Style::Plain, 0),
            "protects you           NO: a lock was asked for, and the session says that its screen is open\n\
             daemon                 graspd 0.1.0\n\
             model                  seed-2d\n\
             running for            0:01:01.5\n\
             state                  LOCK         a gap in the samples\n\
             screen                 open; opening it proves nobody (session.unlock_proves_owner)\n\
             x                      2\n\
             doubts                 one\n\
             doubts                 two\n\
             source.malformed       1\n\
             source.samples         12\n"
        );
    }

    #[test]
    fn whether_it_protects_is_told_first_and_why_not() {
        let told = |rest: &str| {
            let line = format!(
                r#"{{"event":"status","state":"inconclusive","t_ns":1,"uptime_ns":1,{rest}}}"#
            );
            let Ok(Event::Status(status)) = Event::from_line(&line) else {
                panic!("no status: {line}");
            };
            protects(&status, 0)
        };
        let no = [
            r#""reason":"evidence","mode":"observe""#,
            r#""reason":"not_enrolled","mode":"live""#,
            r#""reason":"session_inactive","mode":"live""#,
            r#""reason":"evidence","mode":"live","session":{"screen":"no_session_manager","unlock_proves_owner":true}"#,
            r#""reason":"evidence","mode":"live","session":{"screen":"not_lockable","unlock_proves_owner":true}"#,
        ];
        for rest in no {
            assert!(told(rest).starts_with("NO: "), "{rest}: {}", told(rest));
        }
        let paused = told(r#""reason":"paused","mode":"live","paused_until_unix_s":86340"#);
        assert!(paused.contains("23:59 UTC"), "{paused}");
        assert!(told(r#""reason":"warm_up","mode":"live""#).starts_with("soon"));
        assert_eq!(told(r#""reason":"at_rest","mode":"live""#), "yes");
        let fault = told(r#""reason":"gap","mode":"live","input_fault":"time stamps stand still""#);
        assert!(fault.starts_with("only"), "{fault}");
    }

    #[test]
    fn a_screen_that_nothing_has_locked_protects_nobody() {
        let told = |state: &str, screen: &str| {
            let line = format!(
                r#"{{"event":"status","state":"{state}","reason":"evidence","t_ns":1,"uptime_ns":1,"mode":"live","session":{{"screen":"{screen}","unlock_proves_owner":true}}}}"#
            );
            let Ok(Event::Status(status)) = Event::from_line(&line) else {
                panic!("no status: {line}");
            };
            protects(&status, 0)
        };
        assert!(told("lock", "open").starts_with("NO: "));
        for (state, screen) in [
            ("lock", "locked"),
            ("unlock", "open"),
            ("inconclusive", "open"),
        ] {
            assert_eq!(told(state, screen), "yes", "{state}, {screen}");
        }
    }

    #[test]
    fn whom_it_does_not_watch_for_it_does_not_protect() {
        let told = |rest: &str, uid: u32| {
            let line = format!(
                r#"{{"event":"status","state":"unlock","reason":"evidence","t_ns":1,"uptime_ns":1,"mode":"live"{rest}}}"#
            );
            let Ok(Event::Status(status)) = Event::from_line(&line) else {
                panic!("no status: {line}");
            };
            protects(&status, uid)
        };
        let owned = r#","owner":1000"#;
        assert_eq!(told(owned, 1000), "yes");
        assert_eq!(told(owned, 0), "yes");
        // As others are told it.
        for rest in [owned, ""] {
            assert_eq!(told(rest, 1001), "NO: it does not watch for you");
        }
    }
}
