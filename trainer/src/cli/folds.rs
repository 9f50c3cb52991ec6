//! Teaching each fold's bundle, for `grasp-train evaluate --folds`.

use std::error::Error;
use std::path::Path;

use clap::Parser;
use graspd::model::Bundle;

use super::train::TrainArgs;
use crate::data::{Catalogue, DataSpec};
use crate::evaluate::folds::{FoldOf, deal};
use crate::progress::Progress;

/// What stands in `--train`, read as `grasp-train train` reads it.
#[derive(Debug, Parser)]
struct Recipe {
    #[command(flatten)]
    train: TrainArgs,
}

/// The bundle of each fold of the people that `spec` names, and whom it is for.
/// Each lies in a folder `fold-N` of `out`, and is not taught again if it is there.
pub(super) fn teach(
    spec: &DataSpec,
    folds: usize,
    recipe: &str,
    out: &Path,
    progress: Progress,
) -> Result<Vec<(Bundle, FoldOf)>, Box<dyn Error>> {
    let catalogue = Catalogue::of(spec)?;
    let people: Vec<String> = catalogue
        .people
        .iter()
        .filter_map(|recordings| Some(recordings.first()?.person.clone()))
        .collect();
    if folds < 2 || people.len() < 2 * folds {
        return Err(format!(
            "{} people make no {folds} folds: each takes two at least, and there must be two folds",
            people.len()
        )
        .into());
    }
    let mut bundles = Vec::new();
    for (number, fold) in (1..).zip(deal(&people, folds)) {
        let path = out.join(format!("fold-{number}"));
        if !path.join("manifest.toml").exists() {
            progress.say(&format!(
                "fold {number} of {folds}: without {}",
                fold.tested.join(", ")
            ));
            let data = format!(
                "{}={},people={}",
                spec.set,
                spec.root.display(),
                fold.taught.join("+")
            );
            let path = path.display().to_string();
            // An interrupted fold goes on where it was.
            let fixed = ["train", "--resume", "--data", &data, "--out", &path];
            let words = fixed.into_iter().chain(recipe.split_whitespace());
            Recipe::try_parse_from(words)
                .map_err(|e| format!("--train: {e}"))?
                .train
                .run()?;
        }
        let bundle = Bundle::open(&path)?;
        check(&bundle, spec, &fold, &path)?;
        bundles.push((bundle, fold));
    }
    Ok(bundles)
}

/// A bundle that was there already must be this fold's.
fn check(bundle: &Bundle, spec: &DataSpec, fold: &FoldOf, path: &Path) -> Result<(), String> {
    let data = &bundle.manifest().training.data;
    let taught = data.iter().find(|data| data.name == spec.set.name());
    match taught.is_some_and(|data| data.people == fold.taught) {
        true => Ok(()),
        false => Err(format!(
            "{} was taught on other people than this fold's; remove it, or give another --out",
            path.display()
        )),
    }
}
