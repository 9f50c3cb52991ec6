//! What a client may ask, and who may ask it.

use serde::{Deserialize, Serialize};

use super::Audience;

/// One line from a client. Unknown fields are passed over; unknown requests refused.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// How are you?
    Status,
    /// Which events to send besides the states.
    Subscribe {
        /// A `score` event for every window.
        scores: bool,
    },
    /// About learning an owner.
    Enrol(Enrol),
    /// Forget the owner.
    Forget,
}

/// An order about an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Enrol {
    /// What to do.
    #[serde(rename = "do")]
    pub step: Step,
    /// At the begin, by root: whose profile it will be; otherwise the asker's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<u32>,
    /// At the end: ν of the one-class SVM, if not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nu: Option<f64>,
    /// At the end: γ of its kernel; otherwise chosen by held-out windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<f64>,
}

/// What to do about an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A sitting, for as long as this connection lasts.
    Begin,
    /// Nothing; only say how far it is.
    Show,
    /// Make the profile.
    Finish,
    /// Throw away what was gathered.
    Cancel,
}

impl Request {
    /// The request of a line, or what is wrong with it, for people.
    pub fn from_line(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line)
            .map_err(|why| format!("that is no request ({why}); try {{\"request\":\"status\"}}"))
    }

    /// Refuses what `audience` may not ask, with the reason, for people.
    pub fn allow(self, audience: Audience) -> Result<(), &'static str> {
        match (self, audience) {
            (_, Audience::Trusted) => Ok(()),
            (Request::Status | Request::Subscribe { scores: false }, Audience::Anyone) => Ok(()),
            (Request::Subscribe { scores: true }, Audience::Anyone) => {
                Err("scores are for root and the profile's owner")
            }
            (Request::Enrol(_) | Request::Forget, Audience::Anyone) => {
                Err("enrolling and forgetting are for root and the profile's owner")
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
    }

    #[test]
    fn only_the_trusted_get_scores() {
        let scores = Request::Subscribe { scores: true };
        assert!(scores.allow(Audience::Trusted).is_ok());
        assert!(scores.allow(Audience::Anyone).is_err());
        assert!(Request::Status.allow(Audience::Anyone).is_ok());
    }
}
