//! Where decisions go: the clients, the note of a lock, and the session that is asked to
//! lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::persisted_lock::PersistedLock;
use crate::decide::{Reason, State};
use crate::motion::SampleTime;
use crate::pipeline::Output;
use crate::publish::{Event, Publisher};
use crate::session::LockRequest;

/// What decisions are given to.
pub(super) struct DecisionSinks {
    pub publisher: Publisher,
    /// Keeps a lock across restarts; `None` in replay and observe mode.
    pub memory: Option<PersistedLock>,
    /// Has the session asked for a lock; `None` in replay and observe mode.
    pub locker: Option<watch::Sender<Option<LockRequest>>>,
}

/// The sinks of the worker, which [`deadman`](super::deadman) uses too.
pub(super) struct SharedDecisionSinks {
    sinks: Mutex<DecisionSinks>,
}

impl SharedDecisionSinks {
    pub(super) fn new(sinks: DecisionSinks) -> Self {
        Self {
            sinks: Mutex::new(sinks),
        }
    }

    fn sinks(&self) -> MutexGuard<'_, DecisionSinks> {
        // Nothing here panics half way.
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes lock, notes it and has the session asked, unless that is the state already;
    /// whether it was done.
    pub(super) fn lock_in_place_of_worker(&self) -> bool {
        let mut sinks = self.sinks();
        if sinks.publisher.state() == State::Lock {
            return false;
        }
        let (t, reason) = (
            sinks.publisher.newest().unwrap_or_default(),
            Reason::NoEvidence,
        );
        sinks.keep(State::Lock);
        sinks.publisher.publish(&Event::lock(t, reason));
        sinks.want(State::Lock, t);
        tracing::error!("the worker does not come round, so the state is lock; this is a bug");
        true
    }

    /// Publishes `output`; a decision is also kept for restarts and passed to the locker. A
    /// lock is noted before it is published and its end after, so that a daemon killed in
    /// between restarts locked.
    pub(super) fn tell(&self, output: &Output) {
        let mut sinks = self.sinks();
        let Output::Decision(decision) = output else {
            return sinks.publisher.publish(&Event::from(output));
        };
        if decision.state == State::Lock {
            sinks.keep(State::Lock);
        }
        sinks.publisher.publish(&Event::from(output));
        sinks.keep(decision.state);
        sinks.want(decision.state, decision.t);
    }

    /// Sets the state for restarts and the locker, without publishing it.
    pub(super) fn set(&self, state: State, t: SampleTime) {
        let mut sinks = self.sinks();
        sinks.keep(state);
        sinks.want(state, t);
    }

    /// A handle to publish with.
    pub(super) fn publisher(&self) -> Publisher {
        self.sinks().publisher.clone()
    }
}

impl DecisionSinks {
    fn keep(&mut self, state: State) {
        if let Some(memory) = &mut self.memory {
            memory.keep(state);
        }
    }

    /// Wants the screen locked from when the state becomes lock until it is another.
    fn want(&self, state: State, t: SampleTime) {
        let Some(locker) = &self.locker else {
            return;
        };
        let locks = state == State::Lock;
        locker.send_if_modified(|wanted| {
            let changes = wanted.is_some() != locks;
            if changes {
                *wanted = locks.then_some(LockRequest { t: Some(t) });
            }
            changes
        });
    }
}
