//! A subscriber to the hub within the daemon, such as D-Bus: it receives what a client on the
//! socket would who is neither root nor the owner.

use std::sync::Arc;

use tokio::sync::Notify;

use super::hub::{ClientId, Hub};
use super::outbox::Next;
use super::{Event, Snapshot};

/// Receives what everybody may see. It takes no client's place.
#[derive(Debug)]
pub struct Follower {
    hub: Arc<Hub>,
    client: ClientId,
    wake: Arc<Notify>,
    seen: Option<Snapshot>,
}

/// What a [`Follower`] receives.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowerUpdate {
    /// An event as those clients get it who are neither root nor the owner.
    Event(Event),
    /// What holds now differs from what was received last.
    Snapshot(Snapshot),
}

impl Follower {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        let wake = Arc::new(Notify::new());
        Self {
            client: hub.join_follower(wake.clone()),
            hub,
            wake,
            seen: None,
        }
    }

    /// The next event, [`Event::Bye`] being the last, or a change of what holds; events
    /// come first, and the first change at once.
    pub async fn next(&mut self) -> FollowerUpdate {
        loop {
            if let Some(Next::Line(line) | Next::Last(line)) = self.hub.next(self.client) {
                // Whatever the hub sends can be read.
                return FollowerUpdate::Event(Event::from_line(&line).unwrap_or(Event::Unknown));
            }
            let snapshot = self.hub.snapshot();
            if self.seen.as_ref() != Some(&snapshot) {
                self.seen = Some(snapshot.clone());
                return FollowerUpdate::Snapshot(snapshot);
            }
            self.wake.notified().await;
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.hub.leave(self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{Reason, State};
    use crate::motion::SampleTime;
    use crate::publish::{Hello, Mode, Server, SocketConfig};

    #[tokio::test]
    async fn what_holds_and_what_happens_are_both_received_and_no_place_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let config = SocketConfig {
            path: folder.path().join("socket"),
            ..SocketConfig::default()
        };
        let hello = Hello::new(Mode::Live, None, State::Inconclusive, Reason::WarmUp);
        let publisher = Server::bind(&config, None, hello).unwrap().publisher();
        let mut follower = publisher.follow();
        publisher.report(None, serde_json::json!({}), None);
        let FollowerUpdate::Snapshot(snapshot) = follower.next().await else {
            panic!("an event came first");
        };
        assert_eq!(
            (snapshot.state, snapshot.owner),
            (State::Inconclusive, None)
        );

        publisher.publish(&Event::lock(SampleTime::default(), Reason::SensorLost));
        publisher.set_owner(Some(7));
        let FollowerUpdate::Event(event) = follower.next().await else {
            panic!("the event does not come first");
        };
        assert!(matches!(event, Event::Lock(_)), "{event:?}");
        let FollowerUpdate::Snapshot(snapshot) = follower.next().await else {
            panic!("another event");
        };
        assert_eq!((snapshot.state, snapshot.owner), (State::Lock, Some(7)));
        publisher.pause_until(Some(9));
        let FollowerUpdate::Snapshot(snapshot) = follower.next().await else {
            panic!("an event");
        };
        assert_eq!(snapshot.paused_until, Some(9));
    }
}
