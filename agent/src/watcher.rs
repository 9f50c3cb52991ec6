//! Turns the daemon's events into notices, and into the end of notices. It reads and shows nothing
//! itself.

use graspd_client::reason::cannot_judge_motion;

use super::conversation::Line;
use super::notice::{Kind, Notice};

/// Failed connections before the daemon counts as ended: a restart takes a few seconds.
const FAILED_MAX: u32 = 4;

/// What the events so far mean for the next.
#[derive(Debug)]
pub(crate) struct Watcher {
    uid: u32,
    /// Whether the daemon watches for this user, as it last said.
    watches_user: bool,
    /// Whether there is an owner.
    enrolled: bool,
    /// The last lock was by evidence, it holds, and the screen was not opened since.
    locked: bool,
    /// No motion can be judged, which was said.
    faulty: bool,
    failed_connections: u32,
    /// The enrolment has as many windows as it wants, and that was shown.
    complete: bool,
    /// What is no longer true.
    ended: Vec<Kind>,
}

impl Watcher {
    pub(crate) fn of_user(uid: u32) -> Self {
        Self {
            uid,
            watches_user: false,
            enrolled: true,
            locked: false,
            faulty: false,
            failed_connections: 0,
            complete: false,
            ended: Vec::new(),
        }
    }

    /// The kinds of which no notice is true any more, because of what was heard since this was asked
    /// for.
    pub(crate) fn take_ended(&mut self) -> Vec<Kind> {
        std::mem::take(&mut self.ended)
    }

    /// Takes an event; what is to be shown because of it, if anything.
    pub(crate) fn hear(&mut self, line: &Line) -> Option<Notice> {
        self.failed_connections = 0;
        let reason = line.reason.as_deref().unwrap_or_default();
        // In observe mode and of a recording nothing is locked.
        let acts = line.mode.as_deref().is_none_or(|mode| mode == "live");
        match line.event.as_str() {
            "hello" => {
                self.ended.extend([Kind::DaemonGone, Kind::LockIsNear]);
                self.enrolled = reason != "not_enrolled";
                None
            }
            "status" => {
                self.watches_user = line.owner == Some(self.uid) && acts;
                self.enrolled = reason != "not_enrolled";
                // The event that ended a lock may have been among those that were dropped.
                if line.state.as_deref() != Some("lock") || !self.watches_user {
                    self.ended.push(Kind::ScreenIsOpen);
                }
                let unjudged = cannot_judge_motion(reason);
                // For some seconds after the screen is opened nothing is missed yet.
                let judged = matches!(reason, "evidence" | "at_rest") || !self.watches_user;
                if self.faulty && !judged && !unjudged && line.input_fault.is_none() {
                    return None;
                }
                self.set_fault(line.input_fault.clone(), unjudged)
            }
            _ if !self.watches_user || !acts => None,
            "warning" => Some(Notice::LockIsNear {
                seconds: line.seconds_to_lock,
            }),
            "lock" => {
                self.locked = reason == "evidence";
                self.ended.push(Kind::LockIsNear);
                if self.locked {
                    // What is answered from now on is of this lock.
                    self.ended.push(Kind::WasItYou);
                }
                // Whether a fault is mended the status says.
                let unjudged = cannot_judge_motion(reason);
                unjudged.then(|| self.set_fault(None, true)).flatten()
            }
            // Evidence ended the lock, so that nothing had locked the screen, or its opening proves
            // nobody.
            "unlock" => {
                self.locked = false;
                self.ended.extend([Kind::LockIsNear, Kind::ScreenIsOpen]);
                None
            }
            "inconclusive" => {
                self.ended.extend([Kind::LockIsNear, Kind::ScreenIsOpen]);
                // The screen was opened after the lock.
                let opened = self.locked && reason == "warm_up";
                self.locked &= !opened;
                opened.then_some(Notice::WasItYou)
            }
            "lock_confirmed" => {
                self.ended.push(Kind::ScreenIsOpen);
                None
            }
            "lock_unconfirmed" => Some(Notice::ScreenIsOpen),
            "adaptation" => line.message.clone().map(Notice::Answer),
            "error" => line.message.clone().map(Notice::Refusal),
            "bye" if reason == "failed" => self.set_fault(None, true),
            _ => None,
        }
    }

