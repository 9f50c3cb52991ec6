//! sensorfw: whether it is there, and gives both sensors.

use std::time::Duration;

use super::user::Access;
use super::{Device, Finding, phone_sensors};
use crate::source::SensorfwSource;
use crate::source::sensorfw::{Settings, is_there};

const CHECK: &str = "sensorfw";

/// Checks the service and its socket; with `try_it` it also reads the sensors.
pub(super) fn check(device: &Device<'_>, settings: Settings, try_it: bool) -> Vec<Finding> {
    let socket = device.machine.path("run/sensord.sock");
    if !is_there(&settings, Duration::from_secs(5)) {
        let found = "com.nokia.SensorService is not on the system bus";
        return vec![Finding::fail(CHECK, found).remedy(
            "start sensorfwd; a device that does not run on Android's drivers has none, and \
             source.kind = \"iio\" reads the kernel's sensors",
        )];
    }
    if let Some(denial) = device.denial(&socket, &[Access::Read, Access::Write]) {
        let found = format!(
            "{} cannot have {}: {denial}",
            device.user.name,
            socket.display()
        );
        return vec![
            Finding::fail(CHECK, found).remedy("sensorfwd makes it for everybody as it starts"),
        ];
    }
    let there = Finding::ok(
        CHECK,
        format!(
            "it is on the system bus, and {} may have its socket",
            device.user.name
        ),
    );
    let settings = Settings { socket, ..settings };
    let tried = try_it.then(|| {
        let channels = settings.channels;
        phone_sensors::check(SensorfwSource::new(settings), channels)
    });
    [Some(there), tried].into_iter().flatten().collect()
}
