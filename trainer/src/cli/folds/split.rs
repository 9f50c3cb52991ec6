//! How people are divided into folds.

use std::fmt;
use std::str::FromStr;

use crate::evaluate::cross_validation::{FoldSplit, split_pairs, split_people};

/// How people are divided into folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Split {
    /// So many folds.
    Folds(usize),
    /// A fold for each two people.
    Pairs,
}

impl FromStr for Split {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "pairs" => Ok(Self::Pairs),
            number => number
                .parse()
                .map(Self::Folds)
                .map_err(|_| "expected a number of folds, or `pairs`"),
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folds(folds) => write!(f, "{folds}"),
            Self::Pairs => f.write_str("pairs"),
        }
    }
}

impl Split {
    /// The folds of `people`, each with the name of its bundle's folder.
    pub(super) fn of(self, people: &[String]) -> Result<Vec<(String, FoldSplit)>, String> {
        match self {
            Self::Folds(folds) if folds < 2 || people.len() < 2 * folds => Err(format!(
                "{} people make no {folds} folds: each takes two at least, and there must be two \
                 folds",
                people.len()
            )),
            Self::Folds(folds) => {
                let names = (1..).map(|number| format!("fold-{number}"));
                Ok(names.zip(split_people(people, folds)).collect())
            }
            Self::Pairs if people.len() < 3 => Err(format!(
                "{} people make no pairs: the others are who a pair's bundle is trained on; give \
                 more with people=…",
                people.len()
            )),
            Self::Pairs => {
                let name = |fold: &FoldSplit| format!("pair-{}", fold.tested.join("-"));
                let folds = split_pairs(people).into_iter();
                Ok(folds.map(|fold| (name(&fold), fold)).collect())
            }
        }
    }
}
