//! The client's end of the socket, for `graspd watch`, `graspd status` and programs that
//! use this library.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;

use super::bind::{check_length, explain, is_another_type};
use super::serving_process::ServingProcess;
use super::{Event, Hello, PublishError, Status, VERSION};
use crate::hidden_characters::plain;

/// The longest event accepted, in bytes; those of the daemon have a few hundred.
const EVENT_MAX: u64 = 64 * 1024;
/// How long to wait for hello.
const GREETING: Duration = Duration::from_secs(5);

/// A connection to a daemon, with blocking calls.
///
/// As an iterator it yields the events after hello, up to and including
/// [`Event::Bye`]. A connection that ends without one is [`PublishError::Broken`], which
/// programs that act on events must treat as no evidence.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
    stream: BufReader<UnixStream>,
    hello: Hello,
    /// The line of hello as it was received.
    first_line: String,
    over: bool,
}

impl Client {
    /// Connects, and waits up to five seconds for hello.
    pub fn connect(path: &Path) -> Result<Self, PublishError> {
        Self::connect_within(path, GREETING)
    }

    /// Connects, and waits this long for hello.
    pub fn connect_within(path: &Path, greeting: Duration) -> Result<Self, PublishError> {
        check_length(path)?;
        let stream = UnixStream::connect(path).map_err(|why| match why.kind() {
            // The service manager may remove the runtime directory of a daemon that ended.
            ErrorKind::ConnectionRefused | ErrorKind::NotFound => {
                PublishError::NoDaemon(path.to_owned())
            }
            _ if is_another_type(&why) => PublishError::AnotherType(path.to_owned()),
            _ => explain(path, "connect to", why),
        })?;
        stream
            .set_read_timeout(Some(greeting))
            .map_err(|why| PublishError::io("set up the connection", why))?;
        let mut stream = BufReader::new(stream);
        let (hello, first_line) = match read_hello(path, &mut stream) {
            Ok(hello) => hello,
            Err(why) => return Err(or_another_program(path, stream, why)),
        };
        let client = Self {
            path: path.to_owned(),
            stream,
            hello,
            first_line,
            over: false,
        };
        client.wait_for(None)?;
        Ok(client)
    }

    /// Id of the daemon's process; `None` if the system does not tell, as between containers.
    pub fn process_id(&self) -> Option<u32> {
        let peer = socket_peercred(self.stream.get_ref()).ok()?;
        u32::try_from(peer.pid.as_raw_nonzero().get()).ok()
    }

    /// The daemon's hello.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The daemon's hello as the line that was received.
    pub fn hello_line(&self) -> &str {
        &self.first_line
    }

    /// Limits how long the next events may take. `None`, as after connecting, waits without
    /// limit, for events that come only when something changes.
    pub fn wait_for(&self, limit: Option<Duration>) -> Result<(), PublishError> {
        self.stream
            .get_ref()
            .set_read_timeout(limit)
            .map_err(|why| PublishError::io("set up the connection", why))
    }

    /// Sends one request, a JSON object without the line's end.
    pub fn request(&mut self, request: &str) -> Result<(), PublishError> {
        self.stream
            .get_mut()
            .write_all(format!("{request}\n").as_bytes())
            .map_err(|why| io_error(&self.path, "write to", why))
    }

    /// Requests the status and returns its [`Status::doubts`](super::Status::doubts), which
    /// are empty where this user may not see counters. Events before it are discarded.
    pub fn doubts(&mut self) -> Result<Vec<String>, PublishError> {
        Ok(self.status()?.doubts().map(str::to_owned).collect())
    }

