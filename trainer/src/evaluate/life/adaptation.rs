//! How a profile changes with use.

use clap::ValueEnum;

use crate::evaluate::features::Features;

/// How a profile changes with use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Adaptation {
    /// It stays as it was enrolled
    #[default]
    None,
}

/// A session of the owner that was scored.
pub struct LivedSession<'a> {
    /// Embeddings of its windows, oldest first.
    pub rows: &'a Features,
    /// Their scores by the profile before the session.
    pub scores: &'a [f64],
}

impl Adaptation {
    /// Name in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
        }
    }

    /// The rows of a session that join the profile as a new session after it; `None` if
    /// nothing is learnt. `session` is the owner's, but nothing here may rely on it.
    pub fn learn(self, session: &LivedSession<'_>) -> Option<Features> {
        match self {
            Self::None => {
                debug_assert_eq!(session.rows.nrows(), session.scores.len());
                None
            }
        }
    }
}
