//! The worker's end.

use std::sync::Arc;

use serde::Serialize;

use super::hub::Hub;
use super::{ByeReason, CommandHandler, Event, SessionStatus};
use crate::decide::State;
use crate::motion::SampleTime;

/// Hands events to every reader and waits for none. For any thread.
#[derive(Debug, Clone)]
pub struct Publisher(Arc<Hub>);

impl Publisher {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        Self(hub)
    }

    /// Tells every reader that may know. A [`Event::Bye`] is the last; a hello,
    /// an answer or a refusal is not for everyone and goes nowhere from here.
    pub fn publish(&self, event: &Event) {
        self.0.publish(event);
    }

    /// Says goodbye with the state that holds, and so ends the server.
    pub fn bye(&self, reason: ByeReason) {
        self.0.end(reason);
    }

    /// Notes how far the samples have come (`None` before the first), what was counted on
    /// the way and what is wrong with them, for status requests. `counters` is an object
    /// with one member for each module.
    pub fn report(
        &self,
        t: Option<SampleTime>,
        counters: &impl Serialize,
        input_fault: Option<String>,
    ) {
        let counters = serde_json::to_value(counters).ok();
        self.0.report(t, counters, input_fault);
    }

    /// Notes how the owner's session is, for status requests.
    pub fn show_session(&self, session: SessionStatus) {
        self.0.show_session(session);
    }

    /// The state that was published last.
    pub fn state(&self) -> State {
        self.0.state()
    }

    /// Has orders of the trusted carried out.
    pub fn set_command_handler(&self, command_handler: Arc<dyn CommandHandler>) {
        self.0.set_command_handler(command_handler);
    }

    /// Tells nobody any more what was scored so far: it was of another owner.
    pub fn forget_scores(&self) {
        self.0.forget_scores();
    }

    /// Trusts another user from here on, as after an enrolment or a reload.
    pub fn set_owner(&self, owner: Option<u32>) {
        self.0.set_owner(owner);
    }
}
