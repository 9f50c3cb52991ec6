//! The worker's thread: takes readings and orders as they come, and has the graces
//! checked after each and before one could run out.

use std::time::Duration;

use crossbeam_channel::{Receiver, TryRecvError, never};
use crossbeam_utils::sync::Parker;

use super::deadman::{Deadman, Stalled};
use super::decisions::Decisions;
use super::heartbeat::Heartbeat;
use super::silence::Now;
use super::source_thread::Message;
use super::watchdog::Feeding;
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

/// What the worker takes in one round.
enum Taken {
    Control(Control),
    Message(Message),
    /// The source's thread, or everybody who gives orders, has ended without a word.
    SourceGone,
    NobodyLeft,
    /// Nothing came for [`Decisions::idle`].
    Nothing,
}

/// Everything that the worker's thread owns.
pub(super) struct Worker {
    pub decisions: Decisions,
    pub readings: Receiver<Message>,
    /// Wakes for an order, and once for all readings that came together.
    pub parker: Parker,
    pub controls: Receiver<Control>,
    /// Beats in each round of the worker's loop.
    pub heartbeat: Heartbeat,
    /// Wound before each wait.
    pub deadman: Deadman,
    /// Told in each round.
    pub feeding: Feeding,
    /// Whether the worker stood still so long that a lock was published in its place.
    pub stalled: Stalled,
    /// Whether the source is sensors or a stream, and not a recording.
    pub live: bool,
    /// How long it may take until the screen is locked; see [`SessionConfig::longest_lock`].
    ///
    /// [`SessionConfig::longest_lock`]: crate::session::SessionConfig::longest_lock
    pub longest_lock: Duration,
}

impl Worker {
    /// Runs until [`Control::Stop`] or the end of the source. After the end of a live
    /// source it goes on until its silence has brought the state to lock, and the screen is
    /// locked or all was tried that could lock it.
    pub(super) fn run(mut self) -> End {
        let mut ended = None;
        let mut locked_since = None;
        self.wind();
        loop {
            let taken = self.take();
            let now = Now::read();
            self.heartbeat.beat(now.monotonic);
            self.feeding.came_round(now.monotonic);
            if self.stalled.take() {
                self.decisions.stalled(now);
            }
            match taken {
                Taken::Control(Control::Stop) | Taken::NobodyLeft => return End::Stopped,
                Taken::Control(control) => {
                    self.obey(control, now);
                    self.wind();
                }
                Taken::Message(Message::Reading(reading)) => self.decisions.read(&reading, now),
                Taken::Message(Message::Ended(result)) if self.live => {
                    match &result {
                        Ok(()) => tracing::warn!("the source has ended"),
                        Err(error) => tracing::error!(%error, "the source has failed"),
                    }
                    ended = Some(result);
                    self.readings = never();
                }
                Taken::Message(Message::Ended(result)) => return End::SourceEnded(result),
                // A bug in the source: its thread sends `Ended` before it ends.
                Taken::SourceGone if self.live => {
                    tracing::error!("the source has ended without a word");
                    ended = Some(Ok(()));
                    self.readings = never();
                }
                Taken::SourceGone => return End::SourceEnded(Ok(())),
                Taken::Nothing => {}
            }
            self.decisions.pass_time(now);
            if ended.is_some() && self.decisions.state() == State::Lock {
                let since = *locked_since.get_or_insert(now.monotonic);
                let tried = now.monotonic.saturating_sub(since) >= self.longest_lock;
                if tried || self.decisions.is_screen_locked() {
                    return End::SourceEnded(ended.unwrap_or(Ok(())));
                }
            } else {
                locked_since = None;
            }
        }
    }

    fn wind(&self) {
        self.deadman.wind(self.decisions.stall_grace());
    }

    /// What is there, orders first. Where there is nothing, waits until something comes or
    /// could be due.
    fn take(&self) -> Taken {
        self.take_what_is_there().unwrap_or_else(|| {
            self.wind();
            self.parker.park_timeout(self.decisions.idle(Now::read()));
            self.take_what_is_there().unwrap_or(Taken::Nothing)
        })
    }

    fn take_what_is_there(&self) -> Option<Taken> {
        match self.controls.try_recv() {
            Ok(control) => return Some(Taken::Control(control)),
            Err(TryRecvError::Disconnected) => return Some(Taken::NobodyLeft),
            Err(TryRecvError::Empty) => {}
        }
        match self.readings.try_recv() {
            Ok(message) => Some(Taken::Message(message)),
            Err(TryRecvError::Disconnected) => Some(Taken::SourceGone),
            Err(TryRecvError::Empty) => None,
        }
    }

    fn obey(&mut self, control: Control, now: Now) {
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
