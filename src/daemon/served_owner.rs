//! Whose the daemon is, and that everyone hears of it whom it concerns.

use crossbeam_channel::Sender;
use tokio::sync::watch;

use super::sensor_switch::{OffReason, SensorSwitch};
use super::worker::Control;
use crate::owner::profile::Profile;
use crate::publish::Publisher;

/// The owner that the daemon serves, if it serves one.
#[derive(Debug, Clone)]
pub(super) struct ServedOwner {
    /// Read by the session.
    owner: watch::Sender<Option<u32>>,
    control: Sender<Control>,
    publisher: Publisher,
    switch: SensorSwitch,
}

impl ServedOwner {
    /// One that the worker and the clients know of.
    pub(super) fn new(
        owner: Option<u32>,
        control: Sender<Control>,
        publisher: Publisher,
        switch: SensorSwitch,
    ) -> Self {
        switch.turn_off(OffReason::NoSitting);
        if owner.is_none() {
            switch.turn_off(OffReason::NoOwner);
        }
        let owner = watch::Sender::new(owner);
        Self {
            owner,
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

    /// Goes over to the owner of `profile`, or to nobody.
    pub(super) fn change(&self, profile: Option<Profile>) {
        // Under its lock, so that of two changes everyone hears the same last.
        self.owner.send_modify(|owner| {
            *owner = profile.as_ref().map(|profile| profile.owner_uid);
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
