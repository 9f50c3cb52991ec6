//! The model bundle.

use super::{Finding, Patient};
use crate::daemon::{RunError, check_hop};
use crate::embed::Embedder;
use crate::model::Bundle;

const CHECK: &str = "model";

pub(super) fn check(patient: &Patient<'_>) -> (Option<Bundle>, Finding) {
    let path = &patient.config.model.bundle;
    let opened = Bundle::open(path).map_err(RunError::from);
    let checked = opened.and_then(|bundle| {
        let embedder = Embedder::new(&bundle)?;
        check_hop(patient.config.window.hop_frames, &embedder, &bundle)?;
        Ok(bundle)
    });
    match checked {
        Ok(bundle) => {
            let found = format!(
                "{} ({:.12}) in {}",
                bundle.manifest().name,
                bundle.id().to_string(),
                path.display()
            );
            (Some(bundle), Finding::ok(CHECK, found))
        }
        Err(error) => (None, Finding::fail(CHECK, error.to_string())),
    }
}
