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
mod initial_state;
mod input_fault;
#[cfg(test)]
mod kill_points;
mod live_services;
mod log_limit;
mod log_thread;
mod orders;
mod owner_pause;
mod pause_file;
mod persisted_lock;
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
use crate::decide::{Policy, State};
use crate::enrol::EnrolmentWindows;
use crate::publish::{ByeReason, Hello, Mode, Server};
use crate::session::{FollowSession, LockRequest, Session};
pub(crate) use begun_file::BegunFile;
use deadman::{Deadman, Stalled};
use decision_sinks::{DecisionSinks, SharedDecisionSinks};
use decisions::Decisions;
use heartbeat::Heartbeat;
use initial_state::InitialState;
use live_services::{LiveServices, ServedModel};
use orders::Orders;
use reload::Reloader;
use sensor_switch::SensorSwitch;
use served_owner::ServedOwner;
use session_relay::SessionRelay;
use signals::{SignalRequest, Signals};
use silence::Now;
use source_thread::{Backlog, spawn_source};
use watchdog::Feeding;
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
    let model = ServedModel {
        id: bundle.id(),
        channels: bundle.channels(),
        columns: embedder.embedding_len(),
        blank: EnrolmentWindows::new(&embedder, config.window.hop_frames),
        cohort: bundle.let_cohort_go(),
    };
    let InitialState {
        mode,
        policy,
        mut pipeline,
        memory,
        pause_file,
        kept_pause,
        folder: _folder,
    } = InitialState::of(config_path, &config, embedder, profile.as_ref())?;
    let live = config.source.kind.is_live();
    let has_sensors = config.source.kind.has_sensors();
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
        let owner_uid = profile.as_ref().map(|profile| profile.owner_uid);
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
        let services = match live {
            true => Some(LiveServices::start(live_services::Setup {
                config: &config,
                policy,
                model,
                pause_file,
                kept_pause,
                served_owner: &served_owner,
                control: &control,
                publisher: &publisher,
                switch: &switch,
            })?),
            false => None,
        };
        if let Some(services) = &services {
            publisher.set_command_handler(Arc::new(services.commands(publisher.clone())));
            pipeline = pipeline.gather(Box::new(services.window_sinks()));
        }
        let enrolment = services.as_ref().map(|its| its.enrolment.clone());
        let adaptation = services.as_ref().map(|its| its.adaptation.clone());
        let owner_pause = services.as_ref().map(|its| its.owner_pause.clone());
        let session_relay = SessionRelay {
            control: control.clone(),
            publisher: publisher.clone(),
            switch,
            owner_pause,
            enrolment: enrolment.clone(),
        };
        let session = Session::new(config.session.clone(), owner, lock, Arc::new(session_relay));
        let started = Now::read();
        let heartbeat = Heartbeat::starting(started.monotonic);
        let sinks = DecisionSinks {
            publisher: publisher.clone(),
            memory,
            locker: (mode == Mode::Live).then_some(locker),
        };
        let sinks = Arc::new(SharedDecisionSinks::new(sinks));
        let deadman = Deadman::of(heartbeat.clone()).map_err(RunError::io("make a timer"))?;
        let stalled = Stalled::default();
        deadman
            .watch(Arc::downgrade(&sinks), stalled.clone())
            .map_err(RunError::io("start a thread"))?;
        let feeding = Feeding::as_asked();
        let mut decisions = Decisions::new(pipeline, sinks, counters, live, policy, started);
        if let Some(services) = services {
            decisions = decisions
                .adapting(services.adaptation)
                .pausing(services.owner_pause);
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
            longest_lock: match mode {
                Mode::Live => config.session.longest_lock(),
                Mode::Replay | Mode::Observe => Duration::ZERO,
            },
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

        let end = supervise(
            &mut ended,
            &mut signals,
            &control,
            &reloader,
            feeding,
            &log.limit,
        )
        .await;
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

/// Obeys signals, feeds the watchdog and says which log lines were left out, until the worker
/// ends; `None` if it panicked.
async fn supervise(
    ended: &mut oneshot::Receiver<End>,
    signals: &mut Signals,
    control: &Orders,
    reloader: &Arc<Mutex<Reloader>>,
    feeding: Feeding,
    limit: &LogLimit,
) -> Option<End> {
    let mut fed = std::pin::pin!(feeding.feed());
    let mut left_out = std::pin::pin!(limit.say_what_is_left_out());
    loop {
        tokio::select! {
            end = &mut *ended => break end.ok(),
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
    }
}

/// Where and how use is learnt. Off in observe mode, because without real locks none can be
/// labelled false.
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
