//! The source's thread, and its bounded queue of readings to the worker. When the queue is
//! full a live source drops the oldest reading; a recording waits.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use serde::Serialize;

use super::sensor_switch::SensorSwitch;
use crate::source::{Reading, Source, SourceCounts, SourceError};

/// Capacity of the queue in readings: ten seconds of two sensors at 200 Hz.
const CAPACITY: usize = 4096;

/// Most readings that are taken before they are handed over and counted.
const AT_ONCE: usize = 512;

/// A message from the source's thread to the worker.
pub(crate) enum Message {
    /// A reading.
    Reading(Reading),
    /// The source ended, with an error if it failed. The last message.
    Ended(Result<(), SourceError>),
}

/// What to do when the worker does not keep up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backlog {
    /// Wait for it: recordings.
    Wait,
    /// Drop the oldest reading and count it: sensors do not wait.
    DropOldest,
}

/// Counters of the source's thread, readable from any thread.
#[derive(Debug, Default)]
pub(crate) struct ReadingCounters {
    samples: AtomicU64,
    malformed: AtomicU64,
    dropped: AtomicU64,
    /// [`Source::fault`] after the newest reading.
    fault: Mutex<Option<String>>,
}

/// [`ReadingCounters`] at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ReadingCounts {
    /// Samples read.
    pub samples: u64,
    /// Lines that could not be parsed as samples.
    pub malformed: u64,
    /// Readings dropped because the worker did not keep up.
    pub dropped: u64,
}

impl ReadingCounters {
    /// Takes counts and fault of `source` as they are now.
    pub(super) fn take_from(&self, source: &dyn Source) {
        let SourceCounts { samples, malformed } = source.counts();
        self.samples.store(samples, Ordering::Relaxed);
        self.malformed.store(malformed, Ordering::Relaxed);
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.as_deref() != source.fault() {
            *fault = source.fault().map(str::to_owned);
        }
    }