    /// Requests and returns the status. Events before it are discarded.
    pub fn status(&mut self) -> Result<Status, PublishError> {
        self.ask_status(r#"{"request":"status"}"#)
    }

    /// Sends `request`, which is answered with a status, and returns that. Events before it
    /// are discarded.
    pub fn ask_status(&mut self, request: &str) -> Result<Status, PublishError> {
        self.ask(request, |event| match event {
            Event::Status(status) => Some(status),
            _ => None,
        })
    }

    /// Sends `request`, and returns what `answer` makes of the event that answers it; it gives
    /// `None` for others, which are discarded. [`PublishError::Refused`] if the daemon answers
    /// with an error, [`PublishError::Ending`] if it says goodbye instead.
    pub fn ask<T>(
        &mut self,
        request: &str,
        mut answer: impl FnMut(Event) -> Option<T>,
    ) -> Result<T, PublishError> {
        self.ask_with_line(request, |event, _| answer(event))
    }

    /// The same, with the line that each event was received as.
    pub fn ask_with_line<T>(
        &mut self,
        request: &str,
        mut answer: impl FnMut(Event, String) -> Option<T>,
    ) -> Result<T, PublishError> {
        self.request(request)?;
        while let Some((line, event)) = self.next_line()? {
            if let Event::Error { message } = event {
                return Err(PublishError::Refused(message));
            }
            if let Some(answered) = answer(event, line) {
                return Ok(answered);
            }
        }
        Err(PublishError::Ending(self.path.clone()))
    }

    /// The next line and its event; `None` after [`Event::Bye`].
    pub fn next_line(&mut self) -> Result<Option<(String, Event)>, PublishError> {
        if self.over {
            return Ok(None);
        }
        let Some(line) = read_line(&self.path, &mut self.stream)? else {
            return Err(PublishError::Broken(self.path.clone()));
        };
        let event = Event::from_line(&line).map_err(|why| PublishError::Protocol {
            path: self.path.clone(),
            // It quotes the line.
            why: plain(&why.to_string()),
        })?;
        self.over = matches!(event, Event::Bye { .. });
        Ok(Some((line, event)))
    }
}

impl Iterator for Client {
    type Item = Result<Event, PublishError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_line();
        // After an error no more is read, because lines may be missing.
        self.over |= next.is_err();
        Some(next.transpose()?.map(|(_, event)| event))
    }
}

/// Hello, and its line.
fn read_hello(
    path: &Path,
    stream: &mut BufReader<UnixStream>,
) -> Result<(Hello, String), PublishError> {
    let protocol = |why: String| PublishError::Protocol {
        path: path.to_owned(),
        why,
    };
    let line = read_line(path, stream)?.ok_or_else(|| PublishError::Broken(path.to_owned()))?;
    match Event::from_line(&line) {
        Ok(Event::Hello(hello)) if hello.v == VERSION => Ok((hello, line)),
        Ok(Event::Hello(hello)) => Err(protocol(format!(
            "version {} is not {VERSION}, which this graspd reads",
            hello.v
        ))),
        Ok(Event::Error { message }) => Err(PublishError::NoPlace(message)),
        Ok(_) => Err(protocol("no hello came first".to_owned())),
        Err(why) => Err(protocol(plain(&why.to_string()))),
    }
}

/// `error`, unless no hello came because a program other than graspd serves the socket.
fn or_another_program(
    path: &Path,
    stream: BufReader<UnixStream>,
    error: PublishError,
) -> PublishError {
    let why = match &error {
        PublishError::Protocol { why, .. } => why.clone(),
        PublishError::Silent(_) => format!("it said nothing for {} s", GREETING.as_secs()),
        PublishError::Broken(_) => "it closed the connection".to_owned(),
        _ => return error,
    };
    match ServingProcess::of(stream.into_inner()).filter(|process| !process.is_graspd()) {
        Some(process) => PublishError::AnotherProgram {
            path: path.to_owned(),
            by: process.to_string(),
            why,
        },
        None => error,
    }
}

/// A whole line without its end; `None` once the other side has closed.
fn read_line(
    path: &Path,
    stream: &mut BufReader<UnixStream>,
) -> Result<Option<String>, PublishError> {
    let protocol = |why: &str| PublishError::Protocol {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    let mut line = Vec::new();
    match stream.take(EVENT_MAX).read_until(b'\n', &mut line) {
        Ok(_) => {}
        Err(why) if why.kind() == ErrorKind::ConnectionReset => return Ok(None),
        Err(why) => return Err(io_error(path, "read from", why)),
    }
    match line.pop() {
        Some(b'\n') => {}
        Some(_) if line.len() as u64 + 1 == EVENT_MAX => {
            return Err(protocol("an event without end"));
        }
        // The connection ended within a line, which is discarded.
        _ => return Ok(None),
    }
    String::from_utf8(line)
        .map(Some)
        .map_err(|_| protocol("an event is not UTF-8"))
}

fn io_error(path: &Path, doing: &str, why: std::io::Error) -> PublishError {
    match why.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => PublishError::Silent(path.to_owned()),
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => PublishError::Broken(path.to_owned()),
        _ => PublishError::io(format!("{doing} {}", path.display()), why),
    }
}
