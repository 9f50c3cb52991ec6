//! How long after an owner's enrolment the tests begin.

use super::test_set::{Session, dates};
use crate::features::enrolment_sessions;

/// Milliseconds of an hour.
const HOUR_MS: f64 = 3_600_000.0;
/// Hours within which a test is of the same day as the enrolment, in all likelihood.
pub const SAME_DAY_H: f64 = 12.0;

/// Time from the last enrolment session to the tests, both by when they began: a date is that of
/// a beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestDelay {
    /// Hours to the first test session.
    pub hours: f64,
    /// Number of test sessions within [`SAME_DAY_H`].
    pub same_day: usize,
}

impl TestDelay {
    /// Of one owner's sessions, earliest first. `None` where there is no test, or a session
    /// without a date.
    pub fn of(sessions: &[Session]) -> Option<Self> {
        Self::of_dates(&dates(sessions)?)
    }

    fn of_dates(began: &[u64]) -> Option<Self> {
        let (enrolled, tested) = began.split_at(enrolment_sessions(began.len())?);
        let last = *enrolled.last()? as f64;
        let hours = |began: u64| (began as f64 - last) / HOUR_MS;
        Some(Self {
            hours: hours(*tested.first()?),
            same_day: tested
                .iter()
                .filter(|one| hours(**one) <= SAME_DAY_H)
                .count(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_from_the_last_session_of_the_enrolment() {
        let of = |hours: &[u64]| {
            let began: Vec<u64> = hours.iter().map(|h| h * 3_600_000).collect();
            TestDelay::of_dates(&began).map(|delay| (delay.hours, delay.same_day))
        };
        assert_eq!(of(&[0, 30, 31, 42, 54, 55]), Some((11.0, 1)));
        assert_eq!(of(&[0, 30, 42, 43]), Some((12.0, 1)));
        assert_eq!(of(&[0, 48]), Some((48.0, 0)));
        assert_eq!(of(&[7]), None);
    }
}
