//! The session manager's signals, taken as they come, whatever else is waited for.
//!
//! One task of zbus reads signals and answers, and it stands still while a queue of signals is
//! full. Any account can have the session manager send thousands, so whoever waited for an answer
//! without taking them would wait in vain. Here they are taken at once, and little is kept of them.

use std::collections::{HashMap, VecDeque};
use std::mem::{discriminant, take};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use zbus::export::futures_core::Stream;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{Message, MessageStream, message};

use super::SessionError;
use super::login1::{BUS, MANAGER, NAME, PROPERTIES, SESSION};

/// Most values that wait. Of more the oldest is dropped, and everything is read again.
const VALUES_MAX: usize = 16;

/// What a signal says that may be over before it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignalValue {
    /// `PrepareForSleep`: it begins, or is over.
    Sleep(bool),
    /// `LockedHint` of the watched session.
    Locked(bool),
}

/// What has come since it was asked for last.
#[derive(Debug, Default)]
pub(super) struct PendingSignals {
    /// In the order in which they came, without repetitions.
    pub(super) values: VecDeque<SignalValue>,
    /// Whether something else may have changed.
    pub(super) changed: bool,
}

impl PendingSignals {
    fn push(&mut self, value: SignalValue) {
        let kind = discriminant(&value);
        let newest = self.values.iter().rfind(|its| discriminant(*its) == kind);
        if newest == Some(&value) {
            return;
        }
        if self.values.len() == VALUES_MAX {
            self.values.pop_front();
            self.changed = true;
        }
        self.values.push_back(value);
    }
}

#[derive(Debug, Default)]
struct QueueState {
    pending: PendingSignals,
    /// The session whose `LockedHint` is kept as a value.
    watched: Option<OwnedObjectPath>,
    /// Why nothing comes any more.
    end: Option<SessionError>,
}

#[derive(Debug, Default)]
struct SignalQueue {
    state: Mutex<QueueState>,
    arrived: Notify,
}

impl SignalQueue {
    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens until dropped.
pub(super) struct Signals {
    queue: Arc<SignalQueue>,
    listening: AbortHandle,
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Signals {
    /// Takes all that comes to a connection, and keeps what `manager` says, and the bus of it.
    pub(super) fn of(mut all: MessageStream, manager: OwnedUniqueName) -> Self {
        let queue = Arc::new(SignalQueue::default());
        let filled = Arc::clone(&queue);
        let listening = tokio::spawn(async move {
            let end = loop {
                let message = match next(&mut all).await {
                    Some(Ok(message)) => message,
                    Some(Err(why)) => break why.into(),
                    None => break SessionError::Gone,
                };
                match filled.state().take(&message, &manager) {
                    Ok(true) => filled.arrived.notify_one(),
                    Ok(false) => {}
                    Err(why) => break why,
                }
            };
            filled.state().end = Some(end);
            filled.arrived.notify_one();
        });
        Self {
            queue,
            listening: listening.abort_handle(),
        }
    }

    /// Waits for what comes next; an error once the session manager has left the bus. Nothing
    /// is lost if the future is dropped.
    pub(super) async fn next(&self) -> Result<PendingSignals, SessionError> {
        self.queue.arrived.notified().await;
        let mut state = self.queue.state();
        let pending = take(&mut state.pending);
        if pending.changed || !pending.values.is_empty() {
            if state.end.is_some() {
                self.queue.arrived.notify_one();
            }
            return Ok(pending);
        }
        state.end.take().map_or(Ok(pending), Err)
    }

    /// Keeps the `LockedHint` of this session from now on, and of no other.
    pub(super) fn watch(&self, session: Option<&OwnedObjectPath>) {
        let mut state = self.queue.state();
        if state.watched.as_ref() != session {
            state.watched = session.cloned();
            state
                .pending
                .values
                .retain(|value| matches!(value, SignalValue::Sleep(_)));
        }
    }
}

impl QueueState {
    /// Whether something is kept of `message`; an error if it says that the manager has gone.
    fn take(&mut self, message: &Message, manager: &OwnedUniqueName) -> Result<bool, SessionError> {
        let header = message.header();
        let sender = header.sender().map(|name| name.as_str());
        let interface = header.interface().map(|name| name.as_str());
        let member = header.member().map(|name| name.as_str());
        if message.message_type() != message::Type::Signal {
            return Ok(false);
        }
        // Any program can send a signal to this connection.
        if sender != Some(manager.as_str()) {
            let of_bus = (sender, member) == (Some(BUS), Some("NameOwnerChanged"));
            return match of_bus && is_about_the_manager(message) {
                true => Err(SessionError::Gone),
                false => Ok(false),
            };
        }
        let value = match (interface, member) {
            (Some(MANAGER), Some("PrepareForSleep")) => {
                message.body().deserialize().ok().map(SignalValue::Sleep)
            }
            (Some(MANAGER), Some("SessionNew" | "SessionRemoved")) => None,
            (Some(PROPERTIES), Some("PropertiesChanged")) => {
                let ours = header.path().map(|path| path.as_str())
                    == self.watched.as_ref().map(|path| path.as_str());
                locked_hint(message)
                    .filter(|_| ours)
                    .map(SignalValue::Locked)
            }
            _ => return Ok(false),
        };
        match value {
            Some(value) => self.pending.push(value),
            None => self.pending.changed = true,
        }
        Ok(true)
    }
}

async fn next(stream: &mut MessageStream) -> Option<zbus::Result<Message>> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

/// Whether the name that has another owner is the session manager's.
fn is_about_the_manager(signal: &Message) -> bool {
    let body = signal.body();
    let told = body.deserialize::<(&str, &str, &str)>();
    told.is_ok_and(|(name, _, _)| name == NAME)
}

/// `LockedHint` in a `PropertiesChanged` signal of a session; `None` if it has none.
fn locked_hint(signal: &Message) -> Option<bool> {
    type Changed<'a> = (&'a str, HashMap<&'a str, Value<'a>>, Vec<&'a str>);
    let body = signal.body();
    let (interface, changed, _): Changed<'_> = body.deserialize().ok()?;
    match changed.get("LockedHint") {
        Some(Value::Bool(locked)) if interface == SESSION => Some(*locked),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However much is signalled, what is so now is known, or read again.
        #[test]
        fn what_was_said_ends_as_it_did(signalled in prop::collection::vec(any::<(bool, bool)>(), 0..200)) {
            let value = |(sleep, so): &(bool, bool)| match sleep {
                true => SignalValue::Sleep(*so),
                false => SignalValue::Locked(*so),
            };
            let mut pending = PendingSignals::default();
            signalled.iter().map(value).for_each(|value| pending.push(value));
            prop_assert!(pending.values.len() <= VALUES_MAX);
            for kind in [SignalValue::Sleep(true), SignalValue::Locked(true)].map(|it| discriminant(&it)) {
                let last = signalled.iter().map(value).rfind(|it| discriminant(it) == kind);
                let kept = || pending.values.iter().filter(|it| discriminant(*it) == kind);
                prop_assert!(kept().next_back() == last.as_ref() || pending.changed);
                prop_assert!(kept().zip(kept().skip(1)).all(|(one, next)| one != next));
            }
        }
    }
}
