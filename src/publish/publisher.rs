//! The handle by which the daemon publishes events.

use std::fmt::Debug;
use std::sync::Arc;

use serde::Serialize;

use super::hub::Hub;
use super::{ByeReason, CommandHandler, Event, Follower, Peer, Request, SessionStatus, Snapshot};
use crate::decide::State;
use crate::motion::SampleTime;

/// Queues events for every client and waits for none. Usable from any thread.
#[derive(Debug, Clone)]
pub struct Publisher(Arc<Hub>);

impl Publisher {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        Self(hub)
    }

    /// Queues `event` for every client that may see it. After [`Event::Bye`] nothing more
    /// is published. Hello, answers and errors concern one client and are ignored here.
    pub fn publish(&self, event: &Event) {
        self.0.publish(event);
    }

    /// Publishes [`Event::Bye`], which ends the server, with the present state, or lock if
    /// the reason is [`ByeReason::Failed`].
    pub fn bye(&self, reason: ByeReason) {
        self.0.end(reason);
    }

    /// Sets for status requests: the newest sample's time (`None` before the first), the
    /// counters, an object with one member for each module, and why there are no windows
    /// (`None` while there are).
    pub fn report(
        &self,
        t: Option<SampleTime>,
        counters: impl Serialize + Debug + Send + 'static,
        input_fault: Option<String>,
    ) {
        self.0.report(t, Box::new(counters), input_fault);
    }

    /// Sets the owner's session for status requests.
    pub fn show_session(&self, session: SessionStatus) {
        self.0.show_session(session);
    }

    /// Sets the end of the owner's pause, in seconds since 1970 of the system's clock; `None`
    /// if there is none.
    pub fn pause_until(&self, end: Option<u64>) {
        self.0.pause_until(end);
    }

    /// What everybody may know at this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.0.snapshot()
    }

    /// Why there are no windows, as it was reported last, for people; `None` while there are.
    pub fn input_fault(&self) -> Option<String> {
        self.0.input_fault()
    }

    /// The owner's session as it was shown last; `None` where none is followed.
    pub fn session(&self) -> Option<SessionStatus> {
        self.0.session()
    }

    /// Follows what everybody may see from now on.
    pub fn follow(&self) -> Follower {
        Follower::new(self.0.clone())
    }

    /// A peer for somebody of the user `uid` who asks in another way than on the socket. To
    /// be ended with [`Publisher::leave`] if it began a sitting.
    pub fn new_peer(&self, uid: u32) -> Peer {
        self.0.new_peer(uid)
    }

    /// The peer has gone, and a sitting that it began is over.
    pub fn leave(&self, peer: Peer) {
        self.0.gone(peer.id);
    }

    /// Carries out a request of `peer`, whom the caller has found to be allowed it; may take
    /// as long as a disk does. The event is the answer, where there is one; an error is a
    /// refusal, for people.
    pub fn carry_out(&self, peer: Peer, request: Request) -> Result<Option<Event>, String> {
        self.0.carry_out(peer, request)
    }

    /// The state that was published last.
    pub fn state(&self) -> State {
        self.0.state()
    }

    /// Time of the newest sample that was published or reported; `None` before the first.
    pub fn newest(&self) -> Option<SampleTime> {
        self.0.newest()
    }

    /// Sets what carries out requests that change something. Later calls have no effect.
    pub fn set_command_handler(&self, command_handler: Arc<dyn CommandHandler>) {
        self.0.set_command_handler(command_handler);
    }

    /// Removes the newest figures from the status, because they are of an earlier owner.
    pub fn forget_scores(&self) {
        self.0.forget_scores();
    }

    /// Sets the owner, who sees as much as root; `None` if there is none.
    pub fn set_owner(&self, owner: Option<u32>) {
        self.0.set_owner(owner);
    }
}
