//! Finds models and sample recordings where no path is given.

use std::path::{Path, PathBuf};

use super::exit::CliError;

/// The model that is used by default.
const DEFAULT_MODEL: &str = "default";
/// Folders of the installed files, by administrators and by packages. A checkout of the
/// project is searched before them.
const SHIPPED: [&str; 2] = ["/usr/local/share/graspd", "/usr/share/graspd"];

/// The bundle to use: `named`, or the default one of this checkout or of the system.
pub(super) fn model(named: Option<&Path>) -> Result<PathBuf, CliError> {
    let shipped = || {
        first(
            "a model bundle (name one with --model)",
            &["models"],
            DEFAULT_MODEL,
        )
    };
    named.map_or_else(shipped, |path| Ok(path.to_owned()))
}

/// The path of one of the recordings of simulated people.
pub(super) fn sample(file: &str) -> Result<PathBuf, CliError> {
    first(
        "the simulated recordings",
        &["tests/data/simulated", "simulated"],
        file,
    )
}

fn first(what: &str, folders: &[&str], name: &str) -> Result<PathBuf, CliError> {
    let here = folders.iter().map(PathBuf::from);
    let shipped = SHIPPED
        .iter()
        .flat_map(|shipped| folders.iter().map(|folder| Path::new(shipped).join(folder)));
    let places: Vec<PathBuf> = here.chain(shipped).map(|p| p.join(name)).collect();
    match places.iter().find(|path| path.exists()) {
        Some(path) => Ok(path.clone()),
        None => Err(CliError::NotFound {
            what: what.to_owned(),
            places: places
                .iter()
                .map(|p| p.display().to_string())
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}
