//! Turns the daemon's events into notices. It reads and shows nothing itself.

use graspd_client::reason::cannot_judge_motion;

use super::conversation::Line;
use super::notice::Notice;

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
    /// The last lock was by evidence, and the screen was not open since.
    locked: bool,
    /// No motion can be judged, and that was shown.
    fault_shown: bool,
    failed_connections: u32,
    /// The enrolment has as many windows as it wants, and that was shown.
    complete: bool,
}

impl Watcher {
    pub(crate) fn of_user(uid: u32) -> Self {
        Self {
            uid,
            watches_user: false,
            enrolled: true,
            locked: false,
            fault_shown: false,
            failed_connections: 0,
            complete: false,
        }
    }

    /// Takes an event; what is to be shown because of it, if anything.
    pub(crate) fn hear(&mut self, line: &Line) -> Option<Notice> {
        self.failed_connections = 0;
        let reason = line.reason.as_deref().unwrap_or_default();
        // In observe mode and of a recording nothing is locked.
        let acts = line.mode.as_deref().is_none_or(|mode| mode == "live");
        match line.event.as_str() {
            "hello" => {
                self.enrolled = reason != "not_enrolled";
                None
            }
            "status" => {
                self.watches_user = line.owner == Some(self.uid) && acts;
                self.enrolled = reason != "not_enrolled";
                let unjudged = cannot_judge_motion(reason);
                self.set_fault(line.input_fault.clone(), unjudged)
            }
            _ if !self.watches_user || !acts => None,
            "warning" => Some(Notice::LockIsNear {
                seconds: line.seconds_to_lock,
            }),
            "lock" => {
                self.locked = reason == "evidence";
                let unjudged = cannot_judge_motion(reason);
                self.set_fault(None, unjudged)
            }
            // The screen was opened after the lock.
            "inconclusive" if self.locked && reason == "warm_up" => {
                self.locked = false;
                Some(Notice::WasItYou)
            }
            "lock_unconfirmed" => Some(Notice::ScreenIsOpen),
            "adaptation" | "error" => line.message.clone().map(Notice::Answer),
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
        (complete && !before).then_some(Notice::EnrolmentComplete)
    }

    fn set_fault(&mut self, fault: Option<String>, unjudged: bool) -> Option<Notice> {
        let fault_shown = self.watches_user && (unjudged || fault.is_some());
        let before = std::mem::replace(&mut self.fault_shown, fault_shown);
        (fault_shown && !before).then_some(Notice::NoMotion { fault })
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
