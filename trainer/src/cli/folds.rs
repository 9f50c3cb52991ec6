//! Training each fold's bundle, for `grasp-train evaluate --folds`.

use std::error::Error;
use std::path::Path;

use clap::Parser;
use graspd::model::Bundle;

use super::train::TrainArgs;
use crate::data::{Catalogue, DataSpec};
use crate::evaluate::cross_validation::{FoldSplit, split_people};
use crate::progress::Progress;

/// Options in `--train`, parsed as those of `grasp-train train`.
#[derive(Debug, Parser)]
struct TrainOptions {
    #[command(flatten)]
    train: TrainArgs,
}

/// Bundle and people of each fold of the people that `spec` names. Bundles are written to
/// `out`/fold-N; one that exists already is used.
pub(super) fn train(
    spec: &DataSpec,
    folds: usize,
    options: &str,
    out: &Path,
    progress: Progress,
) -> Result<Vec<(Bundle, FoldSplit)>, Box<dyn Error>> {
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
    for (number, fold) in (1..).zip(split_people(&people, folds)) {
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
                fold.trained.join("+")
            );
            let path = path.display().to_string();
            // --resume continues an interrupted fold.
            let fixed = ["train", "--resume", "--data", &data, "--out", &path];
            let words = fixed.into_iter().chain(options.split_whitespace());
            TrainOptions::try_parse_from(words)
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

/// An error if a bundle that existed already is not of this fold's people.
fn check(bundle: &Bundle, spec: &DataSpec, fold: &FoldSplit, path: &Path) -> Result<(), String> {
    let data = &bundle.manifest().training.data;
    let taught = data.iter().find(|data| data.name == spec.set.name());
    match taught.is_some_and(|data| data.people == fold.trained) {
        true => Ok(()),
        false => Err(format!(
            "{} was taught on other people than this fold's; remove it, or give another --out",
            path.display()
        )),
    }
}
