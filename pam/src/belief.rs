//! What a line of the daemon means for whoever is to be authenticated. docs/protocol.md

use serde_json::Value;

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belief {
    /// The daemon watches for this user, locks what it decides to lock, and recognises them.
    Believed,
    /// It does not, or refuses to say.
    NotBelieved,
    /// The line is another event, and the answer is still to come.
    NotSaid,
}

impl Belief {
    /// What `line` says of the user `uid`.
    pub(crate) fn of(line: &[u8], uid: u32) -> Self {
        let Ok(event) = serde_json::from_slice::<Value>(line) else {
            return Self::NotBelieved;
        };
        let word = |name: &str| event.get(name).and_then(Value::as_str);
        match word("event") {
            Some("status") => {}
            None | Some("error" | "bye") => return Self::NotBelieved,
            Some("hello") if event["v"] != 1 => return Self::NotBelieved,
            Some(_) => return Self::NotSaid,
        }
        let for_them = event.get("owner").and_then(Value::as_u64) == Some(uid.into());
        // A recording is not now, and in observe mode nobody is to act.
        let live = word("mode") == Some("live");
        match word("state") {
            Some("unlock") if live && for_them => Self::Believed,
            _ => Self::NotBelieved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: &str, mode: &str, owner: &str) -> Belief {
        let line = format!(
            r#"{{"event":"status","state":"{state}","reason":"evidence","mode":"{mode}"{owner}}}"#
        );
        Belief::of(line.as_bytes(), 1000)
    }

    #[test]
    fn only_a_live_daemon_that_recognises_this_user_believes() {
        let owner = r#","owner":1000"#;
        assert_eq!(status("unlock", "live", owner), Belief::Believed);
        for (state, mode, owner) in [
            ("lock", "live", owner),
            ("inconclusive", "live", owner),
            ("unlock", "observe", owner),
            ("unlock", "replay", owner),
            ("unlock", "some other", owner),
            ("UNLOCK", "live", owner),
            ("unlock", "live", r#","owner":1001"#),
            ("unlock", "live", r#","owner":"1000""#),
            ("unlock", "live", r#","owner":4294968296"#),
            ("unlock", "live", ""),
        ] {
            assert_eq!(
                status(state, mode, owner),
                Belief::NotBelieved,
                "{state} {mode} {owner}"
            );
        }
    }

    #[test]
    fn other_lines_are_passed_over_and_what_cannot_be_read_is_not_believed() {
        let says = |line: &str| Belief::of(line.as_bytes(), 1000);
        assert_eq!(
            says(r#"{"event":"hello","v":1,"state":"unlock"}"#),
            Belief::NotSaid
        );
        assert_eq!(says(r#"{"event":"unlock","t_ns":1}"#), Belief::NotSaid);
        for line in [
            "",
            "unlock",
            "[]",
            "{}",
            r#"{"event":"hello","v":2}"#,
            r#"{"event":"error","message":"no"}"#,
            r#"{"event":"bye","state":"unlock"}"#,
        ] {
            assert_eq!(says(line), Belief::NotBelieved, "{line}");
        }
        assert_eq!(Belief::of(b"\xff", 1000), Belief::NotBelieved);
    }
}
