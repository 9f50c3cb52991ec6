//! A served socket in its own folder, and events to publish.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use graspd::decide::{Context, Decision, Evidence, Reason, State};
use graspd::motion::SampleTime;
use graspd::owner::Score;
use graspd::publish::{
    ByeReason, Client, Event, Figures, Hello, Mode, Publisher, Server, SocketConfig, WindowScore,
};
use tempfile::TempDir;

pub struct Daemon {
    pub folder: TempDir,
    pub path: PathBuf,
    pub publisher: Publisher,
    serving: Option<JoinHandle<()>>,
}

impl Daemon {
    pub fn start() -> Self {
        Self::with(None, |_| {})
    }

    /// A daemon in this mode.
    pub fn in_mode(mode: Mode) -> Self {
        let mode = mode.into();
        Self::greeting(Hello { mode, ..hello() }, None, |_| {})
    }

    /// A daemon whose configuration differs from the default by `change`.
    pub fn with(owner: Option<u32>, change: impl FnOnce(&mut SocketConfig)) -> Self {
        Self::greeting(hello(), owner, change)
    }

    fn greeting(hello: Hello, owner: Option<u32>, change: impl FnOnce(&mut SocketConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = SocketConfig {
            path: folder.path().join("graspd.sock"),
            ..SocketConfig::default()
        };
        change(&mut config);
        let server = Server::bind(&config, owner, hello).unwrap();
        let publisher = server.publisher();
        let serving = thread::spawn(move || block_on(server.serve()).unwrap());
        Self {
            folder,
            path: config.path,
            publisher,
            serving: Some(serving),
        }
    }

    pub fn client(&self) -> Client {
        Client::connect(&self.path).unwrap()
    }

    /// A plain connection from which nothing has been read, not even the hello.
    pub fn raw(&self) -> UnixStream {
        UnixStream::connect(&self.path).unwrap()
    }

    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.publisher.bye(ByeReason::Stopped);
        if let Some(serving) = self.serving.take() {
            let ended = serving.join();
            assert!(ended.is_ok() || thread::panicking(), "the server panicked");
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.end();
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

pub fn hello() -> Hello {
    Hello::new(
        Mode::Live,
        Some("seed-2d".to_owned()),
        State::Inconclusive,
        Reason::WarmUp,
    )
}

/// A state event at `t` nanoseconds.
pub fn state(state: State, t: i64) -> Event {
    Event::from(&Decision {
        t: SampleTime::from_nanos(t),
        state,
        reason: Reason::Evidence,
        score: Some(Score(0.25)),
        threshold: Score(0.125),
        evidence: Evidence(0.5),
        log_likelihood_ratio: None,
        context: None,
    })
}

/// A state event, alternately lock and unlock.
pub fn turn(t: i64) -> Event {
    state([State::Lock, State::Unlock][(t % 2) as usize], t)
}

pub fn score(t: i64) -> Event {
    Event::Score(WindowScore {
        t_ns: SampleTime::from_nanos(t),
        figures: Figures::new(Some(Score(0.25)), Score(0.125), Evidence(0.5)),
        score_in_session: None,
        context: Context::Moving.into(),
        state: State::Unlock,
    })
}

/// Returns once the daemon has answered all previous requests of `client`.
pub fn settle(client: &mut Client) {
    client.request(r#"{"request":"status"}"#).unwrap();
    for event in client {
        if matches!(event.unwrap(), Event::Status(_)) {
            return;
        }
    }
    panic!("no status came");
}

/// All events until the connection ends, for whatever reason.
pub fn read_all(stream: UnixStream) -> Vec<Event> {
    BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .map(|line| Event::from_line(&line).unwrap())
        .collect()
}

/// The message of an error event.
pub fn complaint(event: &Event) -> &str {
    match event {
        Event::Error { message } => message,
        other => panic!("no error event: {other:?}"),
    }
}
