//! polkit's open prompts for a secret, one a user at most, so that no program can cover the
//! screen with them.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::refusal::Refusal;

/// User ids of those with an open prompt.
#[derive(Debug, Default)]
pub(super) struct OpenPrompts(Mutex<BTreeSet<u32>>);

/// An open prompt, until it is dropped.
#[derive(Debug)]
pub(super) struct Prompt<'a> {
    all: &'a OpenPrompts,
    uid: u32,
}

impl OpenPrompts {
    /// Refused while that user has another.
    pub(super) fn begin(&self, uid: u32) -> Result<Prompt<'_>, Refusal> {
        match self.uids().insert(uid) {
            true => Ok(Prompt { all: self, uid }),
            false => Err(Refusal::Refused(
                "polkit is asking for the secret already".into(),
            )),
        }
    }

    fn uids(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Prompt<'_> {
    fn drop(&mut self) {
        self.all.uids().remove(&self.uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_two_prompts_at_once() {
        let prompts = OpenPrompts::default();
        let prompt = prompts.begin(1000).unwrap();
        assert!(prompts.begin(1000).is_err());
        assert!(prompts.begin(1001).is_ok());
        drop(prompt);
        assert!(prompts.begin(1000).is_ok());
    }
}
