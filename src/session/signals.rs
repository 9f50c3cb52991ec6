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

/// Most words that are kept until they are heeded. Of more the oldest are left out, and all is
/// read again.
const WORDS: usize = 16;

/// What a signal says that may be over before it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// `PrepareForSleep`: it begins, or is over.
    Sleep(bool),
    /// `LockedHint` of the watched session.
    Locked(bool),
}

/// What was heard since it was asked for last.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// In the order in which they came, without repetitions.
    pub(super) words: VecDeque<Word>,
    /// Whether something else may have changed.
    pub(super) changed: bool,
}

impl Heard {
    fn push(&mut self, word: Word) {
        let kind = discriminant(&word);
        let newest = self.words.iter().rfind(|its| discriminant(*its) == kind);
        if newest == Some(&word) {
            return;
        }
        if self.words.len() == WORDS {
            self.words.pop_front();
            self.changed = true;
        }
        self.words.push_back(word);
    }
}

#[derive(Debug, Default)]
struct Post {
    heard: Heard,
    /// The session whose `LockedHint` is kept as a word.
    watched: Option<OwnedObjectPath>,
    /// Why nothing comes any more.
    end: Option<SessionError>,
}

#[derive(Debug, Default)]
struct Mailbox {
    post: Mutex<Post>,
    bell: Notify,
}

impl Mailbox {
    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens until dropped.
pub(super) struct Signals {
    mailbox: Arc<Mailbox>,
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
        let mailbox = Arc::new(Mailbox::default());
        let theirs = Arc::clone(&mailbox);
        let listening = tokio::spawn(async move {
            let end = loop {
                let message = match next(&mut all).await {
                    Some(Ok(message)) => message,
                    Some(Err(why)) => break why.into(),
                    None => break SessionError::Gone,
                };
                match theirs.post().take(&message, &manager) {
                    Ok(true) => theirs.bell.notify_one(),
                    Ok(false) => {}
                    Err(why) => break why,
                }
            };
            theirs.post().end = Some(end);
            theirs.bell.notify_one();
        });
        Self {
            mailbox,
            listening: listening.abort_handle(),
        }
    }

    /// Waits for what comes next; an error once the session manager has left the bus. Nothing
    /// is lost if the future is dropped.
    pub(super) async fn next(&self) -> Result<Heard, SessionError> {
        self.mailbox.bell.notified().await;
        let mut post = self.mailbox.post();
        let heard = take(&mut post.heard);
        if heard.changed || !heard.words.is_empty() {
            if post.end.is_some() {
                self.mailbox.bell.notify_one();
            }
            return Ok(heard);
        }
        post.end.take().map_or(Ok(heard), Err)
    }

    /// Keeps the `LockedHint` of this session from now on, and of no other.
    pub(super) fn watch(&self, session: Option<&OwnedObjectPath>) {
        let mut post = self.mailbox.post();
        if post.watched.as_ref() != session {
            post.watched = session.cloned();
            post.heard
                .words
                .retain(|word| matches!(word, Word::Sleep(_)));
        }
    }
}

impl Post {
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
        let said = match (interface, member) {
            (Some(MANAGER), Some("PrepareForSleep")) => {
                message.body().deserialize().ok().map(Word::Sleep)
            }
            (Some(MANAGER), Some("SessionNew" | "SessionRemoved")) => None,
            (Some(PROPERTIES), Some("PropertiesChanged")) => {
                let ours = header.path().map(|path| path.as_str())
                    == self.watched.as_ref().map(|path| path.as_str());
                locked_hint(message).filter(|_| ours).map(Word::Locked)
            }
            _ => return Ok(false),
        };
        match said {
            Some(word) => self.heard.push(word),
            None => self.heard.changed = true,
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
        /// However much is said, what is so now is known, or read again.
        #[test]
        fn what_was_said_ends_as_it_did(said in prop::collection::vec(any::<(bool, bool)>(), 0..200)) {
            let word = |(sleep, so): &(bool, bool)| match sleep {
                true => Word::Sleep(*so),
                false => Word::Locked(*so),
            };
            let mut heard = Heard::default();
            said.iter().map(word).for_each(|word| heard.push(word));
            prop_assert!(heard.words.len() <= WORDS);
            for kind in [Word::Sleep(true), Word::Locked(true)].map(|it| discriminant(&it)) {
                let last = said.iter().map(word).rfind(|it| discriminant(it) == kind);
                let kept = || heard.words.iter().filter(|it| discriminant(*it) == kind);
                prop_assert!(kept().next_back() == last.as_ref() || heard.changed);
                prop_assert!(kept().zip(kept().skip(1)).all(|(one, next)| one != next));
            }
        }
    }
}
