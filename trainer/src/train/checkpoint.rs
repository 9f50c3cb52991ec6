//! Checkpoints: an interrupted training continues with the same result, to the bit.
//!
//! After each epoch a folder `epoch-N` is written atomically, and the previous one is
//! removed. It holds the weights and the optimiser's state as Burn records them, and
//! state.toml with the rest: losses, steps, and the position of the random generator that
//! orders the pairs.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use burn::store::ModuleRecord;
use burn::tensor::Bytes;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::siamese::{Best, Training};
use crate::arch::Branch;
use crate::atomic_folder;
use crate::hash::sha256;
use crate::history::{Epoch, Measured};

/// Format of state.toml.
const FORMAT: u32 = 1;
const STATE: &str = "state.toml";
const BRANCH: &str = "branch.bpk";
const OPTIMISER: &str = "optimiser.bpk";
const BEST: &str = "best.bpk";
/// Prefix of the folders' names.
const EPOCH: &str = "epoch-";

/// The checkpoints of one training.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    folder: PathBuf,
    /// The training's command with every option written out, which identifies it.
    command: String,
}

/// Why a checkpoint cannot be written or resumed from.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The folder holds a training, and `--resume` was not given.
    #[error("{} holds an interrupted training: --resume goes on with it; or remove it", .0.display())]
    InTheWay(PathBuf),
    /// The checkpoint is of a training with other options.
    #[error(
        "{} is of a training with other options, `{command}`: give --checkpoint another folder, \
         or remove it", folder.display()
    )]
    OtherOptions {
        /// Folder of the checkpoint.
        folder: PathBuf,
        /// Command of that training.
        command: String,
    },
    /// The checkpoint is of a training on other recordings.
    #[error(
        "{} is of a training on other recordings: give --checkpoint another folder, or remove it",
        .0.display()
    )]
    OtherData(PathBuf),
    /// A file of the checkpoint is missing or altered.
    #[error("{} cannot be gone on with ({why}): remove it to begin again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Burn cannot serialise the training.
    #[error("the training cannot be recorded: {0}")]
    Record(String),
    /// A file operation failed.
    #[error("cannot keep the training in {}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: u32,
    command: String,
    /// SHA-256 of the pairs and their windows.
    data: String,
    steps: usize,
    /// Position of the random generator that orders the pairs, in words.
    drawn: u64,
    /// SHA-256 of the other files.
    files: BTreeMap<String, String>,
    before: Measured,
    best: Option<BestState>,
    history: Vec<Epoch>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BestState {
    epochs: usize,
    loss: f64,
}

impl Checkpoints {
    /// Checkpoints in `folder` of the training that `command` identifies.
    pub fn new(folder: PathBuf, command: String) -> Self {
        Self { folder, command }
    }

    /// Whether `folder` has a checkpoint.
    pub fn any(folder: &Path) -> Result<bool, CheckpointError> {
        Ok(latest(folder)?.is_some())
    }

    /// Writes a checkpoint of `training`, which is on data of this SHA-256, and removes the
    /// previous one.
    pub(crate) fn save<B: Branch>(
        &self,
        training: &Training<B>,
        data: &str,
        before: Measured,
    ) -> Result<(), CheckpointError> {
        let unrecorded = |e: burn::store::RecordError| CheckpointError::Record(e.to_string());
        let record = |branch: &B| {
            branch
                .clone()
                .into_record()
                .into_bytes()
                .map_err(unrecorded)
        };
        let mut records = vec![
            (BRANCH, record(&training.branch)?),
            (
                OPTIMISER,
                training.optimiser.into_bytes().map_err(unrecorded)?,
            ),
        ];
        if let Some(best) = &training.best {
            records.push((BEST, record(&best.branch)?));
        }
        let drawn = u64::try_from(training.rng.get_word_pos());
        let state = State {
            format: FORMAT,
            command: self.command.clone(),
            data: data.to_owned(),
            steps: training.steps,
            drawn: drawn.map_err(|e| CheckpointError::Record(e.to_string()))?,
            files: records
                .iter()
                .map(|(name, contents)| ((*name).to_owned(), sha256(contents)))
                .collect(),
            before,
            best: training.best.as_ref().map(|best| BestState {
                epochs: best.epochs,
                loss: best.loss,
            }),
            history: training.history.clone(),
        };
        let state = toml::to_string(&state).map_err(|e| CheckpointError::Record(e.to_string()))?;
        let mut files = vec![(STATE, state.as_bytes())];
        files.extend(
            records
                .iter()
                .map(|(name, contents)| (*name, &contents[..])),
        );

        let name = format!("{EPOCH}{}", training.history.len());
        let path = self.folder.join(&name);
        atomic_folder::write_whole(&path, &files)
            .map_err(|(path, source)| CheckpointError::Io { path, source })?;
        self.remove_all_but(Some(&name))
    }

