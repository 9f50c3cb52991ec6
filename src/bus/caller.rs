//! Who calls a method, and whether they may.

use std::time::Duration;

use zbus::message::Header;
use zbus::names::{BusName, OwnedUniqueName};
use zbus::{Connection, fdo};

use super::authority::{Action, authorise};
use super::open_prompts::OpenPrompts;
use super::refusal::Refusal;
use crate::decide::State;
use crate::publish::{Enrol, Event, Publisher, Request, Step};

/// Who called.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Their unique name, which the bus never gives again.
    pub name: OwnedUniqueName,
    /// Their user id, as the bus has it from the kernel.
    pub uid: u32,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// To say something of a lock, or to end a pause: the owner.
    AnswerOrResume,
    /// To see or cancel an enrolment: the owner, or whose enrolment it is.
    SeeEnrolment,
    /// To gather windows for a profile, or to make it: the same, with the secret.
    Enrol,
    /// To pause for a while: the owner, with the secret.
    Pause(Duration),
    /// To forget the owner: the owner, with the secret.
    Forget,
}

impl Caller {
    pub(super) async fn of(header: &Header<'_>, bus: &Connection) -> Result<Self, Refusal> {
        let unknown = || Refusal::NotAuthorized("the bus does not say who you are".into());
        let name = header.sender().ok_or_else(unknown)?;
        let of = BusName::Unique(name.clone());
        let daemon = fdo::DBusProxy::new(bus).await?;
        let uid = daemon.get_connection_unix_user(of).await;
        let uid = uid.map_err(|_| unknown())?;
        Ok(Self {
            name: name.clone().into(),
            uid,
        })
    }

    /// Whether they are on the bus still.
    pub(super) async fn is_there(&self, bus: &Connection) -> Result<bool, Refusal> {
        let name = BusName::Unique(self.name.as_ref());
        let daemon = fdo::DBusProxy::new(bus).await?;
        Ok(daemon.name_has_owner(name).await.unwrap_or(false))
    }

    /// Returns once it is found that they may do `operation`; where the secret has to be given, how
    /// long that takes depends on a person.
    pub(super) async fn may(
        &self,
        operation: Operation,
        publisher: &Publisher,
        prompts: &OpenPrompts,
        bus: &Connection,
    ) -> Result<(), Refusal> {
        if self.uid == 0 {
            return Ok(());
        }
        let action = self.needs(operation, publisher)?;
        if let Some(action) = action {
            let _prompt = prompts.begin(self.uid)?;
            authorise(bus, &self.name, action).await?;
        }
        // The owner may be another by now.
        match self.needs(operation, publisher)? == action {
            true => Ok(()),
            false => Err(Refusal::NotAuthorized("the owner has changed".into())),
        }
    }

    /// What polkit has to allow; `None` if nothing. An error if they may not at all.
    fn needs(
        &self,
        operation: Operation,
        publisher: &Publisher,
    ) -> Result<Option<Action>, Refusal> {
        let owner = publisher.snapshot().owner;
        let is_owner = owner == Some(self.uid);
        let refused = |what: &str| Err(Refusal::NotAuthorized(what.to_owned()));
        let locked = publisher.snapshot().state == State::Lock;
        let for_root_alone =
            || Refusal::Refused("while the state is lock, only root may do that".into());
        match operation {
            // Nobody is asked for a secret for what will be refused.
            Operation::Enrol if locked && (is_owner || owner.is_none()) => Err(for_root_alone()),
            Operation::Forget if locked && is_owner => Err(for_root_alone()),
            Operation::Pause(_) if locked && is_owner => Err(Refusal::Refused(
                "the state is lock; open the screen with the secret first".into(),
            )),
            Operation::AnswerOrResume | Operation::Pause(_) | Operation::Forget if !is_owner => {
                refused("that is for root and the profile's owner")
            }
            Operation::AnswerOrResume => Ok(None),
            Operation::Pause(span) => Ok(Some(Action::Pause(span))),
            Operation::Forget => Ok(Some(Action::Forget)),
            Operation::SeeEnrolment if is_owner || self.is_enrolling(publisher) => Ok(None),
            Operation::SeeEnrolment => refused("that is for root and whoever enrols"),
            Operation::Enrol if is_owner => Ok(Some(Action::Enrol)),
            Operation::Enrol if owner.is_none() => Ok(Some(Action::BecomeOwner)),
            Operation::Enrol => refused("somebody else has enrolled"),
        }
    }

    /// Whether the enrolment that has begun is theirs.
    pub(super) fn is_enrolling(&self, publisher: &Publisher) -> bool {
        let show = Request::Enrol(Enrol::step(Step::Show));
        let shown = publisher.carry_out(publisher.new_peer(self.uid), show);
        matches!(shown, Ok(Some(Event::Enrolment(of))) if of.owner == Some(self.uid))
    }
}
