//! The worker's thread: takes readings and orders as they come, and has the graces
//! checked after each and once a second at least.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, select};

use super::deadman::Stalled;
use super::decisions::{Decisions, TICK};
use super::silence::Now;
use super::source_thread::Message;
use crate::decide::{Policy, State};
use crate::motion::rest::RestLimits;
use crate::owner::profile::Profile;
use crate::session::SessionChange;
use crate::source::SourceError;

/// An order to the worker.
pub(super) enum Control {
    /// Use these limits of rest and this policy from now on.
    Reconfigure(RestLimits, Policy),
    /// Decide for the owner of this profile from now on.
    Enrolled(Box<Profile>),
    /// Go on with this profile of the same owner.
    Adapted(Box<Profile>),
    /// There is no owner any more.
    Forgotten,
    /// The owner's pause has begun or ended.
    OwnerPause,
    /// The session has changed.
    Session(SessionChange),
    /// End the thread.
    Stop,
}

/// Why the worker ended.
pub(super) enum End {
    /// It got [`Control::Stop`].
    Stopped,
    /// The source ended; an error if it failed.
    SourceEnded(Result<(), SourceError>),
}

/// Everything that the worker's thread owns.
pub(super) struct Worker {
    pub decisions: Decisions,
    pub readings: Receiver<Message>,
    pub controls: Receiver<Control>,
    /// Incremented once in each round of the worker's loop, for the watchdog.
    pub heartbeat: Arc<AtomicU64>,
    /// Whether the worker stood still so long that a lock was published in its place.
    pub stalled: Stalled,
    /// Whether the source is sensors or a stream, and not a recording.
    pub live: bool,
}

impl Worker {
    /// Runs until [`Control::Stop`] or the end of the source. After the end of a live
    /// source it goes on until its silence has brought the state to lock.
    pub(super) fn run(mut self) -> End {
        let mut ended = None;
        loop {
            self.heartbeat.fetch_add(1, Ordering::Relaxed);
            if self.stalled.take() {
                self.decisions.stalled(Now::read());
            }
            select! {
                recv(self.controls) -> control => match control {
                    Ok(Control::Stop) | Err(_) => return End::Stopped,
                    Ok(control) => self.obey(control),
                },
                recv(self.readings) -> message => match message {
                    Ok(Message::Reading(reading)) => self.decisions.read(&reading, Now::read()),
                    Ok(Message::Ended(result)) if self.live => {
                        match &result {
                            Ok(()) => tracing::warn!("the source has ended"),
                            Err(error) => tracing::error!(%error, "the source has failed"),
                        }
                        ended = Some(result);
                        self.readings = crossbeam_channel::never();
                    }
                    Ok(Message::Ended(result)) => return End::SourceEnded(result),
                    // Not reached: the source's thread sends `Ended` before it ends.
                    Err(_) => return End::SourceEnded(Ok(())),
                },
                default(TICK) => {}
            }
            self.decisions.pass_time(Now::read());
            if ended.is_some() && self.decisions.state() == State::Lock {
                return End::SourceEnded(ended.unwrap_or(Ok(())));
            }
        }
    }

    fn obey(&mut self, control: Control) {
        let now = Now::read();
        match control {
            Control::Reconfigure(rest, policy) => self.decisions.reconfigure(rest, policy),
            Control::Enrolled(profile) => self.decisions.enrolled(&profile, now),
            Control::Adapted(profile) => self.decisions.adapted(&profile),
            Control::Forgotten => self.decisions.forgotten(now),
            Control::OwnerPause => self.decisions.owner_paused(now),
            Control::Session(change) => self.decisions.session(change, now),
            Control::Stop => {}
        }
    }
}
