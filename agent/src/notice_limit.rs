//! Limits how often notifications are shown.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::notice::Notice;

/// Time over which notices are counted.
const SPAN: Duration = Duration::from_secs(600);
/// The most in that time, after which only faults come.
const MOST: usize = 10;

/// When notices were shown. Times are since the agent began.
#[derive(Debug, Default)]
pub(crate) struct NoticeLimit {
    newest: HashMap<&'static str, Duration>,
    shown: VecDeque<Duration>,
}

impl NoticeLimit {
    /// Whether `notice` may be shown at `now`, which then counts as shown.
    pub(crate) fn allows(&mut self, notice: &Notice, now: Duration) -> bool {
        let since = |at: &Duration| now.saturating_sub(*at);
        while self.shown.front().is_some_and(|at| since(at) >= SPAN) {
            self.shown.pop_front();
        }
        let again = Duration::from_secs(match notice {
            Notice::WasItYou | Notice::Answer(_) => 0,
            Notice::LockIsNear { .. } => 15,
            Notice::ScreenIsOpen => 60,
            Notice::NoMotion { .. } | Notice::DaemonGone | Notice::EnrolmentComplete => 3600,
        });
        let kind = notice.kind();
        // Many warnings of locks may not keep back that nobody watches.
        let fault = matches!(
            notice,
            Notice::ScreenIsOpen | Notice::DaemonGone | Notice::NoMotion { .. }
        );
        let full = self.shown.len() >= MOST && !fault;
        if full || self.newest.get(kind).is_some_and(|at| since(at) < again) {
            return false;
        }
        self.shown.push_back(now);
        self.newest.insert(kind, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn many_warnings_do_not_keep_back_that_nobody_watches() {
        let mut limit = NoticeLimit::default();
        let near = Notice::LockIsNear { seconds: None };
        let shown = (0..40).filter(|n| limit.allows(&near, at(15 * n))).count();
        assert_eq!(shown, MOST);
        assert!(limit.allows(&Notice::DaemonGone, at(590)));
        assert!(limit.allows(&Notice::ScreenIsOpen, at(590)));
    }

    #[test]
    fn an_open_screen_comes_again_after_a_minute_and_other_faults_after_an_hour() {
        let mut limit = NoticeLimit::default();
        for (fault, again) in [(Notice::ScreenIsOpen, 60), (Notice::DaemonGone, 3600)] {
            assert!(limit.allows(&fault, at(0)));
            assert!(!limit.allows(&fault, at(again - 1)));
            assert!(limit.allows(&fault, at(again)));
        }
    }

    #[test]
    fn a_notice_comes_again_after_a_while_and_others_do_not_wait_for_it() {
        let mut limit = NoticeLimit::default();
        let near = Notice::LockIsNear { seconds: None };
        assert!(limit.allows(&near, at(0)));
        assert!(!limit.allows(&near, at(14)));
        assert!(limit.allows(&Notice::WasItYou, at(14)));
        assert!(limit.allows(&near, at(15)));
    }

    #[test]
    fn of_what_is_no_fault_there_are_ten_in_ten_minutes() {
        let mut limit = NoticeLimit::default();
        let shown = |limit: &mut NoticeLimit, from: u64| {
            (from..from + 600)
                .filter(|now| limit.allows(&Notice::WasItYou, at(*now)))
                .count()
        };
        assert_eq!(shown(&mut limit, 0), MOST);
        assert_eq!(shown(&mut limit, 600), MOST);
    }
}
