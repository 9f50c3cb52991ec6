//! Where orders go that are more than questions.

use super::{Enrol, Event};

/// One connection's peer, from hello to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer {
    /// Which connection; no two have the same.
    pub id: u64,
    /// Who is there, as the kernel says.
    pub uid: u32,
}

/// Carries out orders of root and the owner; nobody else's come here.
pub trait CommandHandler: Send + Sync + std::fmt::Debug {
    /// Does what is ordered; the answer, or a refusal for people.
    fn enrol(&self, peer: Peer, order: Enrol) -> Result<Event, String>;
    /// Forgets the owner; the answer, or a refusal for people.
    fn forget(&self, peer: Peer) -> Result<Event, String>;
    /// A connection is over.
    fn disconnected(&self, id: u64);
}
