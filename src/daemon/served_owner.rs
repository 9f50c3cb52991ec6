//! Whose the daemon is, and that everyone hears of it whom it concerns.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;
use tokio::sync::watch;

use super::sensor_switch::{OffReason, SensorSwitch};
use super::worker::Control;
use crate::owner::profile::{Fingerprint, Profile};
use crate::publish::Publisher;

/// The owner that the daemon serves, if it serves one.
#[derive(Debug, Clone)]
pub(super) struct ServedOwner {
    /// Read by the session.
    owner: watch::Sender<Option<u32>>,
    /// Which profile decides.
    in_force: Arc<Mutex<Option<Fingerprint>>>,
    control: Sender<Control>,
    publisher: Publisher,
    switch: SensorSwitch,
}

impl ServedOwner {
    /// The one of `profile`, of whom the worker and the clients know.
    pub(super) fn new(
        profile: Option<&Profile>,
        control: Sender<Control>,
        publisher: Publisher,
        switch: SensorSwitch,
    ) -> Self {
        switch.turn_off(OffReason::NoSitting);
        if profile.is_none() {
            switch.turn_off(OffReason::NoOwner);
        }
        Self {
            owner: watch::Sender::new(profile.map(|profile| profile.owner_uid)),
            in_force: Arc::new(Mutex::new(profile.map(Profile::fingerprint))),
            control,
            publisher,
            switch,
        }
    }

    /// The owner's user id.
    pub(super) fn owner(&self) -> Option<u32> {
        *self.owner.borrow()
    }

    /// The owner's user id from now on.
    pub(super) fn follow(&self) -> watch::Receiver<Option<u32>> {
        self.owner.subscribe()
    }

    /// Whether this very profile is in force.
    pub(super) fn is_by(&self, profile: &Profile) -> bool {
        let in_force = self.in_force.lock();
        let in_force = in_force.unwrap_or_else(PoisonError::into_inner);
        in_force.as_ref() == Some(&profile.fingerprint())
    }

    /// Goes over to the owner of `profile`, or to nobody.
    pub(super) fn change(&self, profile: Option<Profile>) {
        // Under its lock, so that of two changes everyone hears the same last.
        self.owner.send_modify(|owner| {
            *owner = profile.as_ref().map(|profile| profile.owner_uid);
            let in_force = self.in_force.lock();
            *in_force.unwrap_or_else(PoisonError::into_inner) =
                profile.as_ref().map(Profile::fingerprint);
            let control = match profile {
                Some(profile) => {
                    self.switch.allow(OffReason::NoOwner);
                    Control::Enrolled(Box::new(profile))
                }
                None => {
                    self.switch.turn_off(OffReason::NoOwner);
                    Control::Forgotten
                }
            };
            // A worker that is gone is noticed elsewhere.
            let _ = self.control.send(control);
            self.publisher.set_owner(*owner);
        });
    }

    /// Has motion read for a sitting, whosever it is.
    pub(super) fn begin_sitting(&self) {
        self.switch.allow(OffReason::NoSitting);
    }

    /// The sitting is over.
    pub(super) fn end_sitting(&self) {
        self.switch.turn_off(OffReason::NoSitting);
    }
}
