//! The requests of clients, and who may make them.

use std::time::Duration;

use rustix::process::geteuid;
use serde::{Deserialize, Serialize};

use super::Audience;
use crate::hidden_characters::plain;

/// One line from a client. Unknown fields are ignored; unknown requests are refused.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Asks for [`Event::Status`](super::Event::Status).
    Status,
    /// Chooses which events to send besides the states.
    Subscribe {
        /// A `score` event for every window.
        scores: bool,
    },
    /// A step of an enrolment.
    Enrol(Enrol),
    /// Forgets the owner: removes the profile and any enrolment.
    Forget,
    /// What the profile has learnt of use.
    Profile {
        /// What to do.
        #[serde(rename = "do")]
        step: ProfileStep,
    },
    /// The owner says that the newest lock was false.
    FalseLock,
    /// The owner says that the newest lock was right.
    RightLock,
    /// Pauses decisions. For root alone: whoever else asks has to give the owner's secret,
    /// which only D-Bus can ask for.
    Pause {
        /// Seconds from now to its end.
        #[serde(with = "seconds")]
        for_s: Duration,
    },
    /// Ends a pause.
    Resume,
}

/// Whole seconds as a number.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}

/// What to do about what was learnt of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileStep {
    /// Shows it, and changes nothing.
    Show,
    /// Takes the newest session back.
    Undo,
}

/// A step of an enrolment, with its settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Enrol {
    /// What to do.
    #[serde(rename = "do")]
    pub step: Step,
    /// For [`Step::Begin`], from root, who has to name somebody: user id of the future owner.
    /// Others may name themselves alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<u32>,
    /// For [`Step::Finish`]: ν of the one-class SVM; by default that of the recipe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nu: Option<f64>,
    /// For [`Step::Finish`]: γ of its kernel; by default chosen by held-out windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<f64>,
}

impl Enrol {
    /// This step, with every setting as it is by default.
    pub fn step(step: Step) -> Self {
        Self {
            step,
            owner: None,
            nu: None,
            gamma: None,
        }
    }
}

/// A step of an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Begins a sitting, which lasts as long as this connection.
    Begin,
    /// Shows the progress, and changes nothing.
    Show,
    /// Ends the sitting and makes the profile.
    Finish,
    /// Discards the gathered windows.
    Cancel,
}

impl Request {
    /// Whether `line` asks for something to be done, which may take as long as a disk does.
    pub(super) fn is_command(line: &[u8]) -> bool {
        match Self::from_line(line) {
            Ok(
                Self::Enrol(_)
                | Self::Forget
                | Self::Profile { .. }
                | Self::FalseLock
                | Self::RightLock
                | Self::Pause { .. }
                | Self::Resume,
            ) => true,
            Ok(Self::Status | Self::Subscribe { .. }) | Err(_) => false,
        }
    }

    /// Parses a line; an error says what is wrong with it, for people.
    pub fn from_line(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|why| {
            // It quotes the line.
            let why = plain(&why.to_string());
            format!("that is no request ({why}); try {{\"request\":\"status\"}}")
        })
    }

    /// Whether a client of the user `uid`, of this audience, may make this request on the
    /// socket; an error says why not, for people.
    pub fn allow(self, uid: u32, audience: Audience) -> Result<(), &'static str> {
        match (self, audience) {
            (Request::Pause { .. }, _) if uid != 0 => {
                Err("here only root may pause; `graspd pause` asks the owner for the secret")
            }
            (_, Audience::Trusted) => Ok(()),
            (Request::Status | Request::Subscribe { scores: false }, Audience::Anyone) => Ok(()),
            // The daemon's own user can write to the profile anyway.
            (Request::Enrol(_) | Request::Forget, Audience::Anyone)
                if uid == geteuid().as_raw() =>
            {
                Ok(())
            }
            (Request::Subscribe { scores: true }, Audience::Anyone) => {
                Err("scores are for root and the profile's owner")
            }
            (Request::Enrol(_) | Request::Forget, Audience::Anyone) => {
                Err("enrolling and forgetting are for root and the profile's owner")
            }
            (
                Request::Profile { .. } | Request::FalseLock | Request::RightLock,
                Audience::Anyone,
            ) => Err("what the profile has learnt is for root and the profile's owner"),
            (Request::Pause { .. } | Request::Resume, Audience::Anyone) => {
                Err("pausing is for root and the profile's owner")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_and_newer_fields_passed_over() {
        let read = |line: &str| Request::from_line(line.as_bytes());
        assert_eq!(read(r#"{"request":"status"}"#), Ok(Request::Status));
        assert_eq!(
            read(r#"{"request":"subscribe","scores":true,"since":4}"#),
            Ok(Request::Subscribe { scores: true })
        );
        for rubbish in ["", "status", "[]", "{}", r#"{"request":"reboot"}"#] {
            assert!(read(rubbish).is_err(), "{rubbish}");
        }
        assert!(Request::from_line(b"\xff\xfe").is_err());
        let hidden = "{\"request\":\"\\nro\\u001b[2J\\u202el\"}";
        let said = read(hidden).unwrap_err();
        assert!(said.contains("`ro[2Jl`"), "{said:?}");
    }

    #[test]
    fn what_is_learnt_is_for_the_trusted() {
        for line in [
            r#"{"request":"profile","do":"show"}"#,
            r#"{"request":"profile","do":"undo"}"#,
            r#"{"request":"false_lock"}"#,
            r#"{"request":"right_lock"}"#,
            r#"{"request":"resume"}"#,
        ] {
            let request = Request::from_line(line.as_bytes()).unwrap();
            assert!(request.allow(1000, Audience::Trusted).is_ok());
            assert!(request.allow(1000, Audience::Anyone).is_err(), "{line}");
        }
    }

    #[test]
    fn on_the_socket_only_root_may_pause() {
        let request = Request::from_line(br#"{"request":"pause","for_s":60}"#).unwrap();
        let for_s = Duration::from_secs(60);
        assert_eq!(request, Request::Pause { for_s });
        assert!(request.allow(0, Audience::Trusted).is_ok());
        assert!(request.allow(1000, Audience::Trusted).is_err());
        assert!(request.allow(1001, Audience::Anyone).is_err());
    }

    #[test]
    fn the_daemons_own_user_may_enrol_before_there_is_an_owner_and_see_no_more() {
        let own = geteuid().as_raw();
        for line in [
            r#"{"request":"enrol","do":"begin"}"#,
            r#"{"request":"enrol","do":"show"}"#,
            r#"{"request":"forget"}"#,
        ] {
            let request = Request::from_line(line.as_bytes()).unwrap();
            assert!(request.allow(own, Audience::Anyone).is_ok(), "{line}");
            assert!(request.allow(own + 1, Audience::Anyone).is_err(), "{line}");
        }
        let scores = Request::Subscribe { scores: true };
        assert!(scores.allow(own, Audience::Anyone).is_err());
    }

    #[test]
    fn only_the_trusted_get_scores() {
        let scores = Request::Subscribe { scores: true };
        assert!(scores.allow(1000, Audience::Trusted).is_ok());
        assert!(scores.allow(1001, Audience::Anyone).is_err());
        assert!(Request::Status.allow(1001, Audience::Anyone).is_ok());
    }
}
