//! The worker: readings in, events out, and the only clock in the house, which
//! tells the decisions how long a live source has been silent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, select};
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use tokio::sync::watch;

use super::lock_memory::LockMemory;
use super::source_thread::{Message, ReadingCounters, ReadingCounts};
use crate::decide::{Pause, Policy, State};
use crate::motion::SampleTime;
use crate::motion::align::AlignCounts;
use crate::motion::rest::RestLimits;
use crate::owner::profile::Profile;
use crate::pipeline::{Output, Pipeline, WindowCounts};
use crate::publish::{Event, Publisher};
use crate::session::{LockWanted, Notice};
use crate::source::{Reading, SourceError};

/// How often a silent source is thought of.
const TICK: Duration = Duration::from_secs(1);

/// What the worker is told by others than the source.
pub(super) enum Control {
    /// Go on with these.
    Reconfigure(RestLimits, Policy),
    /// Go on with this owner.
    Enrolled(Box<Profile>),
    /// Go on with nobody.
    Forgotten,
    /// What the session says.
    Session(Notice),
    /// Come to an end.
    Stop,
}

/// Why the worker came to an end.
pub(super) enum End {
    /// It was told to.
    Stopped,
    /// The source ended.
    SourceEnded(Result<(), SourceError>),
}

/// What was read, passed over and scored, room by room.
#[derive(Debug, Clone, Copy, Serialize)]
struct Counters {
    source: ReadingCounts,
    align: AlignCounts,
    windows: WindowCounts,
}

/// Everything that the worker's thread owns.
pub(super) struct Worker {
    pub pipeline: Pipeline,
    /// What a restart may not forget; nothing where nothing is locked.
    pub memory: Option<LockMemory>,
    pub publisher: Publisher,
    pub readings: Receiver<Message>,
    pub controls: Receiver<Control>,
    /// Whom to tell that the screen should be locked; nobody where nothing is.
    pub locker: Option<watch::Sender<Option<LockWanted>>>,
    /// What the session stands in the way of.
    pub session: Option<Pause>,
    pub reading_counters: Arc<ReadingCounters>,
    /// Goes up while the worker makes progress; the watchdog looks at it.
    pub heartbeat: Arc<AtomicU64>,
    /// Whether silence means anything: a recording may be read slowly.
    pub live: bool,
    /// How long a live source may take to say its first word.
    pub first_word: Duration,
}

impl Worker {
    /// Works until told to stop or until the source ends. A live source that
    /// ends has fallen silent for good, so the state comes to lock first.
    pub(super) fn run(mut self) -> End {
        let mut heard = Heard::new();
        let mut ended = None;
        let mut reported = Instant::now();
        loop {
            self.heartbeat.fetch_add(1, Ordering::Relaxed);
            select! {
                recv(self.controls) -> control => match control {
                    Ok(Control::Reconfigure(rest, policy)) => {
                        self.pipeline.reconfigure(rest, policy);
                        self.first_word = policy.sensor_grace;
                    }
                    Ok(Control::Enrolled(profile)) => {
                        let first = !self.pipeline.is_enrolled();
                        self.pipeline.enrol(&profile);
                        self.attend(first, heard.now());
                    }
                    Ok(Control::Forgotten) => {
                        self.pipeline.forget();
                        self.attend(true, heard.now());
                    }
                    Ok(Control::Session(notice)) => {
                        self.session = match notice {
                            Notice::Paused(why) => Some(why),
                            Notice::Resumed => None,
                            Notice::Authenticated => {
                                self.session.filter(|why| *why != Pause::ScreenLocked)
                            }
                        };
                        let anew = notice == Notice::Authenticated && self.pipeline.is_enrolled();
                        self.attend(anew, heard.now());
                    }
                    Ok(Control::Stop) | Err(_) => return End::Stopped,
                },
                recv(self.readings) -> message => match message {
                    Ok(Message::Reading(reading)) => {
                        heard.note(&reading);
                        self.push(&reading);
                        // Samples of which no window comes are to be seen too.
                        if self.live && reported.elapsed() >= TICK {
                            reported = Instant::now();
                            self.report(heard.now());
                        }
                    }
                    Ok(Message::Ended(result)) if self.live => {
                        match &result {
                            Ok(()) => tracing::warn!("the source has ended"),
                            Err(error) => tracing::error!(%error, "the source has failed"),
                        }
                        ended = Some(result);
                        self.readings = crossbeam_channel::never();
                    }
                    Ok(Message::Ended(result)) => return End::SourceEnded(result),
                    // The source's thread always says that it ended.
                    Err(_) => return End::SourceEnded(Ok(())),
                },
                default(TICK) => if self.live {
                    self.silence(&mut heard);
                },
            }
            if ended.is_some() && self.pipeline.decider().state().0 == State::Lock {
                return End::SourceEnded(ended.unwrap_or(Ok(())));
            }
        }
    }

