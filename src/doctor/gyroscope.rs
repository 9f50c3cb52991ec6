//! Whether the model and the device agree on whether there is a gyroscope, as far as the kernel
//! has the sensors.

use super::{Device, Finding};
use crate::accelerometer_bundle::{COST, PATH};
use crate::motion::Channels;
use crate::source::auto::Candidates;

const CHECK: &str = "channels";

/// A finding where they do not.
pub(super) fn check(device: &Device<'_>, candidates: &Candidates) -> Option<Finding> {
    match candidates.iio.channels {
        Channels::AccelerometerAndGyroscope if candidates.lacks_gyroscope() => {
            let found =
                "this device has an accelerometer and no gyroscope, and the model needs both";
            Some(Finding::fail(CHECK, found).remedy(remedy(device)))
        }
        Channels::Accelerometer if candidates.has_gyroscope() => {
            let found =
                format!("the model leaves this device's gyroscope unused, which costs {COST}");
            Some(Finding::warn(CHECK, found).remedy(
                "model.bundle = \"/usr/share/graspd/models/default\" takes both; enrol anew with it",
            ))
        }
        _ => None,
    }
}

/// Names the bundle beside the configured one, or where packages have it.
fn remedy(device: &Device<'_>) -> String {
    let beside = device.config.model.bundle.with_file_name("accelerometer");
    let path = match beside.join("manifest.toml").exists() {
        true => beside.display().to_string(),
        false => PATH.to_owned(),
    };
    naming(&path)
}

/// What to do without a gyroscope, if that is why it says nothing.
pub(super) fn remedy_if_there_is_none() -> String {
    format!("if there is none, {}", naming(PATH))
}

fn naming(bundle: &str) -> String {
    format!(
        "model.bundle = \"{bundle}\" goes by the accelerometer alone; enrol anew with it. It costs \
         {COST}"
    )
}
