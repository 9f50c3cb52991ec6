//! Writing a model bundle: graph, manifest, history and model card, all of it
//! or nothing.

mod card;
mod graph;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use graspd::model::cohort::{Cohort, CohortError};
use graspd::model::{FORMAT, Input, Manifest, Output, Runtime, Training};
use graspd::motion::{CHANNEL_ORDER, RATE_HZ};
use thiserror::Error;

pub use graph::{Graph, GraphError};

use crate::folder;
use crate::history::{self, Epoch, Measured};

/// File name of the graph.
const GRAPH: &str = "branch.onnx";
/// File name of the people that it was made with.
const COHORT: &str = "cohort.bin";
/// File name of what each epoch came to.
const HISTORY: &str = "history.csv";
/// The tract version that exported graphs are tested with.
const TRACT: &str = "0.23.9";

/// Everything a bundle says.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The network.
    pub graph: Graph,
    /// How its weights came to be.
    pub training: Training,
    /// What goes beside it.
    pub beside: Beside,
    /// Figures by name.
    pub figures: BTreeMap<String, f64>,
}

/// What a bundle holds besides its graph.
#[derive(Debug, Clone)]
pub enum Beside {
    /// What training came to.
    History {
        /// How well distance told pairs apart before anything was learnt.
        before: Measured,
        /// What each epoch came to.
        epochs: Vec<Epoch>,
    },
    /// The people that it was made with.
    Cohort(Cohort),
}

/// Why a bundle cannot be written.
#[derive(Debug, Error)]
pub enum BundleError {
    /// Something is in the way.
    #[error("{} exists already: give --out a new name, or remove it", .0.display())]
    Exists(PathBuf),
    /// The operating system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// What was being written.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The cohort makes no sense.
    #[error("cannot write the cohort: {0}")]
    Cohort(#[from] CohortError),
    /// The manifest cannot be put as TOML.
    #[error("cannot write the manifest: {0}")]
    Manifest(#[from] toml::ser::Error),
}

/// Refuses an `out` that [`Bundle::write`] would refuse, before hours of work.
pub fn check_free(out: &Path) -> Result<(), BundleError> {
    match fs::symlink_metadata(out) {
        Ok(_) => Err(BundleError::Exists(out.to_owned())),
        Err(_) => Ok(()),
    }
}

impl Bundle {
    /// Writes the bundle as the folder `out`, which must not exist. It appears
    /// whole or not at all.
    pub fn write(&self, out: &Path) -> Result<(), BundleError> {
        check_free(out)?;
        let (name, beside) = match &self.beside {
            Beside::History { before, epochs } => {
                (HISTORY, history::csv(*before, epochs).into_bytes())
            }
            Beside::Cohort(cohort) => (COHORT, cohort.to_bytes()?),
        };
        let manifest = self.manifest(name, &beside);
        let card = card::of(&manifest, &self.beside);
        let manifest = toml::to_string(&manifest)?;

        let files: [(&str, &[u8]); 4] = [
            (GRAPH, &self.graph.onnx),
            (name, &beside),
            ("manifest.toml", manifest.as_bytes()),
            ("README.md", card.as_bytes()),
        ];
        folder::write_whole(out, &files).map_err(|(path, source)| BundleError::Io { path, source })
    }

    fn manifest(&self, name: &str, beside: &[u8]) -> Manifest {
        Manifest {
            format: FORMAT,
            name: self.training.arch.clone(),
            input: Input {
                frames: self.graph.frames,
                rate_hz: RATE_HZ,
                channels: CHANNEL_ORDER.map(str::to_owned).into(),
                units: ["m/s^2", "m/s^2", "m/s^2", "rad/s", "rad/s", "rad/s"]
                    .map(str::to_owned)
                    .into(),
            },
            output: Output {
                embedding: self.graph.embedding,
            },
            runtime: Runtime {
                graph: GRAPH.to_owned(),
                cohort: matches!(self.beside, Beside::Cohort(_)).then(|| name.to_owned()),
                hop_multiple_of: 1,
                opset: self.graph.opset,
                tract: TRACT.to_owned(),
            },
            files: BTreeMap::from([
                (GRAPH.to_owned(), folder::sha256(&self.graph.onnx)),
                (name.to_owned(), folder::sha256(beside)),
            ]),
            training: self.training.clone(),
            figures: self.figures.clone(),
        }
    }
}
