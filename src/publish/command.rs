//! Requests that change something: enrolling, and forgetting the owner.

use super::{Enrol, Event};

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
    /// The connection with this id has ended.
    fn disconnected(&self, id: u64);
}
