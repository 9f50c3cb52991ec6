//! The bundle of each fold, for `grasp-train evaluate --folds`.

mod recipe;
mod split;
mod taught;
mod trained_on;

use std::error::Error;
use std::path::{Path, PathBuf};

pub(super) use recipe::without_places;
pub(super) use split::Split;

use self::recipe::training;
use self::trained_on::PeopleDigests;
use crate::data::{Catalogue, DataSpec};
use crate::evaluate::cross_validation::FoldSplit;
use crate::progress::Progress;

/// Where the bundles of folds are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bundles<'a> {
    /// Below this folder; what is missing is trained, and what is there has to be of the same
    /// recordings.
    TrainedIn(&'a Path),
    /// Below this folder, whatever recordings of these people they were trained on.
    TakenFrom(&'a Path),
}

/// Folder of the bundle and people of each fold of the people that `spec` names.
pub(super) fn bundles(
    spec: &DataSpec,
    split: Split,
    options: &str,
    bundles: Bundles<'_>,
    progress: Progress,
) -> Result<Vec<(PathBuf, FoldSplit)>, Box<dyn Error>> {
    let folder = match bundles {
        Bundles::TrainedIn(folder) | Bundles::TakenFrom(folder) => folder,
    };
    let mut folds = Vec::new();
    for (name, fold) in split.of(&Catalogue::of(spec)?.ids())? {
        let path = folder.join(name);
        let taught = DataSpec {
            people: fold.trained.clone(),
            ..spec.clone()
        };
        folds.push((training(options, &taught, &path)?, path, fold));
    }
    let digests = match (bundles, folds.first()) {
        (Bundles::TrainedIn(_), Some((train, ..))) => {
            let more = train.sets()?.iter().skip(1);
            let everyone: Vec<DataSpec> = std::iter::once(spec).chain(more).cloned().collect();
            Some(PeopleDigests::read(&everyone, train.shape(), progress)?)
        }
        _ => None,
    };
    let count = folds.len();
    let mut found = Vec::new();
    for (number, (train, path, fold)) in (1..).zip(folds) {
        let digest = match &digests {
            Some(digests) => Some(digests.of(train.sets()?)?),
            None => None,
        };
        if let Some(digest) = &digest
            && !path.join("manifest.toml").exists()
        {
            progress.say(&format!(
                "fold {number} of {count}: without {}",
                fold.tested.join(", ")
            ));
            trained_on::write(&path, digest)?;
            train.clone().run()?;
        }
        let untaught = taught::untaught(&path, &train)?;
        if let Some(digest) = &digest {
            trained_on::check(&path, digest)?;
        }
        if !untaught.is_empty() {
            progress.say(&format!(
                "fold {number} of {count}: nothing was learnt of {}, who have no session that can \
                 be used",
                untaught.join(", ")
            ));
        }
        found.push((path, fold));
    }
    Ok(found)
}
