//! What `--train` holds: the options of `grasp-train train` for every fold.

use std::path::Path;

use clap::Parser;

use crate::cli::train::TrainArgs;
use crate::data::DataSpec;

/// Options in `--train`, parsed as those of `grasp-train train`.
#[derive(Debug, Parser)]
struct TrainOptions {
    #[command(flatten)]
    train: TrainArgs,
}

/// The training of a fold's bundle, of `data` and what more `options` name, to the folder `out`.
pub(super) fn training(options: &str, data: &DataSpec, out: &Path) -> Result<TrainArgs, String> {
    let data = format!(
        "{}={},people={}",
        data.set,
        data.root.display(),
        data.people.join("+")
    );
    let out = out.display().to_string();
    // --resume continues an interrupted fold.
    let fixed = ["train", "--resume", "--data", &data, "--out", &out];
    let words = fixed.into_iter().chain(options.split_whitespace());
    match TrainOptions::try_parse_from(words) {
        Ok(options) => Ok(options.train),
        Err(error) => Err(format!("--train: {error}")),
    }
}

/// The options without the folders of data, and without what changes no result and names places
/// of one machine.
pub(in crate::cli) fn without_places(options: &str) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut words = options.split_whitespace();
    while let Some(word) = words.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, Some(value)),
            None => (word, None),
        };
        match option {
            "--data" => {
                let value = value.or_else(|| words.next()).unwrap_or_default();
                let spec = value.parse().map(|spec: DataSpec| spec.without_folder());
                told.push(format!("--data {}", spec.as_deref().unwrap_or("DIR")));
            }
            "--checkpoint" | "--token" | "--worker" => {
                value.or_else(|| words.next());
            }
            _ => told.push(word.to_owned()),
        }
    }
    told.join(" ")
}

/// A command without the number of devices, which is no part of the recipe.
pub(super) fn without_devices(command: &str) -> &str {
    let (recipe, _) = command.split_once(" --devices ").unwrap_or((command, ""));
    recipe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_devices_is_no_part_of_a_recipe() {
        let command = "grasp-train train --arch seed-2d --window 500";
        assert_eq!(without_devices(command), command);
        assert_eq!(without_devices(&format!("{command} --devices 3")), command);
    }

    #[test]
    fn what_is_published_of_a_recipe_names_no_place() {
        for (options, told) in [
            ("--arch spectral", "--arch spectral"),
            (
                "--arch spectral  --data ubicomp13=/home/ann/u,people=p1+p2",
                "--arch spectral --data ubicomp13=DIR,people=p1+p2",
            ),
            ("--data=hapt=/home/ann --seed 2", "--data hapt=DIR --seed 2"),
            (
                "--arch seed-1d --checkpoint /home/ann/c --worker 00@host:1 --token=/t --lr=0.1",
                "--arch seed-1d --lr=0.1",
            ),
        ] {
            assert_eq!(without_places(options), told);
        }
    }
}
