//! Whom polkit is asking for their secret: a user who is being asked is not asked again, so
//! that no program can cover the screen with questions.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::refusal::Refusal;

/// User ids of those who are being asked.
#[derive(Debug, Default)]
pub(super) struct Asking(Mutex<BTreeSet<u32>>);

/// One question, until it is dropped.
#[derive(Debug)]
pub(super) struct Question<'a> {
    all: &'a Asking,
    uid: u32,
}

impl Asking {
    /// Refused while another question to that user has no answer yet.
    pub(super) fn begin(&self, uid: u32) -> Result<Question<'_>, Refusal> {
        match self.uids().insert(uid) {
            true => Ok(Question { all: self, uid }),
            false => Err(Refusal::Refused(
                "polkit is asking for the secret already".into(),
            )),
        }
    }

    fn uids(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.all.uids().remove(&self.uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_two_questions_at_once() {
        let asking = Asking::default();
        let question = asking.begin(1000).unwrap();
        assert!(asking.begin(1000).is_err());
        assert!(asking.begin(1001).is_ok());
        drop(question);
        assert!(asking.begin(1000).is_ok());
    }
}
