//! Qualcomm's sensor core: whether it is there, and gives both sensors.

use std::time::Duration;

use super::{Finding, phone_sensors};
use crate::source::SscSource;
use crate::source::ssc::{Settings, is_there, router};

const CHECK: &str = "ssc";

/// Looks for the sensor core; with `try_it` it also reads the sensors.
pub(super) fn check(settings: Settings, try_it: bool) -> Vec<Finding> {
    match is_there(settings, router(), Duration::from_secs(5)) {
        Err(error) => {
            return vec![Finding::fail(CHECK, error.to_string()).remedy("`modprobe qrtr`")];
        }
        Ok(false) => {
            let found = "no processor offers the sensor core's service (QRTR 400)";
            return vec![Finding::fail(CHECK, found).remedy(
                "its firmware (ADSP or SLPI), pd-mapper and hexagonrpcd have to run; `qrtr-lookup` \
                 lists what there is",
            )];
        }
        Ok(true) => {}
    }
    // What may be opened here may be forbidden to the service.
    let there = Finding::ok(
        CHECK,
        "the sensor core is there; under systemd the service needs the drop-in of \
         docs/systemd.md to reach it",
    );
    let tried =
        try_it.then(|| phone_sensors::check(SscSource::new(settings, router()), settings.channels));
    [Some(there), tried].into_iter().flatten().collect()
}
