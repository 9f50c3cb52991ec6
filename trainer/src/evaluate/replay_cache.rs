//! Finished replays on disk, so that an interrupted evaluation need not repeat them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hash::sha256;

/// A folder of JSON files, one a result, named by the hash of everything it depends on.
#[derive(Debug, Clone)]
pub struct ReplayCache {
    folder: PathBuf,
    /// Size and modification time of this executable; another build's results are not used.
    program: String,
}

impl ReplayCache {
    /// A cache in `folder`, which need not exist.
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

    /// The stored result for `inputs`; without a readable one, the result of `make`, which
    /// is stored.
    pub fn or_make<T: Serialize + DeserializeOwned, E: From<CacheError>>(
        &self,
        inputs: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let path = self.path(inputs);
        let cache = fs::read(&path).ok();
        if let Some(found) = cache.and_then(|json| serde_json::from_slice(&json).ok()) {
            return Ok(found);
        }
        let made = make()?;
        let json = serde_json::to_vec(&made).map_err(|e| CacheError::at(&path)(e.into()))?;
        self.write(&path, &json)?;
        Ok(made)
    }

    /// Whether there is a stored result for `inputs`.
    pub fn has(&self, inputs: &str) -> bool {
        self.path(inputs).exists()
    }

    /// Removes the folder, after the evaluation is written.
    pub fn clear(&self) -> Result<(), CacheError> {
        match fs::remove_dir_all(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(CacheError::at(&self.folder)),
        }
    }

    fn path(&self, inputs: &str) -> PathBuf {
        let name = sha256(format!("{}\n{inputs}", self.program).as_bytes());
        self.folder.join(name + ".json")
    }

    /// Writes a file atomically.
    fn write(&self, path: &Path, json: &[u8]) -> Result<(), CacheError> {
        let partial = path.with_extension("partial");
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&partial, json))
            .and_then(|()| fs::rename(&partial, path))
            .map_err(CacheError::at(path))
    }
}

/// A result cannot be stored, or the folder not be removed.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep {}: {source}", path.display())]
pub struct CacheError {
    path: PathBuf,
    source: io::Error,
}

impl CacheError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self { path, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(cache: &ReplayCache, inputs: &str, value: f64) -> f64 {
        let made: Result<f64, CacheError> = cache.or_make(inputs, || Ok(value));
        made.unwrap()
    }

    #[test]
    fn work_is_done_once_for_the_same_inputs_and_again_where_it_was_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let cache = ReplayCache::new(dir.path().join("kept"));
        assert_eq!(made(&cache, "a", 0.1 + 0.2), 0.1 + 0.2);
        assert_eq!(made(&cache, "a", 9.0), 0.1 + 0.2, "to the bit");
        assert!(cache.has("a") && !cache.has("b"));
        assert_eq!(made(&cache, "b", 9.0), 9.0);
        for entry in fs::read_dir(dir.path().join("kept")).unwrap() {
            fs::write(entry.unwrap().path(), "{").unwrap();
        }
        assert_eq!(made(&cache, "a", 2.0), 2.0);
        cache.clear().unwrap();
        cache.clear().unwrap();
        assert_eq!(made(&cache, "a", 3.0), 3.0);
    }
}
