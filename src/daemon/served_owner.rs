//! The owner that the daemon serves, and telling worker, sensors and clients when it
//! changes.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::orders::Orders;
use super::sensor_switch::{OffReason, SensorSwitch};
use super::worker::Control;
use crate::owner::profile::{Fingerprint, Profile};
use crate::publish::Publisher;

/// The owner that the daemon serves; without a profile there is none. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct ServedOwner {
    /// The owner's user id, followed by the session; `None` without an owner.
    owner: watch::Sender<Option<u32>>,
    /// Fingerprint of the profile in use; `None` without an owner.
    in_force: Arc<Mutex<Option<Fingerprint>>>,
    control: Orders,
    publisher: Publisher,
    switch: SensorSwitch,
}

impl ServedOwner {
    /// Starts with the owner of `profile`, whom the worker and the server already have.
    pub(super) fn new(
        profile: Option<&Profile>,
        control: Orders,
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

    /// The owner's user id; `None` if nobody has enrolled.
    pub(super) fn owner(&self) -> Option<u32> {
        *self.owner.borrow()
    }

    /// A receiver of the owner's user id and its changes.
    pub(super) fn follow(&self) -> watch::Receiver<Option<u32>> {
        self.owner.subscribe()
    }

    /// Whether `profile` is the one in use.
    pub(super) fn is_by(&self, profile: &Profile) -> bool {
        let in_force = self.in_force.lock();
        let in_force = in_force.unwrap_or_else(PoisonError::into_inner);
        in_force.as_ref() == Some(&profile.fingerprint())
    }

    /// Changes to the owner of `profile`, or to none.
    pub(super) fn change(&self, profile: Option<Profile>) {
        // Inside `send_modify`, which locks, so that of two changes at once worker,
        // sensors and clients all get the same one last.
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
            self.control.send(control);
            self.publisher.set_owner(*owner);
        });
    }

    /// Goes on with `adapted`, a profile of the same owner that has learnt, unless the profile
    /// in use is not `was` any more.
    pub(super) fn adapt(&self, was: &Profile, adapted: Profile) {
        // Locks as in `change`, so that no change comes in between.
        self.owner.send_if_modified(|_| {
            let in_force = self.in_force.lock();
            let mut in_force = in_force.unwrap_or_else(PoisonError::into_inner);
            if *in_force == Some(was.fingerprint()) {
                *in_force = Some(adapted.fingerprint());
                self.control.send(Control::Adapted(Box::new(adapted)));
            }
            false
        });
    }

    /// A sitting begins, so the sensors are read even without an owner.
    pub(super) fn begin_sitting(&self) {
        self.switch.allow(OffReason::NoSitting);
    }

    /// The sitting has ended; without an owner the sensors are switched off.
    pub(super) fn end_sitting(&self) {
        self.switch.turn_off(OffReason::NoSitting);
    }
}
