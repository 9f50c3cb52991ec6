//! Reasons and times in words, for programs that show them to people.

use std::time::Duration;

use super::Extensible;
use crate::decide::{Reason, State};
use crate::hidden_characters::plain;

/// h:mm:ss.s
pub fn clock(span: Duration) -> String {
    let tenths = span.as_millis() / 100;
    let (seconds, tenths) = (tenths / 10, tenths % 10);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!("{hours}:{minutes:02}:{seconds:02}.{tenths}")
}

/// Why a state holds, in words.
pub fn reason(state: State, reason: &Extensible<Reason>) -> String {
    let reason = match reason {
        Extensible::Known(reason) => reason,
        Extensible::Other(word) => return plain(word),
    };
    match (reason, state) {
        (Reason::Evidence, State::Lock) => "the motion is not the owner's",
        (Reason::Evidence, State::Unlock) => "the motion is the owner's",
        (Reason::Evidence, State::Inconclusive) => "the motion speaks for nobody",
        (Reason::WarmUp, _) => "too little seen yet to tell",
        (Reason::AtRest, State::Lock) => "lay still until its trust ran out",
        (Reason::AtRest, _) => "lies still: nobody's motion",
        (Reason::Gap, _) => "a gap in the samples",
        (Reason::SensorLost, _) => "the sensors fell silent",
        (Reason::NoEvidence, _) => "no window could be scored for too long",
        (Reason::ModelFailed, _) => "the model gave no score",
        (Reason::ScreenLocked, _) => "the screen is locked",
        (Reason::SessionInactive, _) => "the owner's session is not in use",
        (Reason::NotEnrolled, _) => "nobody has enrolled yet",
        (Reason::Persisted, _) => "it was locked when graspd last ended",
        (Reason::Paused, _) => "its owner has paused it",
        (Reason::Asleep, _) => "the system sleeps",
    }
    .to_owned()
}
