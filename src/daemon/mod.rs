//! `graspd run`: the source and the worker on threads of their own, and sockets,
//! signals and the watchdog on this one.
//!
//! Whatever ends the worker, the clients get a last event, `bye`. A client whose
//! connection closes without one treats that as no evidence (docs/protocol.md).

pub mod adaptation;
mod begun_file;
mod commands;
mod deadman;
mod decision_sinks;
mod decisions;
mod enrolment;
mod error;
mod heartbeat;
mod input_fault;
#[cfg(test)]
mod kill_points;
mod lock_memory;
mod log_limit;
mod log_thread;
mod orders;
mod owner_pause;
mod pause_file;
mod prepared;
mod reload;
pub(crate) mod sensor_switch;
mod served_owner;
mod session_relay;
pub(crate) mod signals;
mod silence;
mod slow_clock;
pub(crate) mod source_thread;
pub(crate) mod state_folder;
mod watchdog;
mod window_sinks;
mod worker;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_utils::sync::Parker;
use tokio::sync::{oneshot, watch};
use tokio::task::spawn_blocking;

use crate::bus::Bus;
use crate::config::{Config, OperatingMode};
use crate::decide::{Pause, Policy, State};
use crate::enrol::EnrolmentWindows;
use crate::motion::SampleTime;
use crate::pipeline::Pipeline;
use crate::publish::{ByeReason, Hello, Mode, Server};
use crate::session::{FollowSession, LockRequest, Session};
use adaptation::Adaptation;
pub(crate) use begun_file::BegunFile;
use commands::Commands;
use deadman::{Deadman, Stalled};
use decision_sinks::{DecisionSinks, SharedDecisionSinks};
use decisions::Decisions;
use enrolment::Enrolment;
use heartbeat::Heartbeat;
use lock_memory::LockMemory;
use orders::Orders;
use owner_pause::OwnerPause;
use pause_file::PauseFile;
use reload::Reloader;
use sensor_switch::SensorSwitch;
use served_owner::ServedOwner;
use session_relay::SessionRelay;
use signals::{SignalRequest, Signals};
use silence::Now;
use source_thread::{Backlog, spawn_source};
use state_folder::StateFolder;
use watchdog::Feeding;
use window_sinks::WindowSinks;
use worker::{Control, End, Worker};

pub use error::RunError;
pub use log_limit::LogLimit;
pub use log_thread::LogThread;
pub(crate) use prepared::open_source;
pub use prepared::{Prepared, check_hop};
pub use reload::LogFilter;

/// What a running daemon changes and says of its log.
pub struct LogControl {
    /// Its level, which a reload may change.
    pub filter: LogFilter,
    /// Its limit of lines.
    pub limit: LogLimit,
    /// The thread that writes it.
    pub thread: LogThread,
}

/// How long to wait for the sensors to be switched off. By default their source passes
/// the [`SensorSwitch`] every three seconds at least; the service manager waits longer.
pub(crate) const SWITCH_OFF: Duration = Duration::from_secs(4);

/// How long the windows of a sitting that the end of the daemon ended may take to be saved.
const LAST_WINDOWS: Duration = Duration::from_secs(2);

