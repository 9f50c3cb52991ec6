//! iio-sensor-proxy, which rotates the screen and also reads the accelerometer.

use super::machine::LONGEST_NAME;
use super::{Device, Finding};
use crate::source::iio::Mode;

const CHECK: &str = "neighbour";
const PROXY: &str = "iio-sensor-proxy";

pub(super) fn check(device: &Device<'_>) -> Finding {
    let processes = device.machine.processes();
    let proxy = processes
        .iter()
        .find(|process| process.name == PROXY[..LONGEST_NAME]);
    match proxy {
        None => Finding::ok(CHECK, format!("{PROXY} does not run")),
        Some(_) if device.config.source.mode == Mode::Polled => {
            Finding::ok(CHECK, format!("{PROXY} runs, and graspd reads beside it"))
        }
        Some(_) => Finding::warn(CHECK, format!("{PROXY} runs")).remedy(
            "while graspd has the accelerometer's buffer the screen may not rotate; \
             source.mode = \"polled\" leaves it the buffer, for more of the battery",
        ),
    }
}
