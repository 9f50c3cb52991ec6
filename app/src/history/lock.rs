//! A lock in the history: its reason, its outcome and the answer to it.

/// A change of state to `lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// In seconds since 1970.
    pub at: i64,
    /// Why, in a word of docs/protocol.md.
    pub reason: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether somebody said that it was false.
    pub was_false: Option<bool>,
}

/// What came of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Not known.
    Unknown,
    /// graspd only observed.
    WouldLock,
    /// The screen was locked.
    Locked,
    /// The screen may have stayed open.
    MayBeOpen,
}

/// Keys of the reasons that a lock may have.
const REASONS: [(&str, &str); 7] = [
    ("evidence", "reason-evidence"),
    ("at_rest", "reason-at-rest"),
    ("gap", "reason-gap"),
    ("sensor_lost", "reason-sensor-lost"),
    ("no_evidence", "reason-no-evidence"),
    ("model_failed", "reason-model-failed"),
    ("persisted", "reason-persisted"),
];

impl Lock {
    /// Whether the motion was the reason, which somebody may know better.
    pub fn is_by_evidence(&self) -> bool {
        self.reason == "evidence"
    }

    /// The key of its reason; `None` for a word of another version.
    pub fn reason_key(&self) -> Option<&'static str> {
        let found = REASONS.iter().find(|(reason, _)| *reason == self.reason);
        found.map(|(_, key)| *key)
    }

    /// The key of what came of it.
    pub fn outcome_key(&self) -> &'static str {
        match self.outcome {
            Outcome::Unknown => "outcome-unknown",
            Outcome::WouldLock => "outcome-would-lock",
            Outcome::Locked => "outcome-locked",
            Outcome::MayBeOpen => "outcome-may-be-open",
        }
    }

    /// The key of what was answered; `None` where there was no question.
    pub fn answer_key(&self) -> Option<&'static str> {
        match self.was_false {
            Some(true) => Some("answer-false"),
            Some(false) => Some("answer-right"),
            None if self.is_by_evidence() && self.outcome != Outcome::WouldLock => {
                Some("answer-none")
            }
            None => None,
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Keys of everything that can be said of a lock.
    pub fn keys() -> Vec<&'static str> {
        let mut keys = Vec::new();
        for (reason, _) in REASONS {
            for outcome in [
                Outcome::Unknown,
                Outcome::WouldLock,
                Outcome::Locked,
                Outcome::MayBeOpen,
            ] {
                for was_false in [None, Some(true), Some(false)] {
                    let lock = Lock {
                        at: 0,
                        reason: reason.to_owned(),
                        outcome,
                        was_false,
                    };
                    keys.push(lock.outcome_key());
                    keys.extend(lock.reason_key());
                    keys.extend(lock.answer_key());
                }
            }
        }
        keys
    }
}