/// Runs until told to stop, or until the source ends.
pub fn run(config_path: &Path, parts: Prepared, log: LogControl) -> Result<(), RunError> {
    let Prepared {
        config,
        mut bundle,
        embedder,
        profile,
    } = parts;
    let cohort = bundle.let_cohort_go();
    let live = config.source.kind.is_live();
    // The motion in a recording is past, so nothing may be locked because of it.
    let mode = match config.mode {
        _ if !live => Mode::Replay,
        OperatingMode::Enforce => Mode::Live,
        OperatingMode::Observe => Mode::Observe,
    };
    let acts = mode == Mode::Live;
    if mode == Mode::Observe {
        tracing::warn!("mode is \"observe\", so nothing is locked");
    }
    let has_sensors = config.source.kind.has_sensors();
    let policy = config.policy(config_path)?;
    let hop = config.window.hop_frames;
    let blank = EnrolmentWindows::new(&embedder, hop);
    let columns = embedder.embedding_len();
    let mut pipeline = match &profile {
        Some(profile) => Pipeline::new(embedder, profile, hop, config.rest, policy),
        None => Pipeline::of_nobody(embedder, hop, config.rest, policy),
    };
    let owner_uid = profile.as_ref().map(|profile| profile.owner_uid);
    if owner_uid.is_none() {
        tracing::warn!("nobody has enrolled, so nothing is decided; run `graspd enroll`");
    }
    // A replay keeps nothing on disk, so it needs no state folder.
    let state_folder = match live {
        true => Some(Arc::new(StateFolder::take(&config.state.folder)?)),
        false => None,
    };
    // Observe mode locks nothing, so it neither reads nor writes the note of a lock.
    let remembered = state_folder.clone().filter(|_| acts);
    let memory = remembered.map(LockMemory::open).transpose();
    let memory = memory.map_err(RunError::io("start a thread"))?;
    if memory.as_ref().is_some_and(LockMemory::was_locked) {
        tracing::warn!("the state was lock when graspd last ended, so it begins with that");
        pipeline = pipeline.locked_before();
    }
    let pause_file = PauseFile::in_folder(&config.state.folder);
    // Where no session is followed the next lock screen would not end it.
    let may_be_paused = live
        && config.session.enabled != FollowSession::No
        && pipeline.decider().state().0 != State::Lock;
    let kept_pause = owner_uid
        .filter(|_| may_be_paused)
        .and_then(|owner| OwnerPause::kept(&pause_file, owner));
    if kept_pause.is_some() {
        pipeline.pause(SampleTime::default(), Pause::ByOwner, &mut |_| {});
    }
    // Commands of clients and of the bus run on these; the unit allows few tasks, and what
    // locks as a last resort must still find room.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(8)
        .enable_all()
        .build()
        .map_err(RunError::io("start the event loop"))?;
    runtime.block_on(async {
        let mut signals = Signals::listen()?;
        let (state, reason) = pipeline.decider().state();
        let hello = Hello::new(mode, Some(bundle.manifest().name.clone()), state, reason);
        let server = Server::bind(&config.socket, owner_uid, hello)?;
        let publisher = server.publisher();

        let backlog = if live {
            Backlog::DropOldest
        } else {
            Backlog::Wait
        };
        if live && config.session.enabled == FollowSession::Yes {
            Session::probe().await?;
        }
        let switch = SensorSwitch::default();
        let parker = Parker::new();
        let ring = parker.unparker().clone();
        let source = open_source(&config, bundle.channels())?;
        let (readings, counters, listener) =
            spawn_source(source, backlog, switch.clone(), move || ring.unpark())
                .map_err(RunError::io("start a thread"))?;
        // Streams and recordings cannot be switched off, and are read all the time.
        let switch = match has_sensors {
            true => switch,
            false => SensorSwitch::without_source(),
        };
        let (control, controls) = Orders::to(parker.unparker());
        let persisted = (state == State::Lock).then_some(LockRequest { t: None });
        let (locker, lock) = watch::channel(persisted);
        let served_owner = ServedOwner::new(
            profile.as_ref(),
            control.clone(),
            publisher.clone(),
            switch.clone(),
        );
        let owner = served_owner.follow();
        let owner_pause = live.then(|| {
            let (control, publisher) = (control.clone(), publisher.clone());
            OwnerPause::start(pause_file, kept_pause, control, publisher, switch.clone())
                .map_err(RunError::io("start a thread"))
        });
        let owner_pause = owner_pause.transpose()?;
        let adaptation = live.then(|| {
            let fixed = adaptation::FixedSettings {
                model: bundle.id(),
                columns,
                cohort: cohort.clone(),
                served_owner: served_owner.clone(),
                locked: state == State::Lock,
            };
            let reloadable = adaptation_settings(&config, policy);
            Adaptation::start(fixed, reloadable).map_err(RunError::io("start a thread"))
        });
        let adaptation = adaptation.transpose()?;
        let enrolment = adaptation.clone().map(|adaptation| {
            let fixed = enrolment::FixedSettings {
                begun: BegunFile::in_folder(&config.state.folder),
                blank,
                channels: bundle.channels(),
                cohort,
                publisher: publisher.clone(),
                served_owner: served_owner.clone(),
                adaptation,
            };
            let reloadable = enrolment::ReloadableSettings {
                profile: config.profile.path.clone(),
                rule: config.rule(policy),
            };
            Enrolment::resume(fixed, reloadable)
        });
        if let (Some(enrolment), Some(adaptation), Some(owner_pause)) =
            (enrolment.clone(), adaptation.clone(), owner_pause.clone())
        {
            publisher.set_command_handler(Arc::new(Commands {
                publisher: publisher.clone(),
                enrolment: enrolment.clone(),
                adaptation: adaptation.clone(),
                owner_pause,
            }));
            pipeline = pipeline.gather(Box::new(WindowSinks {
                enrolment,
                adaptation,
            }));
        }
        let session_relay = SessionRelay {
            control: control.clone(),
            publisher: publisher.clone(),
            switch,
            owner_pause: owner_pause.clone(),
            enrolment: enrolment.clone(),
        };
        let session = Session::new(config.session.clone(), owner, lock, Arc::new(session_relay));
        let started = Now::read();
        let heartbeat = Heartbeat::starting(started.monotonic);
        let sinks = DecisionSinks {
            publisher: publisher.clone(),
            memory,
            locker: acts.then_some(locker),
        };
        let sinks = Arc::new(SharedDecisionSinks::new(sinks));
        let deadman = Deadman::of(heartbeat.clone()).map_err(RunError::io("make a timer"))?;
        let stalled = Stalled::default();
        deadman
            .watch(Arc::downgrade(&sinks), stalled.clone())
            .map_err(RunError::io("start a thread"))?;
        let feeding = Feeding::as_asked();
        let mut decisions = Decisions::new(pipeline, sinks, counters, live, policy, started);
        if let Some(adaptation) = adaptation.clone() {
            decisions = decisions.adapting(adaptation);
        }
        if let Some(owner_pause) = owner_pause {
            decisions = decisions.pausing(owner_pause);
        }
        let worker = Worker {
            decisions,
            readings,
            parker,
            controls,
            heartbeat,
            deadman,
            feeding: feeding.clone(),
            stalled,
            live,
        };
        let reloader = Arc::new(Mutex::new(Reloader {
            path: config_path.to_owned(),
            running: config,
            model: bundle.id(),
            served_owner,
            enrolment: enrolment.clone(),
            adaptation,
            control: control.clone(),
            log: log.filter,
        }));
        let serving = tokio::spawn(server.serve());
        let mut ended = start(worker)?;
        if live {
            tokio::spawn(session.run());
            tokio::spawn(Bus::new(publisher.clone()).run());
        }
        watchdog::ready();
        tracing::info!(model = %bundle.manifest().name, "watching");

        let mut fed = std::pin::pin!(feeding.feed());
        let mut left_out = std::pin::pin!(log.limit.say_what_is_left_out());
        let end = loop {
            tokio::select! {
                end = &mut ended => break end.ok(),
                asked = signals.next() => match asked {
                    SignalRequest::Stop => control.send(Control::Stop),
                    SignalRequest::Reload => {
                        let reloader = reloader.clone();
                        // Reads files, whose disk may not answer.
                        spawn_blocking(move || {
                            let reloader = reloader.lock();
                            reloader.unwrap_or_else(PoisonError::into_inner).reload();
                        });
                    }
                },
                () = &mut fed => {}
                () = &mut left_out => {}
            }
        };
        watchdog::stopping();
        let (reason, result) = farewell(end, live);
        publisher.bye(reason);
        match serving.await {
            Ok(served) => served?,
            Err(_) => return Err(RunError::Crashed),
        }
        if let Some(enrolment) = enrolment {
            enrolment.settle(LAST_WINDOWS);
        }
        if has_sensors {
            listener.end(SWITCH_OFF);
        }
        result
    })
}