    fn push(&mut self, reading: &Reading) {
        let Self {
            pipeline,
            memory,
            publisher,
            locker,
            ..
        } = self;
        let mut newest = None;
        pipeline.push(reading, &mut |output| {
            tell(publisher, memory, locker, &output);
            if let Output::Window(window) = output {
                newest = Some(window.t);
            }
        });
        if let Some(t) = newest {
            self.report(t);
        }
    }

    /// Pauses or goes on as session and owner have it, after all has begun
    /// `anew` if so.
    fn attend(&mut self, anew: bool, now: SampleTime) {
        let nobody = (!self.pipeline.is_enrolled()).then_some(Pause::NotEnrolled);
        let pause = self.session.or(nobody);
        let Self {
            pipeline,
            memory,
            publisher,
            locker,
            ..
        } = self;
        let mut sink = |output| tell(publisher, memory, locker, &output);
        if anew {
            pipeline.begin_anew(now, &mut sink);
        }
        match pause {
            Some(why) => pipeline.pause(now, why, &mut sink),
            None => pipeline.resume(now, &mut sink),
        }
        // Before the first sample nothing is published.
        let (state, _) = pipeline.decider().state();
        if let Some(memory) = memory {
            memory.keep(state);
        }
        if let Some(locker) = locker {
            want(locker, state, now);
        }
    }

    fn silence(&mut self, heard: &mut Heard) {
        if heard.newest.is_none() && heard.at.elapsed() < self.first_word {
            return;
        }
        let now = heard.now();
        // The first word after a silence from the start begins the graces.
        if heard.newest.is_none() {
            self.push(&Reading::Quiet(heard.base));
        }
        self.push(&Reading::Quiet(now));
        self.report(now);
    }

    fn report(&self, t: SampleTime) {
        let counters = Counters {
            source: self.reading_counters.counts(),
            align: self.pipeline.align_counts(),
            windows: self.pipeline.window_counts(),
        };
        self.publisher.report(t, &counters);
    }
}

/// Tells everyone, after what a restart must know, and whoever locks the screen.
fn tell(
    publisher: &Publisher,
    memory: &mut Option<LockMemory>,
    locker: &Option<watch::Sender<Option<LockWanted>>>,
    output: &Output,
) {
    if let (Output::Decision(decision), Some(memory)) = (output, memory) {
        memory.keep(decision.state);
    }
    publisher.publish(&Event::from(output));
    if let (Output::Decision(decision), Some(locker)) = (output, locker) {
        want(locker, decision.state, decision.t);
    }
}

/// The screen is to be locked from when the state becomes lock, until it is not
/// any more.
fn want(locker: &watch::Sender<Option<LockWanted>>, state: State, t: SampleTime) {
    let locks = state == State::Lock;
    locker.send_if_modified(|wanted| {
        let changes = wanted.is_some() != locks;
        if changes {
            *wanted = locks.then_some(LockWanted { t: Some(t) });
        }
        changes
    });
}

/// The newest time heard from a source, and when that was.
struct Heard {
    newest: Option<SampleTime>,
    /// Where silence is counted from: the newest time, or the system's own
    /// clock since boot, which is what sensors mostly use.
    base: SampleTime,
    at: Instant,
}

impl Heard {
    fn new() -> Self {
        let boot = clock_gettime(ClockId::Boottime);
        Self {
            newest: None,
            base: SampleTime::from_nanos(boot.tv_sec * 1_000_000_000 + boot.tv_nsec),
            at: Instant::now(),
        }
    }

    fn note(&mut self, reading: &Reading) {
        let t = match reading {
            Reading::Sample(sample) => sample.t,
            Reading::Quiet(t) => *t,
        };
        self.newest = Some(t);
        self.base = t;
        self.at = Instant::now();
    }

    fn now(&self) -> SampleTime {
        self.base.after(self.at.elapsed())
    }
}
