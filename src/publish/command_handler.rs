//! Requests that change something: enrolling, forgetting the owner, and what is learnt of use.

use super::{Enrol, Event, ProfileStep};

/// The client of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer {
    /// Id of the connection, unique while the daemon runs.
    pub id: u64,
    /// User id of the client, from the kernel (`SO_PEERCRED`).
    pub uid: u32,
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
    /// The connection with this id has ended.
    fn disconnected(&self, id: u64);
}
