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

    /// When session `number` of `owner` begins, if the one before it ended at `before`. A data
    /// set without dates has each a day after the one before.
    pub(super) fn begins(
        self,
        test_set: &TestSet,
        (owner, number): (usize, usize),
        before: UnixTime,
    ) -> UnixTime {
        let recording = &test_set.people[owner].sessions[number].recording;
        let recorded = test_set.set.began_unix_ms(&recording.path);
        match (self, recorded) {
            (Self::Daemon, Some(recorded)) => UnixTime(recorded / 1000),
            _ => before.after(DAY),
        }
    }
}
