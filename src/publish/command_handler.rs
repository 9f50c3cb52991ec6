//! Requests that change something: enrolling, forgetting the owner, pausing, and what is
//! learnt of use.

use std::time::Duration;

use super::{Enrol, Event, ProfileStep};

/// The longest pause that an owner may ask for.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(8 * 3600);

/// Whether a pause may be so long; an error says for people how long it may be.
pub(crate) fn check_pause(span: Duration) -> Result<(), String> {
    if span.is_zero() || span > LONGEST_PAUSE {
        return Err(format!(
            "a pause takes a second at least and {} hours at most",
            LONGEST_PAUSE.as_secs() / 3600
        ));
    }
    Ok(())
}

/// The client of one connection, or who asks in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer {
    /// Id of the connection, unique while the daemon runs.
    pub id: u64,
    /// User id of the client, from the kernel (`SO_PEERCRED`) or the bus.
    pub uid: u32,
    /// Whether it asks on the socket, where nobody is asked for their secret.
    pub on_socket: bool,
}

/// Carries out requests of root and the owner; those of others are refused before.
pub trait CommandHandler: Send + Sync + std::fmt::Debug {
    /// Carries out `order`. The event is the answer; an error is a refusal, for people.
    fn enrol(&self, peer: Peer, order: Enrol) -> Result<Event, String>;
    /// Forgets the owner. The event is the answer; an error is a refusal, for people.
    fn forget(&self, peer: Peer) -> Result<Event, String>;
    /// Shows what the profile has learnt of use, or takes the newest session of it back. The
    /// event is the answer; an error is a refusal, for people.
    fn profile(&self, peer: Peer, step: ProfileStep) -> Result<Event, String>;
    /// Takes the owner's word that the newest lock was false. The event is the answer; an
    /// error is a refusal, for people.
    fn false_lock(&self, peer: Peer) -> Result<Event, String>;
    /// Takes the owner's word that the newest lock was right. The event is the answer; an
    /// error is a refusal, for people.
    fn right_lock(&self, peer: Peer) -> Result<Event, String>;
    /// Pauses decisions for `span`, at most [`LONGEST_PAUSE`], in the name of the owner. An error is a refusal, for
    /// people.
    fn pause(&self, peer: Peer, span: Duration) -> Result<(), String>;
    /// Ends such a pause, if there is one. An error is a refusal, for people.
    fn resume(&self, peer: Peer) -> Result<(), String>;
    /// The connection with this id has ended.
    fn disconnected(&self, id: u64);
}
