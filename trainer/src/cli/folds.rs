//! Training each fold's bundle, for `grasp-train evaluate --folds`.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Parser;
use graspd::model::{Bundle, Training};

use super::train::TrainArgs;
use crate::data::{Catalogue, Corpus, DataError, DataSpec, WindowShape};
use crate::evaluate::cross_validation::{FoldSplit, split_pairs, split_people};
use crate::progress::Progress;

/// Options in `--train`, parsed as those of `grasp-train train`.
#[derive(Debug, Parser)]
struct TrainOptions {
    #[command(flatten)]
    train: TrainArgs,
}

/// How people are divided into folds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
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
    fn of(self, people: &[String]) -> Result<Vec<(String, FoldSplit)>, String> {
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

/// Folder of the bundle and people of each fold of the people that `spec` names. Bundles are
/// written below `out`; one that exists already is used.
pub(super) fn train(
    spec: &DataSpec,
    split: Split,
    options: &str,
    out: &Path,
    progress: Progress,
) -> Result<Vec<(PathBuf, FoldSplit)>, Box<dyn Error>> {
    let catalogue = Catalogue::of(spec)?;
    let people: Vec<String> = catalogue
        .people
        .iter()
        .filter_map(|recordings| Some(recordings.first()?.person.clone()))
        .collect();
    let folds = split.of(&people)?;
    let count = folds.len();
    let mut bundles = Vec::new();
    for (number, (name, fold)) in (1..).zip(folds) {
        let path = out.join(name);
        let data = format!(
            "{}={},people={}",
            spec.set,
            spec.root.display(),
            fold.trained.join("+")
        );
        let to = path.display().to_string();
        // --resume continues an interrupted fold.
        let fixed = ["train", "--resume", "--data", &data, "--out", &to];
        let words = fixed.into_iter().chain(options.split_whitespace());
        let train = TrainOptions::try_parse_from(words)
            .map_err(|e| format!("--train: {e}"))?
            .train;
        if !path.join("manifest.toml").exists() {
            progress.say(&format!(
                "fold {number} of {count}: without {}",
                fold.tested.join(", ")
            ));
            train.clone().run()?;
        }
        let untaught = check(&Bundle::open(&path)?, spec, &fold, &train, &path)?;
        if !untaught.is_empty() {
            progress.say(&format!(
                "fold {number} of {count}: nothing was learnt of {}, who have no session that can \
                 be used",
                untaught.join(", ")
            ));
        }
        bundles.push((path, fold));
    }
    Ok(bundles)
}

/// A command without the number of devices, which is no part of the recipe.
fn recipe(command: &str) -> &str {
    let (recipe, _) = command.split_once(" --devices ").unwrap_or((command, ""));
    recipe
}

/// Those of the fold's people of whom the bundle learnt nothing, because they have no session
/// that can be used. An error if a bundle that existed already is not of this fold's people,
/// or was trained with other options.
fn check(
    bundle: &Bundle,
    spec: &DataSpec,
    fold: &FoldSplit,
    train: &TrainArgs,
    path: &Path,
) -> Result<Vec<String>, Box<dyn Error>> {
    let Training { data, command, .. } = &bundle.manifest().training;
    let of_set = data.iter().find(|data| data.name == spec.set.name());
    let taught = of_set.map_or(&[][..], |data| &data.people);
    let (known, untaught): (Vec<_>, Vec<_>) =
        (fold.trained.iter().cloned()).partition(|person| taught.contains(person));
    let differs = if taught.is_empty()
        || known.len() < taught.len()
        || have_windows(spec, &untaught, train.shape())?
    {
        "on other people than this fold's".to_owned()
    } else if recipe(command) != recipe(&train.command_on(data)) {
        format!("otherwise (`{command}`)")
    } else {
        return Ok(untaught);
    };
    let path = path.display();
    Err(format!("{path} was trained {differs}; remove it, or give another --out").into())
}

/// Whether any of `people` has a window to train on.
fn have_windows(spec: &DataSpec, people: &[String], shape: WindowShape) -> Result<bool, DataError> {
    if people.is_empty() {
        return Ok(false);
    }
    let spec = DataSpec {
        people: people.to_vec(),
        ..spec.clone()
    };
    match Corpus::read(&spec, shape, Progress::Silent) {
        Ok(_) => Ok(true),
        Err(DataError::Empty { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_devices_is_no_part_of_a_recipe() {
        let command = "grasp-train train --arch seed-2d --window 500";
        assert_eq!(recipe(command), command);
        assert_eq!(recipe(&format!("{command} --devices 3")), command);
    }
}
