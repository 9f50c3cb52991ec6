//! Carries out what root and the owner ask for, on the socket and on D-Bus.

use std::time::Duration;

use super::adaptation::Adaptation;
use super::enrolment::Enrolment;
use super::owner_pause::OwnerPause;
use crate::decide::State;
use crate::publish::{CommandHandler, Enrol, Event, Peer, ProfileStep, Publisher, Step};

/// The [`CommandHandler`] of a running daemon.
#[derive(Debug)]
pub(super) struct Commands {
    pub publisher: Publisher,
    pub enrolment: Enrolment,
    pub adaptation: Adaptation,
    pub owner_pause: OwnerPause,
}

impl Commands {
    /// While the state is lock, refuses everyone but root: an impostor must not be able to
    /// replace the profile that locked them out, nor to undo what its owner has begun.
    fn refuse_where_locked(&self, peer: Peer) -> Result<(), String> {
        if peer.uid != 0 && self.publisher.state() == State::Lock {
            return Err("while the state is lock, only root may do that".into());
        }
        Ok(())
    }

    /// Refuses what would give the device to somebody else, where nobody is asked for the
    /// owner's secret: whoever has snatched it runs programs as its owner. Root needs no
    /// secret, and the daemon's own user can write to the profile anyway.
    fn refuse_without_secret(&self, peer: Peer) -> Result<(), String> {
        let trusted = peer.uid == 0 || peer.uid == rustix::process::geteuid().as_raw();
        if peer.on_socket && !trusted {
            return Err(
                "here only root may do that; `graspd enroll` and `graspd profile forget` ask for \
                 the secret, over D-Bus"
                    .into(),
            );
        }
        Ok(())
    }

    /// Refuses what is said of a lock that still holds.
    fn refuse_word_on_a_lock(&self) -> Result<(), String> {
        if self.publisher.state() == State::Lock {
            return Err("the state is lock; open the screen with the secret first".into());
        }
        Ok(())
    }
}

impl CommandHandler for Commands {
    fn enrol(&self, peer: Peer, order: Enrol) -> Result<Event, String> {
        match order.step {
            Step::Begin if self.owner_pause.is_on() => {
                Err("in a pause nothing is gathered; end it first (`graspd resume`)".into())
            }
            Step::Begin => {
                self.refuse_where_locked(peer)?;
                self.refuse_without_secret(peer)?;
                self.enrolment.begin(peer, order.owner)
            }
            Step::Show => Ok(self.enrolment.show()),
            Step::Finish => {
                self.refuse_where_locked(peer)?;
                self.refuse_without_secret(peer)?;
                self.enrolment.finish(order)
            }
            Step::Cancel => {
                self.refuse_where_locked(peer)?;
                self.enrolment.cancel()
            }
        }
    }

    fn forget(&self, peer: Peer) -> Result<Event, String> {
        self.refuse_where_locked(peer)?;
        self.refuse_without_secret(peer)?;
        let forgotten = self.enrolment.forget(peer)?;
        self.owner_pause.end_because("there is no owner any more");
        Ok(forgotten)
    }

    fn profile(&self, peer: Peer, step: ProfileStep) -> Result<Event, String> {
        match step {
            ProfileStep::Show => Ok(self.adaptation.show()),
            ProfileStep::Undo => {
                self.refuse_where_locked(peer)?;
                self.adaptation.undo()
            }
        }
    }

    fn false_lock(&self, _: Peer) -> Result<Event, String> {
        self.refuse_word_on_a_lock()?;
        self.adaptation.false_lock()
    }

    fn right_lock(&self, _: Peer) -> Result<Event, String> {
        self.refuse_word_on_a_lock()?;
        self.adaptation.right_lock()
    }

    fn pause(&self, peer: Peer, span: Duration) -> Result<(), String> {
        self.owner_pause.begin(span)?;
        tracing::warn!(by = peer.uid, seconds = span.as_secs(), "paused");
        Ok(())
    }

    fn resume(&self, _: Peer) -> Result<(), String> {
        self.owner_pause.resume();
        Ok(())
    }

    fn disconnected(&self, id: u64) {
        self.enrolment.disconnected(id);
    }
}
