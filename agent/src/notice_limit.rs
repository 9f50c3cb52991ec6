//! Limits how often notifications are shown.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::notice::Kind;

/// Time over which notices are counted.
const SPAN: Duration = Duration::from_secs(600);
/// The most in that time, after which only faults come.
const MOST: usize = 10;

/// When notices were shown. Times are since the agent began.
#[derive(Debug, Default)]
pub(crate) struct NoticeLimit {
    newest: HashMap<Kind, Duration>,
    shown: VecDeque<Duration>,
}

impl NoticeLimit {
    /// Whether a notice of this kind may be shown at `now`.
    pub(crate) fn allows(&mut self, kind: Kind, now: Duration) -> bool {
        let since = |at: &Duration| now.saturating_sub(*at);
        while self.shown.front().is_some_and(|at| since(at) >= SPAN) {
            self.shown.pop_front();
        }
        let again = Duration::from_secs(match kind {
            Kind::WasItYou | Kind::Answer | Kind::Refusal => 0,
            Kind::LockIsNear => 15,
            Kind::ScreenIsOpen => 60,
            // Mended, it was taken back, so that nobody would see the next.
            Kind::NoMotion | Kind::DaemonGone => 600,
            Kind::EnrolmentComplete => 3600,
        });
        // Many warnings of locks may not keep back that nobody watches.
        let full = self.shown.len() >= MOST && !kind.is_fault();
        !full && self.newest.get(&kind).is_none_or(|at| since(at) >= again)
    }

    /// Counts a notice that was shown: what nobody has seen keeps nothing back.
    pub(crate) fn count(&mut self, kind: Kind, now: Duration) {
        self.shown.push_back(now);
        self.newest.insert(kind, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Shows one if that is allowed.
    fn show(limit: &mut NoticeLimit, kind: Kind, seconds: u64) -> bool {
        let allowed = limit.allows(kind, at(seconds));
        if allowed {
            limit.count(kind, at(seconds));
        }
        allowed
    }

    #[test]
    fn many_warnings_do_not_keep_back_that_nobody_watches() {
        let mut limit = NoticeLimit::default();
        let near = Kind::LockIsNear;
        let shown = (0..40).filter(|n| show(&mut limit, near, 15 * n)).count();
        assert_eq!(shown, MOST);
        assert!(limit.allows(Kind::DaemonGone, at(590)));
        assert!(limit.allows(Kind::ScreenIsOpen, at(590)));
    }

    #[test]
    fn an_open_screen_comes_again_after_a_minute_and_other_faults_after_ten() {
        let mut limit = NoticeLimit::default();
        for (fault, again) in [(Kind::ScreenIsOpen, 60), (Kind::DaemonGone, 600)] {
            assert!(show(&mut limit, fault, 0));
            assert!(!show(&mut limit, fault, again - 1));
            assert!(show(&mut limit, fault, again));
        }
    }

    #[test]
    fn a_notice_comes_again_after_a_while_and_others_do_not_wait_for_it() {
        let mut limit = NoticeLimit::default();
        assert!(show(&mut limit, Kind::LockIsNear, 0));
        assert!(!show(&mut limit, Kind::LockIsNear, 14));
        assert!(show(&mut limit, Kind::WasItYou, 14));
        assert!(show(&mut limit, Kind::LockIsNear, 15));
    }

    #[test]
    fn what_was_not_shown_keeps_nothing_back() {
        let mut limit = NoticeLimit::default();
        for _ in 0..2 * MOST {
            assert!(limit.allows(Kind::NoMotion, at(0)));
        }
    }

    #[test]
    fn of_what_is_no_fault_there_are_ten_in_ten_minutes() {
        let mut limit = NoticeLimit::default();
        let shown = |limit: &mut NoticeLimit, from: u64| {
            (from..from + 600)
                .filter(|now| show(limit, Kind::WasItYou, *now))
                .count()
        };
        assert_eq!(shown(&mut limit, 0), MOST);
        assert_eq!(shown(&mut limit, 600), MOST);
    }
}
