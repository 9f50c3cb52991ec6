//! Trials of one session after another, each by the profile as it then was.

use crate::evaluate::trials::{ScoredSession, Trials};

/// Scored sessions, oldest first.
#[derive(Debug, Default)]
pub(super) struct TrialsOverTime {
    sessions: Vec<ScoredSession>,
    /// The profile that scored the newest.
    version: Option<usize>,
}

impl TrialsOverTime {
    /// Adds a session of the owner, and the `impostors` as the same profile scores them.
    pub(super) fn add(&mut self, own: ScoredSession, impostors: &[ScoredSession], version: usize) {
        if self.version.replace(version) != Some(version) {
            self.sessions.extend_from_slice(impostors);
        }
        self.sessions.push(own);
    }

    /// All of them, under one threshold.
    pub(super) fn trials(self) -> Trials {
        Trials::new(self.sessions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(genuine: bool, score: f64) -> ScoredSession {
        ScoredSession {
            person: usize::from(!genuine),
            genuine,
            scores: vec![score],
        }
    }

    #[test]
    fn impostors_count_once_for_each_profile() {
        let mut over_time = TrialsOverTime::default();
        over_time.add(scored(true, 1.0), &[scored(false, 0.0)], 0);
        over_time.add(scored(true, 1.1), &[scored(false, 0.0)], 0);
        over_time.add(scored(true, 2.0), &[scored(false, 0.5)], 1);
        let trials = over_time.trials();
        assert_eq!(trials.sessions().len(), 3 + 2);
        assert_eq!(trials.eer(), Some(0.0));
    }
}
