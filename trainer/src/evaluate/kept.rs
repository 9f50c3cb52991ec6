//! What an interrupted evaluation does not do again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::folder::sha256;

/// A folder of finished pieces of work, each named by all that it depends on.
#[derive(Debug, Clone)]
pub struct Kept {
    folder: PathBuf,
    /// Which program makes them: another may come to something else.
    program: String,
}

impl Kept {
    /// In `folder`, which need not exist.
    pub fn new(folder: PathBuf) -> Self {
        let program = std::env::current_exe().and_then(fs::metadata);
        let program = program.ok().and_then(|file| {
            let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            Some(format!("{} {}", file.len(), changed.as_nanos()))
        });
        Self {
            folder,
            program: program.unwrap_or_default(),
        }
    }

    /// What `make` made of these inputs, now or before an interruption. What
    /// cannot be read is made again.
    pub fn or_make<T: Serialize + DeserializeOwned, E: From<KeepError>>(
        &self,
        inputs: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path(inputs);
        let kept = fs::read(&path).ok();
        if let Some(found) = kept.and_then(|json| serde_json::from_slice(&json).ok()) {
            return Ok(found);
        }
        let made = make()?;
        let json = serde_json::to_vec(&made).map_err(|e| KeepError::at(&path)(e.into()))?;
        self.write(&path, &json)?;
        Ok(made)
    }

    /// Whether something is kept for these inputs.
    pub fn has(&self, inputs: &str) -> bool {
        self.path(inputs).exists()
    }

    /// All is done: nothing needs to be kept.
    pub fn clear(&self) -> Result<(), KeepError> {
        match fs::remove_dir_all(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(KeepError::at(&self.folder)),
        }
    }

    fn path(&self, inputs: &str) -> PathBuf {
        let name = sha256(format!("{}\n{inputs}", self.program).as_bytes());
        self.folder.join(name + ".json")
    }

    /// Whole or not at all.
    fn write(&self, path: &Path, json: &[u8]) -> Result<(), KeepError> {
        let partial = path.with_extension("partial");
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&partial, json))
            .and_then(|()| fs::rename(&partial, path))
            .map_err(KeepError::at(path))
    }
}

/// Work cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep {}: {source}", path.display())]
pub struct KeepError {
    path: PathBuf,
    source: io::Error,
}

impl KeepError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self { path, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kept: &Kept, inputs: &str, value: f64) -> f64 {
        let made: Result<f64, KeepError> = kept.or_make(inputs, || Ok(value));
        made.unwrap()
    }

    #[test]
    fn work_is_done_once_for_the_same_inputs_and_again_where_it_was_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let kept = Kept::new(dir.path().join("kept"));
        assert_eq!(made(&kept, "a", 0.1 + 0.2), 0.1 + 0.2);
        assert_eq!(made(&kept, "a", 9.0), 0.1 + 0.2, "to the bit");
        assert!(kept.has("a") && !kept.has("b"));
        assert_eq!(made(&kept, "b", 9.0), 9.0);
        for entry in fs::read_dir(dir.path().join("kept")).unwrap() {
            fs::write(entry.unwrap().path(), "{").unwrap();
        }
        assert_eq!(made(&kept, "a", 2.0), 2.0);
        kept.clear().unwrap();
        kept.clear().unwrap();
        assert_eq!(made(&kept, "a", 3.0), 3.0);
    }
}
