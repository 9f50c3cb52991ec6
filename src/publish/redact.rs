//! Which clients may see which parts of an event.
//!
//! Scores tell how well a person imitates the owner, so they would help an impostor to
//! practise; see docs/protocol.md.

use super::{Event, LockWarning, StateChange, Status};

/// The two kinds of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Root and the owner.
    Trusted,
    /// Any other user of the device.
    Anyone,
}

impl Audience {
    /// The audience of a client with the user id `uid`. Without an owner only root is
    /// trusted.
    pub fn of(uid: u32, owner: Option<u32>) -> Self {
        if uid == 0 || owner == Some(uid) {
            Audience::Trusted
        } else {
            Audience::Anyone
        }
    }
}

/// The part of `event` that `audience` may see; `None` if it may see nothing of it.
pub fn redact(event: &Event, audience: Audience) -> Option<Event> {
    if audience == Audience::Trusted {
        return Some(event.clone());
    }
    let bare = |change: &StateChange| StateChange {
        context: None,
        figures: None,
        ..change.clone()
    };
    match event {
        Event::Lock(change) => Some(Event::Lock(bare(change))),
        Event::Unlock(change) => Some(Event::Unlock(bare(change))),
        Event::Inconclusive(change) => Some(Event::Inconclusive(bare(change))),
        Event::Warning(warning) => Some(Event::Warning(LockWarning {
            seconds_to_lock: None,
            figures: None,
            ..warning.clone()
        })),
        Event::Status(status) => Some(Event::Status(Status {
            session: None,
            owner: None,
            figures: None,
            counters: None,
            input_fault: None,
            ..status.clone()
        })),
        Event::Score(_) => None,
        Event::Hello(_)
        | Event::Enrolment(_)
        | Event::Forgotten { .. }
        | Event::Adaptation(_)
        | Event::LockConfirmed { .. }
        | Event::LockUnconfirmed { .. }
        | Event::Lagged { .. }
        | Event::Error { .. }
        | Event::Bye { .. }
        | Event::Unknown => Some(event.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> impl Iterator<Item = Event> {
        include_str!("../../tests/golden/events.jsonl")
            .lines()
            .map(|line| Event::from_line(line).unwrap())
    }

    #[test]
    fn only_root_and_the_owner_are_trusted() {
        assert_eq!(Audience::of(0, None), Audience::Trusted);
        assert_eq!(Audience::of(0, Some(1000)), Audience::Trusted);
        assert_eq!(Audience::of(1000, Some(1000)), Audience::Trusted);
        assert_eq!(Audience::of(1001, Some(1000)), Audience::Anyone);
        assert_eq!(Audience::of(1000, None), Audience::Anyone);
    }

    #[test]
    fn the_trusted_see_everything() {
        for event in golden() {
            assert_eq!(redact(&event, Audience::Trusted), Some(event));
        }
    }

    #[test]
    fn whose_profile_it_is_is_for_the_trusted() {
        let line = r#"{"event":"status","state":"unlock","reason":"evidence","t_ns":1,"uptime_ns":1,"mode":"live","owner":1000,"paused_until_unix_s":9}"#;
        let event = Event::from_line(line).unwrap();
        let seen = redact(&event, Audience::Anyone).unwrap().to_line();
        assert!(!seen.contains("owner"), "{seen}");
        assert!(seen.contains("paused_until_unix_s"), "{seen}");
        assert!(
            redact(&event, Audience::Trusted)
                .unwrap()
                .to_line()
                .contains("\"owner\":1000")
        );
    }

    #[test]
    fn others_see_states_and_no_number_behind_them() {
        let mut states = 0;
        for event in golden() {
            let Some(seen) = redact(&event, Audience::Anyone) else {
                assert!(matches!(event, Event::Score(_)), "{event:?}");
                continue;
            };
            let line = seen.to_line();
            for secret in [
                "score",
                "threshold",
                "evidence\":",
                "seconds",
                "counters",
                "input_fault",
                "context",
            ] {
                assert!(!line.contains(secret), "{secret} in {line}");
            }
            if let Some((state, change)) = seen.state_change() {
                let (was, before) = event.state_change().unwrap();
                assert_eq!((state, &change.reason), (was, &before.reason));
                states += 1;
            }
        }
        assert_eq!(states, 6);
    }
}
