//! Lets a session that has waited join the profile, or drops it.

use std::time::Duration;

use super::{Judge, KeptSessions, Refusal, UnixTime};
use crate::enrol::{DecisionBudget, JUDGED_SESSIONS};
use crate::model::cohort::Cohort;
use crate::owner::profile::Profile;

impl KeptSessions {
    /// Lets the oldest session that has waited for `wait` join, and makes the profile with it;
    /// what was made has still to be saved ([`KeptSessions::is_stale`]). A session that would make
    /// the profile worse, by what `judge` expects, is dropped, and all else stays. `None` if none
    /// has waited so long.
    pub fn join(
        &mut self,
        judge: &Judge,
        (rule, cohort): (&DecisionBudget, Option<&Cohort>),
        (now, wait): (UnixTime, Duration),
    ) -> Option<Result<Profile, Refusal>> {
        let before = self.clone();
        if !self.admit(now, wait) {
            return None;
        }
        let rule = DecisionBudget {
            // One of few sessions was not judged by what it expects; use is to make it better.
            refuse: self.enrolled_sessions() >= JUDGED_SESSIONS as usize,
            ..*rule
        };
        let made = self.learn(&rule, cohort).map_err(Refusal::from);
        let made = made.and_then(|(profile, _)| {
            judge.accepts(&profile)?;
            Ok(profile)
        });
        if made.is_err() {
            *self = before;
            self.reject(now, wait);
        }
        Some(made)
    }

    /// Makes the profile anew of what joined before, or after a session was taken back, with
    /// as few false locks as can be.
    pub fn remake(
        &self,
        rule: &DecisionBudget,
        cohort: Option<&Cohort>,
    ) -> Result<Profile, Refusal> {
        let rule = DecisionBudget {
            refuse: false,
            ..*rule
        };
        Ok(self.learn(&rule, cohort)?.0)
    }
}
