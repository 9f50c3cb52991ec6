//! Writing a model bundle atomically: ONNX graph, manifest, model card, and history or
//! cohort.

mod companion_file;
mod model_card;
mod onnx;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use graspd::model::cohort::CohortError;
use graspd::model::{FORMAT, Input, Manifest, Output, Runtime, Training};
use graspd::motion::{Channels, RATE_HZ};
use thiserror::Error;

pub use companion_file::CompanionFile;
pub use onnx::{Graph, GraphError};

use crate::atomic_folder;
use crate::hash::sha256;
use crate::history;

/// File name of the graph.
const GRAPH: &str = "branch.onnx";
/// File name of the cohort.
const COHORT: &str = "cohort.bin";
/// File name of the training history.
const HISTORY: &str = "history.csv";
/// The tract version that exported graphs are tested with.
const TRACT: &str = "0.23.9";

/// Contents of a bundle.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The network.
    pub graph: Graph,
    /// Provenance of the weights, for the manifest.
    pub training: Training,
    /// The file beside the graph.
    pub beside: CompanionFile,
    /// Figures by name.
    pub figures: BTreeMap<String, f64>,
}

/// Why a bundle cannot be written.
#[derive(Debug, Error)]
pub enum BundleError {
    /// The folder exists already.
    #[error("{} exists already: give --out a new name, or remove it", .0.display())]
    Exists(PathBuf),
    /// A file operation failed.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The cohort is inconsistent.
    #[error("cannot write the cohort: {0}")]
    Cohort(#[from] CohortError),
    /// The manifest cannot be serialised.
    #[error("cannot write the manifest: {0}")]
    Manifest(#[from] toml::ser::Error),
}

/// [`BundleError::Exists`] if there is something at `out`; to be asked before the work.
pub fn check_free(out: &Path) -> Result<(), BundleError> {
    match fs::symlink_metadata(out) {
        Ok(_) => Err(BundleError::Exists(out.to_owned())),
        Err(_) => Ok(()),
    }
}

impl Bundle {
    /// Writes the bundle to the folder `out`, which must not exist and appears complete or
    /// not at all.
    pub fn write(&self, out: &Path) -> Result<(), BundleError> {
        check_free(out)?;
        let (name, beside) = match &self.beside {
            CompanionFile::History { before, epochs } => {
                (HISTORY, history::csv::write(*before, epochs).into_bytes())
            }
            CompanionFile::Cohort(cohort) => (COHORT, cohort.to_bytes()?),
        };
        let manifest = self.manifest(name, &beside);
        let card = model_card::of(&manifest, self.graph.channels, &self.beside);
        let manifest = toml::to_string(&manifest)?;

        let files: [(&str, &[u8]); 4] = [
            (GRAPH, &self.graph.onnx),
            (name, &beside),
            ("manifest.toml", manifest.as_bytes()),
            ("README.md", card.as_bytes()),
        ];
        atomic_folder::write_whole(out, &files)
            .map_err(|(path, source)| BundleError::Io { path, source })
    }

    fn manifest(&self, name: &str, beside: &[u8]) -> Manifest {
        Manifest {
            format: FORMAT,
            name: match self.graph.channels {
                Channels::Accelerometer => format!("{}-accelerometer", self.training.arch),
                Channels::AccelerometerAndGyroscope => self.training.arch.clone(),
            },
            input: Input {
                frames: self.graph.frames,
                rate_hz: RATE_HZ,
                channels: owned(self.graph.channels.names()),
                units: owned(self.graph.channels.units()),
            },
            output: Output {
                embedding: self.graph.embedding,
            },
            runtime: Runtime {
                graph: GRAPH.to_owned(),
                cohort: matches!(self.beside, CompanionFile::Cohort(_)).then(|| name.to_owned()),
                hop_multiple_of: 1,
                opset: self.graph.opset,
                tract: TRACT.to_owned(),
            },
            files: BTreeMap::from([
                (GRAPH.to_owned(), sha256(&self.graph.onnx)),
                (name.to_owned(), sha256(beside)),
            ]),
            training: self.training.clone(),
            figures: self.figures.clone(),
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
