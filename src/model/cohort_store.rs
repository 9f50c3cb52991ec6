//! Reads a bundle's cohort whenever it is wanted, so that a daemon need not keep it.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use super::bundle::{read_cohort, read_listed};
use super::cohort::Cohort;
use super::error::{ModelError, Refusal};
use super::manifest::Manifest;

/// A cohort that is read when it is wanted: a daemon wants it for minutes a week, and it is as
/// large as all else that it keeps.
#[derive(Debug, Clone)]
pub enum CohortStore {
    /// The bundle ships none.
    None,
    /// In memory.
    Held(Arc<Cohort>),
    /// In the bundle, by the hash of the manifest that was read at the start.
    InBundle(Arc<Stored>),
}

/// Where a cohort is stored.
#[derive(Debug)]
pub struct Stored {
    bundle: PathBuf,
    file: String,
    manifest: Manifest,
}

impl CohortStore {
    pub(super) fn in_bundle(bundle: PathBuf, file: String, manifest: Manifest) -> Self {
        Self::InBundle(Arc::new(Stored {
            bundle,
            file,
            manifest,
        }))
    }

    /// Reads it for as long as `make` makes something of it, which gets `None` if there is
    /// none. Errors of either are told in words.
    pub fn lend<T, E: Display>(
        &self,
        make: impl FnOnce(Option<&Cohort>) -> Result<T, E>,
    ) -> Result<T, String> {
        let cohort = self.get().map_err(|why| why.to_string())?;
        make(cohort.as_deref()).map_err(|why| why.to_string())
    }

    /// Reads it; `None` if there is none. An error if the bundle has changed meanwhile.
    fn get(&self) -> Result<Option<Arc<Cohort>>, ModelError> {
        match self {
            Self::None => Ok(None),
            Self::Held(cohort) => Ok(Some(cohort.clone())),
            Self::InBundle(stored) => {
                stored
                    .read()
                    .map(|cohort| Some(Arc::new(cohort)))
                    .map_err(|why| ModelError {
                        bundle: stored.bundle.clone(),
                        why,
                    })
            }
        }
    }
}

impl Stored {
    fn read(&self) -> Result<Cohort, Refusal> {
        let listed = self.manifest.files.get(&self.file);
        let listed = listed.map_or("", String::as_str);
        let bytes = read_listed(&self.bundle, &self.file, listed)?;
        read_cohort(&self.file, &bytes, &self.manifest)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::model::Bundle;

    #[test]
    fn a_cohort_that_was_let_go_is_read_again_as_it_was_or_not_at_all() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/default");
        let folder = tempfile::tempdir().unwrap();
        for file in fs::read_dir(shipped).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let mut bundle = Bundle::open(folder.path()).unwrap();
        let held = bundle.cohort().unwrap();
        let store = bundle.let_cohort_go();
        assert!(bundle.cohort().is_none());
        assert_eq!(store.get().unwrap().unwrap(), held);

        let file = folder.path().join("cohort.bin");
        let mut bytes = fs::read(&file).unwrap();
        bytes[1000] ^= 1;
        fs::write(&file, bytes).unwrap();
        let error = store.get().unwrap_err().to_string();
        assert!(error.contains("cohort.bin"), "{error}");
    }
}