    /// Restores `training` from the newest checkpoint and returns what was measured before
    /// the training. `None` without a checkpoint.
    pub(crate) fn restore<B: Branch>(
        &self,
        training: &mut Training<B>,
        data: &str,
    ) -> Result<Option<Measured>, CheckpointError> {
        let Some(path) = latest(&self.folder)? else {
            return Ok(None);
        };
        let damaged = |name: &str, why: String| CheckpointError::Damaged {
            path: path.join(name),
            why,
        };
        let read = |name: &str| fs::read(path.join(name)).map_err(|e| damaged(name, e.to_string()));
        let state: State = String::from_utf8(read(STATE)?)
            .map_err(|e| damaged(STATE, e.to_string()))
            .and_then(|text| {
                toml::from_str(&text).map_err(|e| damaged(STATE, e.message().to_owned()))
            })?;
        if state.format != FORMAT {
            return Err(damaged(
                STATE,
                format!("format {}, not {FORMAT}", state.format),
            ));
        }
        if state.command != self.command {
            return Err(CheckpointError::OtherOptions {
                folder: self.folder.clone(),
                command: state.command,
            });
        }
        if state.data != data {
            return Err(CheckpointError::OtherData(self.folder.clone()));
        }
        let record = |name: &str| {
            let contents = read(name)?;
            match state.files.get(name) == Some(&sha256(&contents)) {
                true => Ok(Bytes::from_bytes_vec(contents)),
                false => Err(damaged(name, "not what was written".into())),
            }
        };
        let branch = |name: &str, like: &B| {
            ModuleRecord::from_bytes(record(name)?)
                .and_then(|record| like.clone().try_load_record(record))
                .map_err(|e| damaged(name, e.to_string()))
        };
        training.best = match state.best {
            Some(BestState { epochs, loss }) => Some(Best {
                branch: branch(BEST, &training.branch)?,
                epochs,
                loss,
            }),
            None => None,
        };
        training.branch = branch(BRANCH, &training.branch)?;
        let optimiser = training.optimiser.clone().from_bytes(record(OPTIMISER)?);
        training.optimiser = optimiser.map_err(|e| damaged(OPTIMISER, e.to_string()))?;
        training.rng.set_word_pos(u128::from(state.drawn));
        training.steps = state.steps;
        training.history = state.history;
        Ok(Some(state.before))
    }

    /// Removes all checkpoints, after the training is complete.
    pub fn clear(&self) -> Result<(), CheckpointError> {
        self.remove_all_but(None)?;
        match fs::remove_dir(&self.folder) {
            // Files of others in the folder stay.
            Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(at(&self.folder)),
        }
    }

    fn remove_all_but(&self, kept: Option<&str>) -> Result<(), CheckpointError> {
        for name in names(&self.folder)? {
            if name.starts_with(EPOCH) && Some(name.as_str()) != kept {
                let path = self.folder.join(name);
                fs::remove_dir_all(&path).map_err(at(&path))?;
            }
        }
        Ok(())
    }
}

/// Folder of the newest checkpoint; `None` without one.
fn latest(folder: &Path) -> Result<Option<PathBuf>, CheckpointError> {
    let epoch = |name: &String| name.strip_prefix(EPOCH)?.parse::<usize>().ok();
    let newest = names(folder)?
        .into_iter()
        .filter_map(|name| Some((epoch(&name)?, name)))
        .max();
    Ok(newest.map(|(_, name)| folder.join(name)))
}

/// Names in `folder`; empty if it does not exist.
fn names(folder: &Path) -> Result<Vec<String>, CheckpointError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(at(folder))?,
    };
    let name = |entry: io::Result<fs::DirEntry>| entry.map(|e| e.file_name().into_string().ok());
    let names: io::Result<Vec<_>> = entries.map(name).collect();
    Ok(names.map_err(at(folder))?.into_iter().flatten().collect())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CheckpointError {
    let path = path.to_owned();
    |source| CheckpointError::Io { path, source }
}
