//! What the replays of one owner gave.

use serde::{Deserialize, Serialize};

use super::genuine_use::GenuineUse;
use super::hand_over::{HAND_OVERS, HandOvers, IMPOSTOR_FIRST, Scenario};
use super::promise::Promise;

/// Replays of one owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnerOutcome {
    /// Id of the owner.
    pub owner: String,
    /// Ids of the impostors.
    pub impostors: Vec<String>,
    /// What enrolment promised; `None` without a forecast.
    pub promise: Option<Promise>,
    /// Their own test sessions, each just unlocked.
    pub genuine: GenuineUse,
    /// The same without an unlock at the start.
    pub genuine_untrusted: GenuineUse,
    /// Sessions with changes of context, each just unlocked.
    pub context_changes: GenuineUse,
    /// Hand-overs of their device, by [`HAND_OVERS`].
    pub hand_overs: [HandOvers; HAND_OVERS.len()],
    /// Use that begins with an impostor, by [`IMPOSTOR_FIRST`].
    pub impostor_first: [HandOvers; IMPOSTOR_FIRST.len()],
}

impl OwnerOutcome {
    /// Without any replay yet.
    pub fn of(owner: &str, impostors: Vec<String>) -> Self {
        Self {
            owner: owner.to_owned(),
            impostors,
            promise: None,
            genuine: GenuineUse::default(),
            genuine_untrusted: GenuineUse::default(),
            context_changes: GenuineUse::default(),
            hand_overs: Default::default(),
            impostor_first: Default::default(),
        }
    }

    /// Every scenario, with where its hand-overs are kept.
    pub fn scenarios(&mut self) -> impl Iterator<Item = (Scenario, &mut HandOvers)> {
        let hand_overs = HAND_OVERS.into_iter().zip(&mut self.hand_overs);
        hand_overs.chain(IMPOSTOR_FIRST.into_iter().zip(&mut self.impostor_first))
    }

    /// The hand-overs of all times after an unlock together.
    pub fn all_hand_overs(&self) -> HandOvers {
        let mut all = HandOvers::default();
        self.hand_overs.iter().for_each(|one| all.merge(one));
        all
    }

    /// Adds the replays of another. What was promised stays.
    pub fn merge(&mut self, other: &Self) {
        self.genuine.merge(&other.genuine);
        self.genuine_untrusted.merge(&other.genuine_untrusted);
        self.context_changes.merge(&other.context_changes);
        for (one, more) in self.hand_overs.iter_mut().zip(&other.hand_overs) {
            one.merge(more);
        }
        for (one, more) in self.impostor_first.iter_mut().zip(&other.impostor_first) {
            one.merge(more);
        }
    }
}
