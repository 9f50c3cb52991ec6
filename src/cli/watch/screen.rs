//! `graspd watch` on a whole terminal. Threads wait for events and keys, and this one draws.

use std::io::{self, Read};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rustix::process::geteuid;

use super::terminal::Terminal;
use super::view::View;
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
    Over(Option<PublishError>),
    Leave,
}

/// Draws until somebody leaves, or the daemon ends the connection, which is then said as a line.
pub(super) fn run(socket: &Path, terminal: Terminal) -> Result<(), PublishError> {
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
    match over? {
        Some(error) => Err(error),
        None => Ok(()),
    }
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

fn draw(
    terminal: &Terminal,
    view: &mut View,
    asker: &mut Client,
    news: &Receiver<News>,
) -> Result<Option<PublishError>, PublishError> {
    let mut ask = Instant::now();
    loop {
        if ask <= Instant::now() {
            view.status(asker.status()?);
            ask = Instant::now() + ASK;
        }
        let (columns, rows) = terminal.size();
        if terminal.draw(&view.rows(columns, rows)).is_err() {
            // The terminal is gone.
            return Ok(None);
        }
        match news.recv_deadline(ask) {
            Ok(News::Event(event)) => view.event(&event),
            Ok(News::Over(why)) => return Ok(why),
            Ok(News::Leave) | Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn listen(events: Client, tell: &Sender<News>) {
    let mut why = None;
    for event in events {
        let sent = match event {
            Ok(event) => tell.send(News::Event(Box::new(event))),
            Err(error) => {
                why = Some(error);
                break;
            }
        };
        if sent.is_err() {
            return;
        }
    }
    let _ = tell.send(News::Over(why));
}

fn keys(tell: &Sender<News>) {
    for key in io::stdin().lock().bytes() {
        if key.is_ok_and(|key| LEAVE.contains(&key)) {
            break;
        }
    }
    let _ = tell.send(News::Leave);
}
