//! `graspd watch` on a whole terminal. Threads wait for events and keys, and this one draws.

use std::io::{self, Read};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rustix::process::geteuid;

use super::print;
use super::terminal::Terminal;
use super::view::View;
use crate::cli::exit::CliError;
use crate::cli::timeline::Style;
use crate::publish::{Client, Event, PublishError};

/// How often the status is asked for.
const ASK: Duration = Duration::from_secs(1);
/// Time-out for an answer of the daemon.
const PATIENCE: Duration = Duration::from_secs(5);
/// Ctrl-C and Ctrl-D as keys.
const LEAVE: [u8; 3] = [b'q', 0x03, 0x04];

/// What happened.
enum News {
    Event(Box<Event>),
    /// The connection is over: with a goodbye, or why without.
    Over(Result<(), PublishError>),
    Leave,
}

/// Draws until somebody leaves, or the daemon ends the connection, which is then said as a line.
pub(super) fn run(socket: &Path, terminal: Terminal) -> Result<(), CliError> {
    let mut events = Client::connect(socket)?;
    // Refused to all but root and the owner; what they may not see stays empty.
    events.request(r#"{"request":"subscribe","scores":true}"#)?;
    let mut asker = Client::connect(socket)?;
    asker.wait_for(Some(PATIENCE))?;
    let mut view = View::new(events.hello(), Style::of_stdout(), geteuid().as_raw());
    let (tell, news) = bounded(64);
    spawn(tell.clone(), move |tell| listen(events, tell))?;
    spawn(tell, keys)?;
    let over = draw(&terminal, &mut view, &mut asker, &news);
    drop(terminal);
    if over? && let Some(goodbye) = view.newest() {
        print(goodbye)?;
    }
    Ok(())
}

fn spawn(
    tell: Sender<News>,
    work: impl FnOnce(&Sender<News>) + Send + 'static,
) -> Result<(), PublishError> {
    let thread = thread::Builder::new().spawn(move || work(&tell));
    let started = thread.map_err(|source| PublishError::Io {
        doing: "start a thread".to_owned(),
        source,
    });
    started.map(drop)
}

/// Whether the daemon has said goodbye, which is the newest line of `view` then.
fn draw(
    terminal: &Terminal,
    view: &mut View,
    asker: &mut Client,
    news: &Receiver<News>,
) -> Result<bool, PublishError> {
    let mut ask = Instant::now();
    // Both connections end at once, and what the other one hears says how.
    let mut broken = None;
    loop {
        if ask <= Instant::now() {
            if let Some(why) = broken {
                return Err(why);
            }
            ask = Instant::now() + ASK;
            match asker.status() {
                Ok(status) => view.status(status),
                Err(why) => broken = Some(why),
            }
        }
        let (columns, rows) = terminal.size();
        if terminal.draw(&view.rows(columns, rows)).is_err() {
            // The terminal is gone.
            return Ok(false);
        }
        match news.recv_deadline(ask) {
            Ok(News::Event(event)) => view.event(&event),
            Ok(News::Over(how)) => return how.map(|()| true),
            Ok(News::Leave) | Err(RecvTimeoutError::Disconnected) => return Ok(false),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn listen(events: Client, tell: &Sender<News>) {
    let mut how = Ok(());
    for event in events {
        let sent = match event {
            Ok(event) => tell.send(News::Event(Box::new(event))),
            Err(error) => {
                how = Err(error);
                break;
            }
        };
        if sent.is_err() {
            return;
        }
    }
    let _ = tell.send(News::Over(how));
}

fn keys(tell: &Sender<News>) {
    for key in io::stdin().lock().bytes() {
        if key.is_ok_and(|key| LEAVE.contains(&key)) {
            break;
        }
    }
    let _ = tell.send(News::Leave);
}
