//! Asks polkit, which asks the caller for the secret. polkit(8)

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::timeout;
use zbus::names::UniqueName;
use zbus::zvariant::{DynamicType, Value};
use zbus::{Connection, Message};

use super::refusal::Refusal;

const NAME: &str = "org.freedesktop.PolicyKit1";
const PATH: &str = "/org/freedesktop/PolicyKit1/Authority";
const INTERFACE: &str = "org.freedesktop.PolicyKit1.Authority";
/// `AllowUserInteraction` of `CheckAuthorization`.
const MAY_ASK: u32 = 1;
/// How long somebody may take to give their secret. Until then they are asked nothing else.
const PATIENCE: Duration = Duration::from_secs(180);

/// What is done only with the secret; each is in the policy file that is shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Pausing for a while.
    Pause(Duration),
    /// Another profile for the owner.
    Enrol,
    /// The first profile, by whoever is to be the owner.
    BecomeOwner,
    /// Forgetting the owner.
    Forget,
}

impl Action {
    fn id(self) -> &'static str {
        match self {
            Self::Pause(_) => "alt.graspd.pause",
            Self::Enrol => "alt.graspd.enrol",
            Self::BecomeOwner => "alt.graspd.become-owner",
            Self::Forget => "alt.graspd.forget",
        }
    }

    /// Values for the variables in its message in the policy file.
    fn details(self) -> HashMap<&'static str, String> {
        match self {
            Self::Pause(span) => {
                HashMap::from([("span", humantime::format_duration(span).to_string())])
            }
            Self::Enrol | Self::BecomeOwner | Self::Forget => HashMap::new(),
        }
    }
}

/// Returns once polkit has found that `caller` may do `action`; how long depends on a person.
pub(super) async fn authorise(
    bus: &Connection,
    caller: &UniqueName<'_>,
    action: Action,
) -> Result<(), Refusal> {
    let subject = (
        "system-bus-name",
        HashMap::from([("name", Value::from(caller.as_str()))]),
    );
    let question = caller.as_str();
    let body = (subject, action.id(), action.details(), MAY_ASK, question);
    let Ok(answer) = timeout(PATIENCE, ask(bus, "CheckAuthorization", &body)).await else {
        // It takes the question back; whether it can does not matter here.
        let _ = ask(bus, "CancelCheckAuthorization", &question).await;
        let minutes = PATIENCE.as_secs() / 60;
        let why = format!("the secret was not given within {minutes} minutes");
        return Err(Refusal::NotAuthorized(why));
    };
    let answer = answer.map_err(|why| {
        Refusal::NoAuthority(format!(
            "polkit, which asks for the secret, does not: {why}"
        ))
    })?;
    let body = answer.body();
    let answer: (bool, bool, HashMap<String, String>) = body.deserialize()?;
    match answer {
        (true, ..) => Ok(()),
        (false, true, _) => Err(Refusal::NotAuthorized(
            "nobody could ask for the secret: there is no authentication agent".into(),
        )),
        (false, false, _) => Err(Refusal::NotAuthorized(
            "polkit does not allow it: the secret was not given, or this is no active session"
                .into(),
        )),
    }
}

async fn ask(
    bus: &Connection,
    method: &str,
    body: &(impl serde::Serialize + DynamicType),
) -> zbus::Result<Message> {
    bus.call_method(Some(NAME), PATH, Some(INTERFACE), method, body)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_file_has_every_action_and_lets_none_by_without_the_secret() {
        let policy = include_str!("../../dbus/alt.graspd.policy");
        let actions = [
            Action::Pause(Duration::ZERO),
            Action::Enrol,
            Action::BecomeOwner,
            Action::Forget,
        ];
        for action in actions {
            let action = format!("<action id=\"{}\">", action.id());
            assert!(policy.contains(&action), "{action}");
        }
        let open = policy.matches("$(span)").count();
        assert_eq!(
            open,
            policy.matches("alt.graspd.pause").count() * 2,
            "in each language"
        );
        assert_eq!(policy.matches("<action id=").count(), actions.len());
        let granted = policy.matches("<allow_").count();
        let asks = policy.matches(">auth_self").count() + policy.matches(">auth_admin").count();
        assert_eq!(granted, asks + policy.matches(">no<").count());
    }
}
