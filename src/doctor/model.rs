//! The model bundle.

use super::{Device, Finding};
use crate::accelerometer_bundle::COST;
use crate::daemon::{RunError, check_hop};
use crate::model::Bundle;
use crate::model::Embedder;
use crate::motion::Channels;

const CHECK: &str = "model";

pub(super) fn check(device: &Device<'_>) -> (Option<Bundle>, Finding) {
    let path = &device.config.model.bundle;
    let opened = Bundle::open(path).map_err(RunError::from);
    let checked = opened.and_then(|bundle| {
        let embedder = Embedder::new(&bundle)?;
        check_hop(device.config.window.hop_frames, &embedder, &bundle)?;
        Ok(bundle)
    });
    match checked {
        Ok(bundle) => {
            let mut found = format!(
                "{} ({:.12}) in {}",
                bundle.manifest().name,
                bundle.id().to_string(),
                path.display()
            );
            if bundle.channels() == Channels::Accelerometer {
                found += &format!(", of the accelerometer alone: {COST}");
            }
            (Some(bundle), Finding::ok(CHECK, found))
        }
        Err(error) => (None, Finding::fail(CHECK, error.to_string())),
    }
}
