//! Training each fold's bundle, for `grasp-train evaluate --folds`.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Parser;
use graspd::model::{Bundle, Training};

use super::train::TrainArgs;
use crate::data::{Catalogue, DataSpec};
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
        check(&Bundle::open(&path)?, spec, &fold, &train, &path)?;
        bundles.push((path, fold));
    }
    Ok(bundles)
}

/// A command without the number of devices, which is no part of the recipe.
fn recipe(command: &str) -> &str {
    let (recipe, _) = command.split_once(" --devices ").unwrap_or((command, ""));
    recipe
}

/// An error if a bundle that existed already is not of this fold's people, or was trained
/// with other options.
fn check(
    bundle: &Bundle,
    spec: &DataSpec,
    fold: &FoldSplit,
    train: &TrainArgs,
    path: &Path,
) -> Result<(), String> {
    let Training { data, command, .. } = &bundle.manifest().training;
    let trained = data.iter().find(|data| data.name == spec.set.name());
    let differs = if trained.is_none_or(|data| data.people != fold.trained) {
        "on other people than this fold's".to_owned()
    } else if recipe(command) != recipe(&train.command_on(data)) {
        format!("otherwise (`{command}`)")
    } else {
        return Ok(());
    };
    Err(format!(
        "{} was trained {differs}; remove it, or give another --out",
        path.display()
    ))
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
