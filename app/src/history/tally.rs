//! Hours watched, locks and answers, summed over the kept days.

use super::lock::Outcome;
use super::log::Log;

/// The sums.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// Hours in which it decided.
    pub hours: f64,
    /// Locks because of the motion.
    pub by_evidence: u64,
    /// Of these, said to be false.
    pub answered_false: u64,
    /// Of these, said to be right.
    pub answered_right: u64,
    /// Of these, of which nothing was said.
    pub unanswered: u64,
    /// Locks for other reasons.
    pub others: u64,
    /// What would have been locked by motion while it only observed.
    pub would_be: u64,
}

impl Tally {
    /// Of all days.
    pub fn of(log: &Log) -> Self {
        let mut tally = Self {
            hours: log.watched_s(i64::MIN) as f64 / 3600.0,
            ..Self::default()
        };
        for lock in &log.locks {
            match (lock.outcome, lock.is_by_evidence()) {
                (Outcome::WouldLock, true) => tally.would_be += 1,
                (Outcome::WouldLock, false) => {}
                (_, false) => tally.others += 1,
                (_, true) => {
                    tally.by_evidence += 1;
                    match lock.was_false {
                        Some(true) => tally.answered_false += 1,
                        Some(false) => tally.answered_right += 1,
                        None => tally.unanswered += 1,
                    }
                }
            }
        }
        tally
    }

    /// False locks that enrolment expected in these hours.
    pub fn expected(&self, an_hour: f64) -> f64 {
        self.hours * an_hour
    }
}

#[cfg(test)]
mod tests {
    use super::super::lock::Lock;
    use super::*;

    #[test]
    fn each_lock_is_counted_once() {
        let lock = |reason: &str, outcome, was_false| Lock {
            at: 0,
            reason: reason.into(),
            outcome,
            was_false,
        };
        let mut log = Log::default();
        log.locks = vec![
            lock("evidence", Outcome::Locked, Some(true)),
            lock("evidence", Outcome::Locked, Some(false)),
            lock("evidence", Outcome::MayBeOpen, None),
            lock("at_rest", Outcome::Locked, None),
            lock("evidence", Outcome::WouldLock, None),
            lock("gap", Outcome::WouldLock, None),
        ];
        let tally = Tally::of(&log);
        assert_eq!((tally.by_evidence, tally.others, tally.would_be), (3, 1, 1));
        let said = (tally.answered_false, tally.answered_right, tally.unanswered);
        assert_eq!(said, (1, 1, 1));
        assert!(tally.expected(0.25).abs() < 1e-9);
    }
}
