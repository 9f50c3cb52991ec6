//! Writes the log on a thread of its own, because a terminal, a pipe or a journal that takes
//! no line would hold up the decisions of the thread that logs.

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Lines that may wait to be written; further ones are dropped and counted.
const QUEUE: usize = 1024;
/// Target of the lines that the thread writes.
const TARGET: &str = "graspd::written";

enum Message {
    Line(Level, String),
    /// Everything before it has been written.
    Flush(Sender<()>),
}

/// Layer that hands each event to the thread as a line, and never waits. Clones have the
/// same thread.
#[derive(Clone)]
pub struct LogThread {
    queue: Sender<Message>,
    dropped: Arc<AtomicU64>,
}

impl LogThread {
    /// Starts the thread, which writes to `to`. An error if the system starts none.
    pub fn start<S>(to: impl Layer<S> + Send + Sync, registry: S) -> std::io::Result<Self>
    where
        S: Subscriber + Send + Sync + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    {
        let (queue, messages) = bounded(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let only_ours = filter_fn(|metadata| metadata.target() == TARGET);
        let dispatch = Dispatch::new(registry.with(to.with_filter(only_ours)));
        let lost = dropped.clone();
        thread::Builder::new().name("log".into()).spawn(move || {
            tracing::dispatcher::with_default(&dispatch, || write(&messages, &lost));
        })?;
        Ok(Self { queue, dropped })
    }

    /// Waits until all lines so far have been written, for `patience` at most.
    pub fn flush(&self, patience: Duration) {
        let (done, written) = bounded(1);
        if self
            .queue
            .send_timeout(Message::Flush(done), patience)
            .is_ok()
        {
            let _ = written.recv_timeout(patience);
        }
    }
}

impl<S: Subscriber> Layer<S> for LogThread {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let line = Message::Line(*event.metadata().level(), one_line(event));
        if self.queue.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(messages: &Receiver<Message>, dropped: &AtomicU64) {
    for message in messages {
        match message {
            Message::Line(level, line) => say(level, &line),
            // Fails only if whoever asked has stopped waiting.
            Message::Flush(done) => done.send(()).unwrap_or_default(),
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let lost = format!("{lost} lines of the log were dropped: nobody took them in time");
            say(Level::WARN, &lost);
        }
    }
}

/// Logs with a level that is known only now.
fn say(level: Level, line: &str) {
    match level {
        Level::ERROR => tracing::error!(target: TARGET, "{line}"),
        Level::WARN => tracing::warn!(target: TARGET, "{line}"),
        Level::INFO => tracing::info!(target: TARGET, "{line}"),
        Level::DEBUG => tracing::debug!(target: TARGET, "{line}"),
        Level::TRACE => tracing::trace!(target: TARGET, "{line}"),
    }
}

/// Message and fields of an event.
pub(super) fn one_line(event: &Event<'_>) -> String {
    struct Line(String);
    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            let Self(line) = self;
            let space = if line.is_empty() { "" } else { " " };
            // Writing to a string cannot fail.
            let _ = match field.name() {
                "message" => write!(line, "{space}{value:?}"),
                name => write!(line, "{space}{name}={value:?}"),
            };
        }
    }
    let mut line = Line(String::new());
    event.record(&mut line);
    line.0
}

#[cfg(test)]
pub(super) mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::time::Instant;

    use tracing_subscriber::{Registry, fmt};

    use super::*;

    /// A log that takes nothing while it is locked.
    #[derive(Clone, Default)]
    pub(in crate::daemon) struct Log(pub Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_reads_holds_up_nobody_and_says_later_what_was_dropped() {
        let log = Log::default();
        let to = log.clone();
        let layer = fmt::layer()
            .with_ansi(false)
            .with_writer(move || to.clone());
        let thread = LogThread::start(layer, Registry::default()).unwrap();
        let subscriber = tracing_subscriber::registry().with(thread.clone());
        let stalled = log.0.lock().unwrap();
        let began = Instant::now();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(hz = 100.0, sensor = %"gyroscope", "buffering");
            for _ in 0..2 * QUEUE {
                tracing::warn!("no window");
            }
        });
        thread.flush(Duration::from_millis(10));
        assert!(began.elapsed() < Duration::from_secs(30), "it waited");
        drop(stalled);
        thread.flush(Duration::from_secs(60));
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("INFO"), "{text}");
        assert!(
            text.contains("buffering hz=100.0 sensor=gyroscope"),
            "{text}"
        );
        assert!(text.contains("lines of the log were dropped"), "{text}");
    }
}
