//! No more notices than a person wants to see.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::notice::Notice;

/// Time over which notices are counted.
const SPAN: Duration = Duration::from_secs(600);
/// The most in that time, after which only faults come.
const MOST: usize = 10;

/// When notices were shown. Times are since the beginning.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    newest: HashMap<&'static str, Duration>,
    shown: VecDeque<Duration>,
}

impl Pace {
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
            Notice::NoMotion { .. } | Notice::NobodyWatches | Notice::EnoughGathered => 3600,
        });
        let kind = notice.kind();
        // Many words before a lock may not keep it back that nobody watches.
        let fault = matches!(
            notice,
            Notice::ScreenIsOpen | Notice::NobodyWatches | Notice::NoMotion { .. }
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
        let mut pace = Pace::default();
        let near = Notice::LockIsNear { seconds: None };
        let shown = (0..40).filter(|n| pace.allows(&near, at(15 * n))).count();
        assert_eq!(shown, MOST);
        assert!(pace.allows(&Notice::NobodyWatches, at(590)));
        assert!(pace.allows(&Notice::ScreenIsOpen, at(590)));
    }

    #[test]
    fn an_open_screen_comes_again_after_a_minute_and_other_faults_after_an_hour() {
        let mut pace = Pace::default();
        for (fault, again) in [(Notice::ScreenIsOpen, 60), (Notice::NobodyWatches, 3600)] {
            assert!(pace.allows(&fault, at(0)));
            assert!(!pace.allows(&fault, at(again - 1)));
            assert!(pace.allows(&fault, at(again)));
        }
    }

    #[test]
    fn a_notice_comes_again_after_a_while_and_others_do_not_wait_for_it() {
        let mut pace = Pace::default();
        let near = Notice::LockIsNear { seconds: None };
        assert!(pace.allows(&near, at(0)));
        assert!(!pace.allows(&near, at(14)));
        assert!(pace.allows(&Notice::WasItYou, at(14)));
        assert!(pace.allows(&near, at(15)));
    }

    #[test]
    fn of_what_is_no_fault_there_are_ten_in_ten_minutes() {
        let mut pace = Pace::default();
        let shown = |pace: &mut Pace, from: u64| {
            (from..from + 600)
                .filter(|now| pace.allows(&Notice::WasItYou, at(*now)))
                .count()
        };
        assert_eq!(shown(&mut pace, 0), MOST);
        assert_eq!(shown(&mut pace, 600), MOST);
    }
}
