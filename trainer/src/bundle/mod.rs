//! Writing a model bundle: graph, manifest, history and model card, all of it
//! or nothing.

mod card;
mod graph;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use graspd::model::{FORMAT, Input, Manifest, Output, Runtime, Training};
use graspd::motion::{CHANNEL_ORDER, RATE_HZ};
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use graph::{Graph, GraphError};

use crate::training::Epoch;

/// File name of the graph.
const GRAPH: &str = "branch.onnx";
/// File name of the losses.
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
    /// Loss of each epoch.
    pub history: Vec<Epoch>,
    /// Figures by name.
    pub figures: BTreeMap<String, f64>,
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
        let history = self.history_csv();
        let manifest = self.manifest(&history);
        let card = card::of(&manifest, &self.history);
        let manifest = toml::to_string(&manifest)?;

        let mut staging = out.as_os_str().to_owned();
        staging.push(".partial");
        let staging = PathBuf::from(staging);
        let files: [(&str, &[u8]); 4] = [
            (GRAPH, &self.graph.onnx),
            (HISTORY, history.as_bytes()),
            ("manifest.toml", manifest.as_bytes()),
            ("README.md", card.as_bytes()),
        ];
        fill(&staging, &files)
            .and_then(|()| fs::rename(&staging, out).map_err(|e| (out.to_owned(), e)))
            .map_err(|(path, source)| BundleError::Io { path, source })
    }

    fn manifest(&self, history: &str) -> Manifest {
        let sha256 = |contents: &[u8]| {
            Sha256::digest(contents)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
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
                hop_multiple_of: 1,
                opset: self.graph.opset,
                tract: TRACT.to_owned(),
            },
            files: BTreeMap::from([
                (GRAPH.to_owned(), sha256(&self.graph.onnx)),
                (HISTORY.to_owned(), sha256(history.as_bytes())),
            ]),
            training: self.training.clone(),
            figures: self.figures.clone(),
        }
    }

    fn history_csv(&self) -> String {
        let mut text = String::from("epoch,training_loss,held_out_loss\n");
        for (i, epoch) in self.history.iter().enumerate() {
            let held_out = epoch.held_out_loss.map(|loss| format!("{loss:.6}"));
            let _ = writeln!(
                text,
                "{},{:.6},{}",
                i + 1,
                epoch.training_loss,
                held_out.unwrap_or_default()
            );
        }
        text
    }
}

/// Makes `folder` afresh with these files in it, and has them on the disk.
fn fill(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), (PathBuf, io::Error)> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| (path, source)
    };
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    fs::create_dir_all(folder).map_err(at(folder))?;
    for (name, contents) in files {
        let path = folder.join(name);
        fs::write(&path, contents).map_err(at(&path))?;
        let synced = fs::File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(at(&path))?;
    }
    Ok(())
}
