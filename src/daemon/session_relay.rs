//! Passes notices of the session on to the worker, the sensors, whoever enrols and the clients.

use super::SWITCH_OFF;
use super::enrolment::Enrolment;
use super::orders::Orders;
use super::owner_pause::OwnerPause;
use super::sensor_switch::{OffReason, SensorSwitch};
use super::worker::Control;
use crate::publish::{Event, Publisher, SessionStatus};
use crate::session::{SessionChange, SessionListener};

/// The [`SessionListener`] of the session in a running daemon.
pub(super) struct SessionRelay {
    pub control: Orders,
    pub publisher: Publisher,
    pub switch: SensorSwitch,
    /// `None` in a replay.
    pub owner_pause: Option<OwnerPause>,
    /// `None` in a replay.
    pub enrolment: Option<Enrolment>,
}

impl SessionListener for SessionRelay {
    fn changed(&self, change: SessionChange) {
        tracing::debug!(?change, "the session");
        self.control.send(Control::Session(change));
        if let Some(pause) = &self.owner_pause {
            pause.session_changed(change);
        }
        if let Some(enrolment) = &self.enrolment {
            enrolment.session_changed(change);
        }
        match change {
            SessionChange::Paused(_) => self.switch.turn_off(OffReason::Session),
            SessionChange::Resumed => self.switch.allow(OffReason::Session),
            SessionChange::Authenticated => {}
        }
    }

    fn wait_until_sensors_off(&self) {
        if !self.switch.wait_until_released(SWITCH_OFF) {
            tracing::warn!("the sensors are still on");
        }
    }

    fn publish(&self, event: &Event) {
        self.publisher.publish(event);
    }

    fn show(&self, session: SessionStatus) {
        self.publisher.show_session(session.clone());
        if let Some(pause) = &self.owner_pause {
            pause.see(&session);
        }
    }
}