/// Where and how use is learnt. In observe mode nothing is: a lock that nobody sees is
/// answered by nobody.
fn adaptation_settings(config: &Config, policy: Policy) -> adaptation::ReloadableSettings {
    adaptation::ReloadableSettings {
        profile: config.profile.path.clone(),
        rule: config.rule(policy),
        adapt: config.enrol.adapt && config.mode == OperatingMode::Enforce,
        wait: config.enrol.wait(),
    }
}

/// The reason for the clients' `bye` event and the result of [`run`]. `end` is `None`
/// if the worker panicked.
fn farewell(end: Option<End>, live: bool) -> (ByeReason, Result<(), RunError>) {
    match end {
        Some(End::Stopped) => (ByeReason::Stopped, Ok(())),
        // The worker has logged why. Unlike a source that cannot be opened, one that
        // ended may work after a restart, which the exit code of this error asks for.
        Some(End::SourceEnded(_)) if live => (ByeReason::SourceEnded, Err(RunError::SourceEnded)),
        Some(End::SourceEnded(result)) => (ByeReason::SourceEnded, result.map_err(RunError::from)),
        None => (ByeReason::Failed, Err(RunError::Crashed)),
    }
}

/// Starts the worker's thread; the receiver fails if it panics.
fn start(worker: Worker) -> Result<oneshot::Receiver<End>, RunError> {
    let (tell, ended) = oneshot::channel();
    thread::Builder::new()
        .name("worker".into())
        .spawn(move || {
            // Fails only if `run` has returned, so the process is ending anyway.
            let _ = tell.send(worker.run());
        })
        .map_err(RunError::io("start a thread"))?;
    Ok(ended)
}
