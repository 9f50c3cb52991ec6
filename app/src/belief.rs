//! Is it on, and what does it believe: which words say so, and how they are to look.

use graspd_client::reason::cannot_judge_motion;

use crate::standing::{Presence, Standing};

/// How good the news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It protects, and believes that the owner holds the device.
    Good,
    /// Nothing is decided, and nothing is wrong.
    Calm,
    /// A lock, or a pause.
    Alert,
    /// Nobody is protected.
    Off,
}

/// What is shown first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belief {
    /// The words' key; `title` is an attribute of it.
    pub key: &'static str,
    /// A symbolic icon's name.
    pub icon: &'static str,
    /// How good the news is.
    pub tone: Tone,
}

const WATCHED: &str = "alt.graspd.App-symbolic";
const LOCKED: &str = "changes-prevent-symbolic";
const PAUSED: &str = "media-playback-pause-symbolic";
const ASLEEP: &str = "weather-clear-night-symbolic";
const WARNING: &str = "dialog-warning-symbolic";
const LEARN: &str = "avatar-default-symbolic";

/// What graspd believes.
pub fn of(presence: &Presence) -> Belief {
    let belief = |key, icon, tone| Belief { key, icon, tone };
    match presence {
        Presence::Looking => belief("belief-looking", WATCHED, Tone::Calm),
        Presence::NoBus => belief("belief-no-bus", WARNING, Tone::Off),
        Presence::NoDaemon => belief("belief-no-daemon", WARNING, Tone::Off),
        Presence::There(standing) => {
            let (key, icon, tone) = of_standing(standing);
            belief(key, icon, tone)
        }
    }
}

fn of_standing(standing: &Standing) -> (&'static str, &'static str, Tone) {
    if standing.paused_until.is_some() {
        return ("belief-paused", PAUSED, Tone::Alert);
    }
    match (standing.reason.as_str(), standing.state.as_str()) {
        ("not_enrolled", _) => ("belief-not-enrolled", LEARN, Tone::Off),
        ("screen_locked", _) => ("belief-screen-locked", LOCKED, Tone::Calm),
        ("session_inactive", _) => ("belief-session-inactive", PAUSED, Tone::Calm),
        ("asleep", _) => ("belief-asleep", ASLEEP, Tone::Calm),
        (reason, _) if cannot_judge_motion(reason) => ("belief-blind", WARNING, Tone::Off),
        (_, "lock") if standing.observes() => ("belief-would-lock", WATCHED, Tone::Calm),
        (_, "unlock") if standing.observes() => ("belief-would-trust", WATCHED, Tone::Calm),
        ("evidence", "lock") => ("belief-stranger", LOCKED, Tone::Alert),
        ("at_rest", "lock") => ("belief-rested-out", LOCKED, Tone::Alert),
        ("persisted", "lock") => ("belief-persisted", LOCKED, Tone::Alert),
        (_, "lock") => ("belief-lock", LOCKED, Tone::Alert),
        (_, "unlock") => ("belief-owner", WATCHED, Tone::Good),
        ("at_rest", _) => ("belief-at-rest", WATCHED, Tone::Calm),
        ("warm_up", _) => ("belief-warm-up", WATCHED, Tone::Calm),
        ("gap", _) => ("belief-gap", WATCHED, Tone::Calm),
        _ => ("belief-unsure", WATCHED, Tone::Calm),
    }
}

/// In words how much speaks for the owner, of evidence from 0 to 1.
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
        Presence::There(Standing {
            state: state.into(),
            reason: reason.into(),
            mode: "live".into(),
            enrolled: true,
            ..Standing::default()
        })
    }

    /// Keys of everything that it can say, for all words of the protocol and one of another year.
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
        let mut presences = vec![Presence::Looking, Presence::NoBus, Presence::NoDaemon];
        for reason in reasons {
            for state in ["lock", "unlock", "inconclusive"] {
                for (mode, paused_until) in [("live", None), ("observe", None), ("live", Some(1))] {
                    presences.push(Presence::There(Standing {
                        state: state.into(),
                        reason: reason.into(),
                        mode: mode.into(),
                        paused_until,
                        ..Standing::default()
                    }));
                }
            }
        }
        let beliefs = presences.iter().map(|presence| of(presence).key);
        let evidence = (0..=100).map(|percent| of_evidence(f64::from(percent) / 100.0));
        beliefs.chain(evidence).collect()
    }

    #[test]
    fn only_an_owner_who_is_recognised_is_good_news() {
        assert_eq!(of(&there("unlock", "evidence")).tone, Tone::Good);
        assert_eq!(of(&there("lock", "evidence")).tone, Tone::Alert);
        // A sensor that fell silent protects nobody, whatever state is left of before.
        assert_eq!(of(&there("inconclusive", "sensor_lost")).tone, Tone::Off);
        let Presence::There(mut paused) = there("unlock", "evidence") else {
            return;
        };
        // Nor is one that only observes: it protects nobody.
        paused.mode = "observe".into();
        assert_eq!(of(&Presence::There(paused.clone())).tone, Tone::Calm);
        paused.paused_until = Some(1);
        assert_eq!(of(&Presence::There(paused)).tone, Tone::Alert);
    }

    #[test]
    fn evidence_goes_down_in_words() {
        let words = [1.0, 0.75, 0.5, 0.3, 0.1, f64::NAN].map(of_evidence);
        assert_eq!(words[0], words[1]);
        assert_eq!(&words[2..4], ["evidence-likely", "evidence-unsure"]);
        assert_eq!(&words[4..], ["evidence-little"; 2]);
    }
}
