//! `graspd-agent`: graspd for the person who holds the phone, as notifications of the session.
//!
//! It listens to the daemon's socket as any program of the owner may, and shows what they would
//! want to know: a lock that is near, a lock that may have been wrong, a daemon that watches
//! nobody, an enrolment that has enough. It keeps the events of the last days. It decides nothing.
//! docs/agent.md

// println! and eprintln! panic where their stream cannot be written, as of a session that ends.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod conversation;
mod display;
mod enrolment;
mod history;
mod notice;
mod notice_limit;
mod notifier;
mod score_thinning;
mod standard_error;
mod watcher;
mod words;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use graspd_client::{daemon, days};
use tokio::time::{Instant, interval, sleep_until};

use conversation::Conversation;
use display::Display;
use history::History;
use notice::Kind;
use notifier::{Answer, Notifier};
use standard_error::tell;
use watcher::Watcher;
use words::Words;

/// The first wait before the socket is tried again.
const RECONNECT_FIRST: Duration = Duration::from_secs(1);
/// The longest such wait; it doubles from [`RECONNECT_FIRST`] up to this.
const RECONNECT_MAX: Duration = Duration::from_secs(30);
/// How often the daemon is asked for its status.
const STATUS_EVERY: Duration = Duration::from_secs(30);

/// Exit codes, as sysexits(3) has them: EX_USAGE, EX_UNAVAILABLE and EX_OSERR.
const USAGE_ERROR: u8 = 64;
const UNAVAILABLE: u8 = 69;
const OSERR: u8 = 71;

const USAGE: &str = "Usage: graspd-agent [--socket PATH]

Shows notifications of the session about what graspd does. Begun by the session:
docs/agent.md.";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut socket = daemon::usual_socket();
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--socket", Some(path)) => socket = path,
            ("--help" | "-h", _) => {
                let _ = writeln!(io::stdout(), "{USAGE}");
                return ExitCode::SUCCESS;
            }
            ("--version" | "-V", _) => {
                let _ = writeln!(io::stdout(), "graspd-agent {}", env!("CARGO_PKG_VERSION"));
                return ExitCode::SUCCESS;
            }
            _ => {
                let _ = writeln!(io::stderr(), "{USAGE}");
                return ExitCode::from(USAGE_ERROR);
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let why = match runtime.map(|runtime| runtime.block_on(run(&socket))) {
        Ok(Ended::NoBus(why)) => {
            format!("the session's bus is not there: {why}; start this in a session")
        }
        Ok(Ended::BusGone(why)) => format!("the session's bus has gone: {why}"),
        Err(why) => {
            tell(format_args!("its event loop cannot be set up: {why}"));
            return ExitCode::from(OSERR);
        }
    };
    tell(why);
    ExitCode::from(UNAVAILABLE)
}

/// Why it ran no longer.
enum Ended {
    /// It was not begun in a session.
    NoBus(zbus::Error),
    /// The session's bus was there, and is no more.
    BusGone(zbus::Error),
}

/// Runs as long as the session's bus.
async fn run(socket: &str) -> Ended {
    let mut display = match Notifier::connect(Words::of_environment()).await {
        Ok(notifier) => Display::by(notifier),
        Err(why) => return Ended::NoBus(why),
    };
    let uid = rustix::process::geteuid().as_raw();
    let mut watcher = Watcher::of_user(uid);
    let mut history = days::usual_folder().map(|folder| History::of_user(uid, folder));
    let mut conversation: Option<Conversation> = None;
    let mut wait = RECONNECT_FIRST;
    let mut connect_at = Instant::now();
    let mut ask = interval(STATUS_EVERY);
    loop {
        let warning_ends = display.warning_ends();
        let notice = tokio::select! {
            line = hear(&mut conversation) => match line {
                Some(line) => {
                    wait = RECONNECT_FIRST;
                    let hear = |history: &mut History| history.hear(&line, SystemTime::now());
                    let scores = history.as_mut().is_some_and(hear);
                    if let Some(conversation) = conversation.as_mut().filter(|_| scores) {
                        conversation.ask_for_scores().await;
                    }
                    watcher.hear(&line)
                }
                None => {
                    conversation = None;
                    connect_at = Instant::now() + wait;
                    None
                }
            },
            () = sleep_until(connect_at), if conversation.is_none() => {
                conversation = Conversation::connect(socket).await.ok();
                wait = (2 * wait).min(RECONNECT_MAX);
                connect_at = Instant::now() + wait;
                match conversation {
                    Some(_) => None,
                    None => watcher.daemon_is_missing(),
                }
            },
            () = sleep_until(warning_ends.unwrap_or(connect_at)), if warning_ends.is_some() => {
                display.end(Kind::LockIsNear).await;
                None
            },
            _ = ask.tick() => {
                display.try_again().await;
                if let Some(history) = &mut history {
                    history.write(SystemTime::now());
                }
                if conversation.take_if(|conversation| conversation.hangs()).is_some() {
                    connect_at = Instant::now() + wait;
                    watcher.daemon_is_missing()
                } else {
                    if let Some(conversation) = &mut conversation {
                        conversation.ask_for_status().await;
                    }
                    match watcher.wants_enrolment_progress() {
                        true => watcher.enrolment(enrolment::progress().await),
                        false => None,
                    }
                }
            },
            answer = display.service.answer() => {
                let (request, was_false) = match answer {
                    Ok(Answer::ItWasMe) => ("false_lock", true),
                    Ok(Answer::ItWasNot) => ("right_lock", false),
                    Err(why) => return Ended::BusGone(why),
                };
                if let Some(history) = &mut history {
                    history.answered(was_false);
                }
                if let Some(conversation) = &mut conversation {
                    conversation.ask(request).await;
                }
                None
            },
        };
        for kind in watcher.take_ended() {
            display.end(kind).await;
        }
        if let Some(notice) = notice {
            display.show(notice).await;
        }
    }
}

/// The next line of the daemon; `None` once it has ended. Waits for ever without one.
async fn hear(conversation: &mut Option<Conversation>) -> Option<conversation::Line> {
    match conversation {
        Some(conversation) => conversation.line().await,
        None => std::future::pending().await,
    }
}
