//! Whether the kernel's accelerometer shows gravity, by its raw attributes. These can
//! be read while another program has the buffer, and reading them changes nothing.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::{Device, Finding};
use crate::examine::Doubt;
use crate::source::iio::{Roots, survey};

const CHECK: &str = "gravity";
/// Readings, of which the median counts, since the device may be moving.
const READINGS: usize = 5;
const APART: Duration = Duration::from_millis(20);

/// `None` where there is no accelerometer, or it has no raw attributes.
pub(super) fn check(device: &Device<'_>) -> Option<Finding> {
    let mut settings = device.config.iio(Path::new("[source]")).ok()?;
    settings.roots = Roots::under(device.machine.root());
    let [accelerometer, _] = survey(&settings);
    let found = accelerometer.ok()?;
    let scale = found.calibration.ok()?.scale;
    let devices = device.machine.root().join("sys/bus/iio/devices");
    let folder = devices.join(found.node.file_name()?);
    let mut sizes = Vec::new();
    for _ in 0..READINGS {
        sizes.push(size(&folder, scale)?);
        thread::sleep(APART);
    }
    sizes.sort_by(f64::total_cmp);
    let size = sizes[READINGS / 2];
    Some(match Doubt::of_gravity(size) {
        None => Finding::ok(CHECK, format!("the accelerometer shows {size:.1} m/s²")),
        Some(doubt) => Finding::warn(CHECK, doubt.to_string()).remedy(format!(
            "the scale that {} states is wrong; report it to the kernel, and until then let a \
             service that corrects it write to source.kind = \"stream\"",
            found.device
        )),
    })
}

/// The magnitude of the present acceleration; in m/s² if the driver's scale is right.
fn size(folder: &Path, scale: [f64; 3]) -> Option<f64> {
    let number = |name: &str| -> Option<f64> {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        text.trim().parse().ok()
    };
    let mut squared = 0.0;
    for (axis, scale) in ["x", "y", "z"].into_iter().zip(scale) {
        let offset = number(&format!("in_accel_{axis}_offset"))
            .or_else(|| number("in_accel_offset"))
            .unwrap_or(0.0);
        let raw = number(&format!("in_accel_{axis}_raw"))?;
        squared += ((raw + offset) * scale).powi(2);
    }
    Some(squared.sqrt())
}
