//! The score of a window in the session that an unlock has proved.

use serde::{Deserialize, Serialize};

use super::NOVEL;
use crate::owner::Score;
use crate::owner::session_adaptation::SessionSpace;

/// What scores a window in a session: the log-likelihood ratio alone, normalised by itself,
/// because what is learnt of a session says nothing of the one-class SVMs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InSession {
    /// Where a session's windows are averaged.
    pub space: SessionSpace,
    /// Mean log-likelihood ratio of impostors' windows.
    pub strangers: f64,
    /// Difference from there to the mean of the owner's median held-out session; positive.
    pub span: f64,
}

impl InSession {
    /// The score of a window with the log-likelihood ratio `ratio`, in a session in which it
    /// is e^`gain` times as likely for the owner as in any session of theirs: 0 for
    /// impostors' mean, 1 for the owner's in sessions that nothing is known of.
    pub fn score(&self, ratio: f64, gain: f64) -> Score {
        let normalised = (ratio + gain - self.strangers) / self.span;
        Score(if normalised < NOVEL {
            NOVEL
        } else {
            normalised
        })
    }

    /// Whether numbers are finite, and the space is for embeddings of `columns`.
    pub(super) fn is_sound(&self, columns: usize) -> bool {
        self.space.is_sound()
            && self.space.columns() == columns
            && self.strangers.is_finite()
            && self.span.is_finite()
            && self.span > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_normalised_and_what_is_no_number_stays_none() {
        let space = SessionSpace::new(vec![1.0], [&[0.0][..]], 0.5).unwrap();
        let in_session = InSession {
            space,
            strangers: -6.0,
            span: 4.0,
        };
        assert!(in_session.is_sound(1) && !in_session.is_sound(2));
        assert_eq!(in_session.score(-6.0, 0.0), Score(0.0));
        assert_eq!(in_session.score(-6.0, 4.0), Score(1.0));
        assert_eq!(in_session.score(-1e6, 0.0), Score(NOVEL));
        assert!(in_session.score(f64::NAN, 0.0).0.is_nan());
    }
}