    /// Why the source says that it gives no samples, for people; `None` where it says nothing.
    pub(super) fn fault(&self) -> Option<String> {
        let fault = self.fault.lock();
        fault.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn counts(&self) -> ReadingCounts {
        ReadingCounts {
            samples: self.samples.load(Ordering::Relaxed),
            malformed: self.malformed.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }
}

/// The thread that a source is read on.
pub(crate) struct SourceHandle {
    stop: Arc<AtomicBool>,
    switch: SensorSwitch,
    gone: Receiver<()>,
}

impl SourceHandle {
    /// Has the source dropped after its next readings, which switches sensors off, and waits
    /// for that for `patience` at most. Logs a warning if it takes longer.
    pub(crate) fn end(self, patience: Duration) {
        self.stop.store(true, Ordering::Relaxed);
        self.switch.end();
        if let Err(RecvTimeoutError::Timeout) = self.gone.recv_timeout(patience) {
            tracing::warn!("the source does not come to its end");
        }
    }
}

/// Reads `source` on a thread of its own, except while `switch` is off. The thread ends
/// with the source, or after [`SourceHandle::end`]. An error if no thread starts.
///
/// `ring` is called once for all the messages that came together, after the last of them:
/// whoever waits for it, and not for the first message, is woken once.
pub(crate) fn spawn_source(
    mut source: Box<dyn Source>,
    backlog: Backlog,
    switch: SensorSwitch,
    ring: impl Fn() + Send + 'static,
) -> std::io::Result<(Receiver<Message>, Arc<ReadingCounters>, SourceHandle)> {
    let (sender, receiver) = bounded(CAPACITY);
    let reading_counters = Arc::new(ReadingCounters::default());
    let mut sender = ReadingSender {
        sender,
        // Used only to drop the oldest reading. Because of this receiver the queue stays
        // connected after the worker has ended, which `run` notices.
        oldest: receiver.clone(),
        backlog,
        reading_counters: reading_counters.clone(),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let (here, gone) = bounded::<()>(0);
    let handle = SourceHandle {
        stop: stop.clone(),
        switch: switch.clone(),
        gone,
    };
    thread::Builder::new()
        .name("source".into())
        .spawn(move || {
            let mut arrived = Vec::with_capacity(AT_ONCE);
            let end = loop {
                switch.wait_while_off(|| source.release());
                if stop.load(Ordering::Relaxed) {
                    break None;
                }
                let read = read_what_is_there(&mut *source, &mut arrived);
                sender.reading_counters.take_from(&*source);
                let mut arrived = arrived.drain(..);
                if !arrived.all(|reading| sender.send(Message::Reading(reading))) {
                    break None;
                }
                ring();
                match read {
                    Ok(true) => {}
                    Ok(false) => break Some(Ok(())),
                    Err(error) => break Some(Err(error)),
                }
            };
            // In this order: once `here` is dropped, `SourceHandle::end` takes the source
            // as dropped.
            drop(source);
            drop(here);
            switch.source_gone();
            if let Some(end) = end {
                sender.send(Message::Ended(end));
                ring();
            }
        })?;
    Ok((receiver, reading_counters, handle))
}

/// Waits for a reading and takes those that have come with it, so that the worker is woken
/// once for all of them. `false` at the end of the source.
fn read_what_is_there(
    source: &mut dyn Source,
    arrived: &mut Vec<Reading>,
) -> Result<bool, SourceError> {
    for _ in 0..AT_ONCE {
        match source.next()? {
            Some(Reading::Skipped) => {}
            Some(reading) => arrived.push(reading),
            None => return Ok(false),
        }
        if !source.is_ready() {
            break;
        }
    }
    Ok(true)
}

struct ReadingSender {
    sender: Sender<Message>,
    oldest: Receiver<Message>,
    backlog: Backlog,
    reading_counters: Arc<ReadingCounters>,
}

impl ReadingSender {
    /// Queues `message`; false if no receiver is left, so that reading on is of no use.
    fn send(&mut self, message: Message) -> bool {
        let mut message = message;
        if self.backlog == Backlog::Wait {
            return self.sender.send(message).is_ok();
        }
        loop {
            match self.sender.try_send(message) {
                Ok(()) => return true,
                Err(TrySendError::Disconnected(_)) => return false,
                Err(TrySendError::Full(back)) => {
                    message = back;
                    if self.oldest.try_recv().is_ok() {
                        self.reading_counters
                            .dropped
                            .fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::sensor_switch::OffReason;
    use super::*;
    use crate::motion::{Sample, SampleTime, Sensor};
    use crate::source::LineStream;

    /// A source of `self.1` samples, as fast as they are taken.
    struct Burst(i64, i64);

    impl Source for Burst {
        fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            self.0 += 1;
            Ok((self.0 <= self.1).then_some(Reading::Sample(Sample {
                sensor: Sensor::Gyroscope,
                t: SampleTime::from_nanos(self.0),
                xyz: [0.0; 3],
            })))
        }

        fn counts(&self) -> SourceCounts {
            SourceCounts {
                samples: self.0 as u64,
                malformed: 0,
            }
        }
    }

    fn read_late(backlog: Backlog) -> (Vec<i64>, u64) {
        let many = 3 * CAPACITY as i64;
        let source = Box::new(Burst(0, many));
        let (receiver, reading_counters, _listener) =
            spawn_source(source, backlog, SensorSwitch::default(), || {}).unwrap();
        while backlog == Backlog::DropOldest
            && reading_counters.counts().dropped < 2 * CAPACITY as u64
        {
            thread::yield_now();
        }
        let mut seen = Vec::new();
        for message in receiver {
            match message {
                Message::Reading(Reading::Sample(s)) => seen.push(s.t.nanos()),
                Message::Reading(Reading::Quiet(_) | Reading::Skipped) => {}
                Message::Ended(end) => {
                    end.unwrap();
                    return (seen, reading_counters.counts().dropped);
                }
            }
        }
        panic!("the source ended without saying so");
    }

    #[test]
    fn sensors_lose_the_oldest_and_it_is_counted() {
        let (seen, dropped) = read_late(Backlog::DropOldest);
        assert_eq!(seen.last(), Some(&(3 * CAPACITY as i64)));
        assert_eq!(seen.len() as u64 + dropped, 3 * CAPACITY as u64);
        assert!(seen.windows(2).all(|pair| pair[0] + 1 == pair[1]));
    }

    /// Motion that comes in lines through a pipe.
    fn piped() -> (std::io::PipeWriter, Box<dyn Source>) {
        let (reader, writer) = std::io::pipe().unwrap();
        let source = LineStream::reading(reader, std::path::Path::new("pipe"));
        (writer, Box::new(source))
    }

    #[test]
    fn the_bell_rings_once_for_all_that_came_together_and_after_the_last_of_it() {
        let (mut writer, source) = piped();
        let (rung, bell) = bounded(1);
        let switch = SensorSwitch::default();
        let (readings, counters, _handle) =
            spawn_source(source, Backlog::DropOldest, switch, move || {
                let _ = rung.try_send(());
            })
            .unwrap();
        // The end of a batch may be no sample.
        for batch in 1..=3i64 {
            let rows = (0..100).map(|row| format!("{},gyroscope,0,0,0\n", batch * 1000 + row));
            let text = rows.collect::<String>() + "# a batch\n\n";
            writer.write_all(text.as_bytes()).unwrap();
            bell.recv_timeout(PATIENCE).unwrap();
            assert_eq!(readings.try_iter().count(), 100, "of batch {batch}");
            assert!(bell.is_empty());
        }
        writer
            .write_all(b"5000,gyroscope,0,0,0\nrubbish\n")
            .unwrap();
        drop(writer);
        let messages: Vec<_> = readings.iter().take(2).collect();
        assert!(matches!(messages[0], Message::Reading(_)));
        assert!(matches!(messages[1], Message::Ended(Ok(()))));
        assert_eq!(counters.counts().malformed, 1);
    }

    /// A sensor that says whether it is off.
    struct Switch(Arc<AtomicBool>);

    impl Source for Switch {
        fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            self.0.store(false, Ordering::SeqCst);
            Ok(Some(Reading::Quiet(SampleTime::default())))
        }
        fn release(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
        fn counts(&self) -> SourceCounts {
            SourceCounts::default()
        }
    }

    impl Drop for Switch {
        fn drop(&mut self) {
            self.release();
        }
    }

    const PATIENCE: Duration = Duration::from_secs(600);

    #[test]
    fn a_source_is_dropped_before_the_daemon_ends() {
        for while_switched_off in [false, true] {
            let (off, switch) = (Arc::new(AtomicBool::new(false)), SensorSwitch::default());
            let sensor = Box::new(Switch(off.clone()));
            let (_readings, _, handle) =
                spawn_source(sensor, Backlog::DropOldest, switch.clone(), || {}).unwrap();
            if while_switched_off {
                switch.turn_off(OffReason::Session);
                assert!(switch.wait_until_released(PATIENCE));
            }
            handle.end(PATIENCE);
            assert!(off.load(Ordering::SeqCst));
            assert!(
                switch.wait_until_released(PATIENCE),
                "nobody is left to wait for"
            );
        }
    }

    #[test]
    fn sensors_are_off_while_they_are_switched_off_and_on_after() {
        let (off, switch) = (Arc::new(AtomicBool::new(false)), SensorSwitch::default());
        let sensor = Box::new(Switch(off.clone()));
        let (readings, _, _listener) =
            spawn_source(sensor, Backlog::DropOldest, switch.clone(), || {}).unwrap();
        for _ in 0..3 {
            switch.turn_off(OffReason::Session);
            assert!(switch.wait_until_released(PATIENCE));
            assert!(off.load(Ordering::SeqCst));
            while readings.try_recv().is_ok() {}
            assert!(readings.is_empty(), "it reads on");
            switch.allow(OffReason::Session);
            assert!(readings.recv().is_ok(), "it does not go on");
        }
    }

    /// Without samples, and with a reason for it.
    struct Silent;

    impl Source for Silent {
        fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            Ok(Some(Reading::Quiet(SampleTime::default())))
        }
        fn counts(&self) -> SourceCounts {
            SourceCounts::default()
        }
        fn fault(&self) -> Option<&str> {
            Some("no gyroscope")
        }
    }

    #[test]
    fn why_a_source_is_silent_is_known_outside_of_its_thread() {
        let switch = SensorSwitch::default();
        let (readings, counters, _handle) =
            spawn_source(Box::new(Silent), Backlog::DropOldest, switch, || {}).unwrap();
        assert!(readings.recv().is_ok());
        assert_eq!(counters.fault().as_deref(), Some("no gyroscope"));
    }

    #[test]
    fn recordings_lose_nothing() {
        let (seen, dropped) = read_late(Backlog::Wait);
        assert_eq!((seen.len(), dropped), (3 * CAPACITY, 0));
    }
}
