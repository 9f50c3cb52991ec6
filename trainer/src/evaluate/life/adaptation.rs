//! How a profile changes with use.

use std::time::Duration;

use clap::ValueEnum;
use graspd::enrol::adaptation::UnixTime;

use crate::evaluate::test_set::TestSet;

/// A day: the least time that a session waits before it is learnt, by default.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How a profile changes with use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Adaptation {
    /// It stays as it was enrolled
    #[default]
    None,
    /// As the daemon learns, at the times of the recordings
    Daemon,
    /// As the daemon learns, as if each session came a day after the one before
    Daily,
}

impl Adaptation {
    /// Name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Daemon => "daemon",
            Self::Daily => "daily",
        }
    }

    /// When session `number` of `owner` begins, if the one before it ended at `before`. Where
    /// not all have dates, each begins a day after the one before.
    pub(super) fn begins(
        self,
        test_set: &TestSet,
        (owner, number): (usize, usize),
        before: UnixTime,
    ) -> UnixTime {
        match (self, test_set.people[owner].began_unix_ms(number)) {
            (Self::Daemon, Some(recorded)) => UnixTime(recorded / 1000),
            _ => before.after(DAY),
        }
    }
}