    /// No connection to the socket could be made.
    pub(crate) fn daemon_is_missing(&mut self) -> Option<Notice> {
        self.failed_connections = self.failed_connections.saturating_add(1);
        // To a user whose daemon was never there, nothing has ended.
        (self.watches_user && self.failed_connections == FAILED_MAX).then_some(Notice::DaemonGone)
    }

    /// Whether the progress of an enrolment is to be asked for.
    pub(crate) fn wants_enrolment_progress(&self) -> bool {
        !self.enrolled || self.complete
    }

    /// Takes the number of windows that an enrolment of this user has and wants; `None` if
    /// there is none.
    pub(crate) fn enrolment(&mut self, progress: Option<(u64, u64)>) -> Option<Notice> {
        let complete = progress.is_some_and(|(windows, wanted)| wanted > 0 && windows >= wanted);
        let before = std::mem::replace(&mut self.complete, complete);
        if before && !complete {
            self.ended.push(Kind::EnrolmentComplete);
        }
        (complete && !before).then_some(Notice::EnrolmentComplete)
    }

    fn set_fault(&mut self, fault: Option<String>, unjudged: bool) -> Option<Notice> {
        let faulty = self.watches_user && (unjudged || fault.is_some());
        let before = std::mem::replace(&mut self.faulty, faulty);
        if before && !faulty {
            self.ended.push(Kind::NoMotion);
        }
        (faulty && !before).then_some(Notice::NoMotion { fault })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watcher() -> Watcher {
        let mut watcher = Watcher::of_user(7);
        let status =
            r#"{"event":"status","state":"unlock","reason":"evidence","mode":"live","owner":7}"#;
        assert_eq!(hear(&mut watcher, status), None);
        watcher
    }

    fn hear(watcher: &mut Watcher, line: &str) -> Option<Notice> {
        watcher.hear(&serde_json::from_str(line).unwrap())
    }

    const WARNING: &str = r#"{"event":"warning","reason":"evidence","seconds_to_lock":4.5}"#;
    const LOCK: &str = r#"{"event":"lock","reason":"evidence"}"#;
    const OPENED: &str = r#"{"event":"inconclusive","reason":"warm_up"}"#;

    #[test]
    fn after_a_lock_that_was_opened_it_is_asked_once_whether_it_was_wrong() {
        let mut watcher = watcher();
        let near = Notice::LockIsNear { seconds: Some(4.5) };
        assert_eq!(hear(&mut watcher, WARNING), Some(near));
        assert_eq!(hear(&mut watcher, OPENED), None, "nothing was locked");
        assert_eq!(hear(&mut watcher, LOCK), None, "the screen is locked");
        assert_eq!(hear(&mut watcher, OPENED), Some(Notice::WasItYou));
        assert_eq!(hear(&mut watcher, OPENED), None);
        // Of a lock without evidence nobody can say whether it was false.
        hear(&mut watcher, r#"{"event":"lock","reason":"at_rest"}"#);
        assert_eq!(hear(&mut watcher, OPENED), None);
    }

    #[test]
    fn of_a_lock_that_evidence_ended_nothing_is_asked() {
        let mut watcher = watcher();
        hear(&mut watcher, LOCK);
        hear(&mut watcher, r#"{"event":"unlock","reason":"evidence"}"#);
        // As after every gap, pause and sleep.
        assert_eq!(hear(&mut watcher, OPENED), None);
    }

    #[test]
    fn a_refusal_is_no_thanks() {
        let mut watcher = watcher();
        let refused = r#"{"event":"error","message":"not now"}"#;
        let refusal = Notice::Refusal("not now".to_owned());
        assert_eq!(hear(&mut watcher, refused), Some(refusal));
        let taken = r#"{"event":"adaptation","message":"counted"}"#;
        let answer = Notice::Answer("counted".to_owned());
        assert_eq!(hear(&mut watcher, taken), Some(answer));
    }

    #[test]
    fn what_is_no_longer_true_is_ended() {
        let status = |rest: &str| {
            format!(r#"{{"event":"status","mode":"live","owner":7,"reason":"evidence"{rest}}}"#)
        };
        let faulty = status(r#","state":"lock","input_fault":"NaN""#);
        let ended_by = |line: &str, kind: Kind| {
            let mut watcher = watcher();
            hear(&mut watcher, &faulty);
            watcher.take_ended();
            hear(&mut watcher, line);
            let ended = watcher.take_ended().contains(&kind);
            assert_eq!(watcher.take_ended(), [], "once");
            ended
        };
        let unlock = r#"{"event":"unlock","reason":"evidence"}"#;
        let confirmed = r#"{"event":"lock_confirmed","attempts":2}"#;
        let hello = r#"{"event":"hello","state":"lock","reason":"persisted"}"#;
        for end in [LOCK, unlock, OPENED, hello] {
            assert!(ended_by(end, Kind::LockIsNear), "{end}");
        }
        for end in [confirmed, unlock, OPENED, &status(r#","state":"unlock""#)] {
            assert!(ended_by(end, Kind::ScreenIsOpen), "{end}");
        }
        let locked = status(r#","state":"lock""#);
        for goes_on in [LOCK, &locked] {
            assert!(!ended_by(goes_on, Kind::ScreenIsOpen), "{goes_on}");
        }
        assert!(ended_by(&locked, Kind::NoMotion), "mended");
        for goes_on in [&faulty, LOCK, unlock] {
            assert!(!ended_by(goes_on, Kind::NoMotion), "{goes_on}");
        }
        assert!(ended_by(hello, Kind::DaemonGone));
        assert!(ended_by(LOCK, Kind::WasItYou));
    }

    #[test]
    fn another_owners_daemon_and_one_that_only_observes_say_nothing() {
        let mut other = Watcher::of_user(8);
        let status = r#"{"event":"status","state":"lock","reason":"sensor_lost","mode":"live"}"#;
        for line in [status, WARNING, LOCK, OPENED] {
            assert_eq!(hear(&mut other, line), None, "{line}");
        }
        assert!((0..9).all(|_| other.daemon_is_missing().is_none()));
        let observed = r#"{"event":"lock","reason":"evidence","mode":"observe"}"#;
        let mut watcher = watcher();
        hear(&mut watcher, observed);
        assert_eq!(hear(&mut watcher, OPENED), None);
    }

    #[test]
    fn a_fault_is_not_mended_by_opening_the_screen() {
        let mut watcher = watcher();
        hear(&mut watcher, r#"{"event":"lock","reason":"sensor_lost"}"#);
        watcher.take_ended();
        // Nothing is missed yet.
        let opened = r#"{"event":"status","state":"inconclusive","reason":"warm_up","mode":"live","owner":7}"#;
        assert_eq!(hear(&mut watcher, opened), None);
        assert!(!watcher.take_ended().contains(&Kind::NoMotion));
        let judged =
            r#"{"event":"status","state":"unlock","reason":"evidence","mode":"live","owner":7}"#;
        assert_eq!(hear(&mut watcher, judged), None);
        assert!(watcher.take_ended().contains(&Kind::NoMotion));
    }

    #[test]
    fn that_nobody_watches_is_said_once_until_it_is_mended() {
        let mut watcher = watcher();
        let faulty = r#"{"event":"status","state":"inconclusive","reason":"gap","mode":"live","owner":7,"input_fault":"NaN"}"#;
        let fault = Some("NaN".to_owned());
        assert_eq!(hear(&mut watcher, faulty), Some(Notice::NoMotion { fault }));
        let lost = r#"{"event":"lock","reason":"sensor_lost"}"#;
        assert_eq!(hear(&mut watcher, lost), None);
        hear(
            &mut watcher,
            r#"{"event":"status","reason":"evidence","mode":"live","owner":7}"#,
        );
        assert!(hear(&mut watcher, lost).is_some());

        let said =
            |watcher: &mut Watcher| (0..20).filter_map(|_| watcher.daemon_is_missing()).count();
        assert_eq!(said(&mut watcher), 1);
        hear(&mut watcher, WARNING);
        assert_eq!(said(&mut watcher), 1);
    }

    #[test]
    fn an_enrolment_that_has_enough_is_said_once() {
        let mut watcher = Watcher::of_user(7);
        let hello = r#"{"event":"hello","v":1,"state":"inconclusive","reason":"not_enrolled"}"#;
        assert_eq!(hear(&mut watcher, hello), None);
        assert!(watcher.wants_enrolment_progress());
        assert_eq!(watcher.enrolment(None), None);
        assert_eq!(watcher.enrolment(Some((299, 300))), None);
        assert_eq!(
            watcher.enrolment(Some((300, 300))),
            Some(Notice::EnrolmentComplete)
        );
        assert_eq!(watcher.enrolment(Some((310, 300))), None);
    }
}
