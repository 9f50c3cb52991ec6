//! A bundle and the names of the people whom it is tested on. Recordings are read when the
//! fold is evaluated, so that no more than the folds under way are in memory.

use std::path::PathBuf;

use graspd::model::Bundle;

use super::EvaluateError;
use super::test_set::{TestSet, seen_in_training};
use crate::data::{Catalogue, DataSpec};
use crate::progress::Progress;

/// What a fold is evaluated on.
#[derive(Debug, Clone)]
pub struct FoldSource {
    /// Folder of the bundle.
    pub bundle: PathBuf,
    /// The people who are tested.
    pub tested: DataSpec,
    /// People of another data set who are impostors to all of them.
    pub strangers: Option<DataSpec>,
}

/// Opens the bundles of `sources`. With them come the ids of tested people whom one of them was
/// trained on, which is an error without `allow_seen`.
pub fn open_bundles(
    sources: &[FoldSource],
    allow_seen: bool,
) -> Result<(Vec<Bundle>, Vec<String>), EvaluateError> {
    let (mut bundles, mut seen) = (Vec::new(), Vec::new());
    for source in sources {
        let bundle = Bundle::open(&source.bundle)?;
        seen.extend(source.seen_by(&bundle)?);
        bundles.push(bundle);
    }
    seen.sort_unstable();
    seen.dedup();
    match seen.is_empty() || allow_seen {
        true => Ok((bundles, seen)),
        false => Err(EvaluateError::Seen(seen)),
    }
}

/// A bundle and the people whom it is tested on.
pub struct FoldTest {
    /// The bundle.
    pub bundle: Bundle,
    /// The people.
    pub test_set: TestSet,
    /// Impostors of another data set.
    pub strangers: Option<TestSet>,
}

impl FoldSource {
    /// Reads the bundle and all recordings. There may be nobody to test, but without impostors
    /// of the other data set it is an error.
    pub fn open(&self, progress: Progress) -> Result<FoldTest, EvaluateError> {
        let bundle = Bundle::open(&self.bundle)?;
        let (channels, frames) = (bundle.channels(), bundle.manifest().input.frames);
        let read = |spec: &DataSpec| TestSet::read(spec, channels, frames, progress);
        let test_set = read(&self.tested)?;
        let strangers = self.strangers.as_ref().map(read).transpose()?;
        let strangers = strangers.map(TestSet::or_empty).transpose()?;
        Ok(FoldTest {
            bundle,
            test_set,
            strangers,
        })
    }

    /// Ids of the people here whom `bundle` was trained on, by its manifest.
    pub fn seen_by(&self, bundle: &Bundle) -> Result<Vec<String>, EvaluateError> {
        let mut seen = Vec::new();
        for spec in std::iter::once(&self.tested).chain(&self.strangers) {
            let ids = Catalogue::of(spec)?.ids();
            seen.extend(seen_in_training(bundle, spec.set, &ids));
        }
        Ok(seen)
    }
}
