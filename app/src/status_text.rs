//! Chooses the text, the icon and the tone that show the daemon's status.

use graspd_client::reason::cannot_judge_motion;

use crate::status::{Presence, Status};

/// How serious a status is; the colour of its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// The owner is recognised, and the device protected.
    Good,
    /// Nothing is decided, and nothing is wrong.
    Calm,
    /// A lock, or a pause.
    Alert,
    /// Nobody is protected.
    Off,
}

/// How a status is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusText {
    /// Key of the text; `title` is an attribute of it.
    pub key: &'static str,
    /// A symbolic icon's name.
    pub icon: &'static str,
    /// How serious it is.
    pub tone: Tone,
}

const GRASPD: &str = "alt.graspd.App-symbolic";
const LOCKED: &str = "changes-prevent-symbolic";
const PAUSED: &str = "media-playback-pause-symbolic";
const ASLEEP: &str = "weather-clear-night-symbolic";
const WARNING: &str = "dialog-warning-symbolic";
const PERSON: &str = "avatar-default-symbolic";

/// How to show that the daemon is there or not, and its status; `open_in_lock` says that the screen
/// is open although a lock was asked for.
pub fn of(presence: &Presence, open_in_lock: bool) -> StatusText {
    let text = |key, icon, tone| StatusText { key, icon, tone };
    match presence {
        Presence::Searching => text("status-searching", GRASPD, Tone::Calm),
        Presence::NoBus => text("status-no-bus", WARNING, Tone::Off),
        Presence::NotRunning => text("status-not-running", WARNING, Tone::Off),
        Presence::Running(status) => {
            let (key, icon, tone) = of_status(status, open_in_lock);
            text(key, icon, tone)
        }
    }
}

fn of_status(status: &Status, open_in_lock: bool) -> (&'static str, &'static str, Tone) {
    if status.paused_until.is_some() {
        return ("status-paused", PAUSED, Tone::Alert);
    }
    // Whatever led to it: who looks at this sees the screen open.
    if open_in_lock && status.state == "lock" && !status.observes() {
        return ("status-open-in-lock", WARNING, Tone::Off);
    }
    match (status.reason.as_str(), status.state.as_str()) {
        ("not_enrolled", _) => ("status-not-enrolled", PERSON, Tone::Off),
        ("screen_locked", _) => ("status-screen-locked", LOCKED, Tone::Calm),
        ("session_inactive", _) => ("status-session-inactive", PAUSED, Tone::Calm),
        ("asleep", _) => ("status-asleep", ASLEEP, Tone::Calm),
        (reason, _) if cannot_judge_motion(reason) => ("status-no-motion", WARNING, Tone::Off),
        (_, "lock") if status.observes() => ("status-would-lock", GRASPD, Tone::Calm),
        (_, "unlock") if status.observes() => ("status-would-unlock", GRASPD, Tone::Calm),
        ("evidence", "lock") => ("status-not-recognised", LOCKED, Tone::Alert),
        ("at_rest", "lock") => ("status-locked-at-rest", LOCKED, Tone::Alert),
        ("persisted", "lock") => ("status-persisted", LOCKED, Tone::Alert),
        (_, "lock") => ("status-lock", LOCKED, Tone::Alert),
        (_, "unlock") => ("status-owner", GRASPD, Tone::Good),
        ("at_rest", _) => ("status-at-rest", GRASPD, Tone::Calm),
        ("warm_up", _) => ("status-warm-up", GRASPD, Tone::Calm),
        ("gap", _) => ("status-gap", GRASPD, Tone::Calm),
        _ => ("status-undecided", GRASPD, Tone::Calm),
    }
}

/// Key of the text for evidence from 0 to 1.
pub fn of_evidence(evidence: f64) -> &'static str {
    match evidence {
        e if e >= 0.75 => "evidence-sure",
        e if e >= 0.45 => "evidence-likely",
        e if e >= 0.25 => "evidence-unsure",
        _ => "evidence-little",
    }
}

#[cfg(test)]
pub mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn there(state: &str, reason: &str) -> Presence {
        Presence::Running(Status {
            state: state.into(),
            reason: reason.into(),
            mode: "live".into(),
            enrolled: true,
            ..Status::default()
        })
    }

    /// Keys for all words of the protocol, and for one that is not known.
    pub fn keys() -> BTreeSet<&'static str> {
        let reasons = [
            "evidence",
            "warm_up",
            "at_rest",
            "gap",
            "sensor_lost",
            "no_evidence",
            "model_failed",
            "screen_locked",
            "session_inactive",
            "persisted",
            "not_enrolled",
            "asleep",
            "paused",
            "another",
        ];
        let mut presences = vec![Presence::Searching, Presence::NoBus, Presence::NotRunning];
        for reason in reasons {
            for state in ["lock", "unlock", "inconclusive"] {
                for (mode, paused_until) in [("live", None), ("observe", None), ("live", Some(1))] {
                    presences.push(Presence::Running(Status {
                        state: state.into(),
                        reason: reason.into(),
                        mode: mode.into(),
                        paused_until,
                        ..Status::default()
                    }));
                }
            }
        }
        let texts = presences
            .iter()
            .flat_map(|presence| [false, true].map(|open| of(presence, open).key));
        let evidence = (0..=100).map(|percent| of_evidence(f64::from(percent) / 100.0));
        texts.chain(evidence).collect()
    }

    #[test]
    fn only_a_recognised_owner_has_the_tone_good() {
        let of = |presence: &Presence| of(presence, false);
        assert_eq!(of(&there("unlock", "evidence")).tone, Tone::Good);
        assert_eq!(of(&there("lock", "evidence")).tone, Tone::Alert);
        // A sensor that fell silent protects nobody, whatever state is left of before.
        assert_eq!(of(&there("inconclusive", "sensor_lost")).tone, Tone::Off);
        let Presence::Running(mut paused) = there("unlock", "evidence") else {
            return;
        };
        // Nor is one that only observes: it protects nobody.
        paused.mode = "observe".into();
        assert_eq!(of(&Presence::Running(paused.clone())).tone, Tone::Calm);
        paused.paused_until = Some(1);
        assert_eq!(of(&Presence::Running(paused)).tone, Tone::Alert);
    }

    #[test]
    fn a_screen_that_nothing_has_locked_is_not_called_locked() {
        for reason in ["evidence", "at_rest", "persisted", "sensor_lost", "gap"] {
            let text = of(&there("lock", reason), true);
            assert_eq!((text.key, text.icon), ("status-open-in-lock", WARNING));
        }
        // The bus may tell of the end of a lock before the socket does.
        assert_eq!(of(&there("unlock", "evidence"), true).key, "status-owner");
    }

    #[test]
    fn less_evidence_has_a_weaker_text() {
        let words = [1.0, 0.75, 0.5, 0.3, 0.1, f64::NAN].map(of_evidence);
        assert_eq!(words[0], words[1]);
        assert_eq!(&words[2..4], ["evidence-likely", "evidence-unsure"]);
        assert_eq!(&words[4..], ["evidence-little"; 2]);
    }
}
