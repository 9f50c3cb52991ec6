//! Watchdog for the worker thread: publishes lock if it stalls for `sensor_grace_s`, three
//! seconds at least. A stalled worker accepts no frame, whatever arrives, and cannot say so.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, sleep};
use std::time::Duration;

use rustix::io::{Errno, read};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::decision_sinks::SharedDecisionSinks;
use super::heartbeat::Heartbeat;
use super::silence::Now;

/// Shortest stall that is acted on; an idle worker sleeps for up to one and a half seconds.
const LEAST: Duration = Duration::from_secs(3);

/// Wait after the timer has expired before the worker is judged stalled: after a pause of the
/// whole process this thread may run before the worker does.
const HEARING: Duration = Duration::from_millis(500);

/// Tells the worker, when it comes round again, that it had stalled.
#[derive(Debug, Clone, Default)]
pub(super) struct Stalled(Arc<AtomicBool>);

impl Stalled {
    /// Whether a lock was published in place of the worker since the last call.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// A timer of the kernel that the worker restarts each time before it waits, which wakes no
/// thread; the thread that watches sleeps until the timer expires. timerfd_create(2)
#[derive(Debug, Clone)]
pub(super) struct Deadman {
    timer: Arc<OwnedFd>,
    heartbeat: Heartbeat,
    /// Time to expiry that it was started with last, in nanoseconds; 0 while it is off.
    wound: Arc<AtomicU64>,
}

impl Deadman {
    /// Not wound yet. An error if the kernel gives no timer.
    pub(super) fn of(heartbeat: Heartbeat) -> io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
        Ok(Self {
            timer: Arc::new(timer),
            heartbeat,
            wound: Arc::default(),
        })
    }

    /// Lets the worker stand still for `grace` from now; `None` while no grace may run out.
    /// CLOCK_MONOTONIC counts, so a suspended system is no stall.
    pub(super) fn wind(&self, grace: Option<Duration>) {
        let nanos = grace.map_or(0, |grace| {
            u64::try_from(grace.max(LEAST).as_nanos()).unwrap_or(u64::MAX)
        });
        self.wound.store(nanos, Ordering::Relaxed);
        self.run();
    }

    /// Restarts it with the same time to expiry.
    fn run(&self) {
        let span = Duration::from_nanos(self.wound.load(Ordering::Relaxed));
        let at = |span: Duration| Timespec {
            tv_sec: span.as_secs() as i64,
            tv_nsec: i64::from(span.subsec_nanos()),
        };
        let spec = Itimerspec {
            it_interval: at(Duration::ZERO),
            it_value: at(span),
        };
        // Fails only for what is no timer, or no time.
        let _ = timerfd_settime(self.timer.as_fd(), TimerfdTimerFlags::empty(), &spec);
    }

    /// Watches on a thread of its own, which ends with `sinks`. An error if none starts.
    pub(super) fn watch(
        &self,
        sinks: Weak<SharedDecisionSinks>,
        stalled: Stalled,
    ) -> io::Result<thread::JoinHandle<()>> {
        let deadman = self.clone();
        thread::Builder::new()
            .name("deadman".into())
            .spawn(move || deadman.lock_when_it_ends(&sinks, &stalled))
    }

    /// Publishes lock each time that the worker stands still until the timer's end.
    fn lock_when_it_ends(&self, sinks: &Weak<SharedDecisionSinks>, stalled: &Stalled) {
        let mut times = [0; 8];
        loop {
            match read(&self.timer, &mut times) {
                Err(Errno::INTR) => continue,
                // No timer fails to be read.
                Err(_) => return,
                Ok(_) => {}
            }
            sleep(HEARING);
            let Some(sinks) = sinks.upgrade() else {
                return;
            };
            let wound = Duration::from_nanos(self.wound.load(Ordering::Relaxed));
            let stood = Now::read().monotonic.saturating_sub(self.heartbeat.last());
            if wound.is_zero() {
                // It came round, and began a pause.
            } else if stood < wound {
                // So much is there to read that it does not come to wait, or it has just come
                // round.
                self.run();
            } else {
                let locked = sinks.lock_in_place_of_worker();
                stalled.0.store(locked, Ordering::Relaxed);
            }
        }
    }
}
