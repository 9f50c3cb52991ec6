//! Reads from a line of the daemon whether it recognises the user who is to be authenticated.
//! docs/protocol.md

use serde_json::Value;

/// What a line says of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerCheck {
    /// The daemon watches for this user, locks what it decides to lock, and recognises them.
    Recognised,
    /// It does not, refuses to say, or says what cannot be read.
    NotRecognised,
    /// The line is another event, and the answer is still to come.
    OtherEvent,
}

impl OwnerCheck {
    /// What `line` says of the user `uid`.
    pub(crate) fn of(line: &[u8], uid: u32) -> Self {
        let Ok(event) = serde_json::from_slice::<Value>(line) else {
            return Self::NotRecognised;
        };
        let word = |name: &str| event.get(name).and_then(Value::as_str);
        match word("event") {
            Some("status") => {}
            None | Some("error" | "bye") => return Self::NotRecognised,
            Some("hello") if event["v"] != 1 => return Self::NotRecognised,
            Some(_) => return Self::OtherEvent,
        }
        let for_them = event.get("owner").and_then(Value::as_u64) == Some(uid.into());
        // A recording is not now, and in observe mode nobody is to act.
        let live = word("mode") == Some("live");
        match word("state") {
            Some("unlock") if live && for_them => Self::Recognised,
            _ => Self::NotRecognised,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(state: &str, mode: &str, owner: &str) -> OwnerCheck {
        let line = format!(
            r#"{{"event":"status","state":"{state}","reason":"evidence","mode":"{mode}"{owner}}}"#
        );
        OwnerCheck::of(line.as_bytes(), 1000)
    }

    #[test]
    fn only_a_live_daemon_recognises_this_user() {
        let owner = r#","owner":1000"#;
        assert_eq!(status("unlock", "live", owner), OwnerCheck::Recognised);
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
                OwnerCheck::NotRecognised,
                "{state} {mode} {owner}"
            );
        }
    }

    #[test]
    fn other_lines_are_passed_over_and_what_cannot_be_read_recognises_nobody() {
        let says = |line: &str| OwnerCheck::of(line.as_bytes(), 1000);
        assert_eq!(
            says(r#"{"event":"hello","v":1,"state":"unlock"}"#),
            OwnerCheck::OtherEvent
        );
        assert_eq!(
            says(r#"{"event":"unlock","t_ns":1}"#),
            OwnerCheck::OtherEvent
        );
        for line in [
            "",
            "unlock",
            "[]",
            "{}",
            r#"{"event":"hello","v":2}"#,
            r#"{"event":"error","message":"no"}"#,
            r#"{"event":"bye","state":"unlock"}"#,
        ] {
            assert_eq!(says(line), OwnerCheck::NotRecognised, "{line}");
        }
        assert_eq!(OwnerCheck::of(b"\xff", 1000), OwnerCheck::NotRecognised);
    }
}
