//! The callers on the bus who began a sitting of an enrolment, which ends when they leave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zbus::names::OwnedUniqueName;

use super::caller::Caller;
use crate::publish::{Peer, Publisher};

/// Callers who began a sitting, for the commands: clones share them.
#[derive(Debug, Clone)]
pub(super) struct Sittings {
    publisher: Publisher,
    peers: Arc<Mutex<HashMap<OwnedUniqueName, Peer>>>,
}

impl Sittings {
    pub(super) fn new(publisher: Publisher) -> Self {
        Self {
            publisher,
            peers: Arc::default(),
        }
    }

    /// The peer that stands for `caller` until they leave.
    pub(super) fn peer_of(&self, caller: &Caller) -> Peer {
        let new = || self.publisher.new_peer(caller.uid);
        *self.peers().entry(caller.name.clone()).or_insert_with(new)
    }

    /// Ends the sitting of whoever had this unique name.
    pub(super) fn departed(&self, name: &str) {
        let left: Vec<_> = self
            .peers()
            .extract_if(|of, _| of.as_str() == name)
            .collect();
        for (_, peer) in left {
            self.publisher.leave(peer);
        }
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<OwnedUniqueName, Peer>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sittings {
    fn drop(&mut self) {
        // The last to know of them: the bus is gone, and everybody on it.
        if Arc::strong_count(&self.peers) == 1 {
            let peers = std::mem::take(&mut *self.peers());
            peers
                .into_values()
                .for_each(|peer| self.publisher.leave(peer));
        }
    }
}
