//! The worker's thread: takes readings and orders as they come, and sees to it that time
//! passes whatever comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, select};

use super::decisions::{Decisions, TICK};
use super::silence::Now;
use super::source_thread::Message;
use crate::decide::{Policy, State};
use crate::motion::rest::RestLimits;
use crate::owner::profile::Profile;
use crate::session::Notice;
use crate::source::SourceError;

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

/// Everything that the worker's thread owns.
pub(super) struct Worker {
    pub decisions: Decisions,
    pub readings: Receiver<Message>,
    pub controls: Receiver<Control>,
    /// Goes up while the worker makes progress; the watchdog looks at it.
    pub heartbeat: Arc<AtomicU64>,
    /// Whether the source is not a recording.
    pub live: bool,
}

impl Worker {
    /// Works until told to stop or until the source ends. A live source that
    /// ends has fallen silent for good, so the state comes to lock first.
    pub(super) fn run(mut self) -> End {
        let mut ended = None;
        loop {
            self.heartbeat.fetch_add(1, Ordering::Relaxed);
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
                    // The source's thread always says that it ended.
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
            Control::Forgotten => self.decisions.forgotten(now),
            Control::Session(notice) => self.decisions.session(notice, now),
            Control::Stop => {}
        }
    }
}
