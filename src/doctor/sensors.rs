//! The kernel's accelerometer and gyroscope, as far as the model takes them: which devices they are, and whether the
//! daemon has access to them.

use std::collections::BTreeSet;
use std::path::Path;

use super::user::Access;
use super::{Device, Finding, Severity, node_in_use, reading, sensor};
use crate::motion::Sensor;
use crate::source::iio::{Mode, Settings, Survey, survey};

const UDEV: &str = "see that /usr/lib/udev/rules.d/85-graspd.rules is there, as packages and \
                    `make install` have it; then run \
                    `udevadm control --reload && udevadm trigger --action=add --subsystem-match=iio`";

/// Checks the sensors; with `try_them` it also reads them for a moment.
pub(super) fn check(device: &Device<'_>, settings: Settings, try_them: bool) -> Vec<Finding> {
    let found: Vec<_> = Sensor::ALL
        .into_iter()
        .zip(survey(&settings))
        .filter(|(sensor, _)| settings.channels.include(*sensor))
        .collect();
    let mut findings = Vec::new();
    for (sensor, found) in &found {
        match found {
            Ok(survey) => findings.extend(sensor::check(*sensor, survey, &settings)),
            Err(error) => findings.push(Finding::fail(sensor::name(*sensor), error.to_string())),
        }
    }
    if let [(_, Ok(accelerometer)), (_, Ok(gyroscope))] = &found[..] {
        findings.extend(sensor::together(accelerometer, gyroscope));
    }
    let can_be_read = found.iter().all(|(_, found)| {
        let survey = found.as_ref().ok();
        survey.is_some_and(|survey| survey.calibration.is_ok())
    });
    let found: Vec<&Survey> = found.iter().flat_map(|(_, found)| found).collect();
    if found.is_empty() {
        return findings;
    }
    let nodes: BTreeSet<_> = found.iter().map(|survey| survey.node.as_path()).collect();
    let attributes: BTreeSet<_> = found.iter().flat_map(|survey| &survey.written).collect();
    findings.push(files(device, "node", Access::Read, nodes.iter().copied()));
    findings.push(files(
        device,
        "attributes",
        Access::Write,
        attributes.iter().map(|path| path.as_path()),
    ));
    findings.extend(nodes.iter().map(|node| node_in_use::check(device, node)));
    if try_them && can_be_read {
        findings.push(reading::check(device, &settings));
    }
    findings
}

/// The severity of a buffer that cannot be used.
pub(super) fn without_buffer(mode: Mode) -> Severity {
    match mode {
        Mode::Buffered => Severity::Fail,
        Mode::Auto => Severity::Warn,
        Mode::Polled => Severity::Ok,
    }
}

fn files<'a>(
    device: &Device<'_>,
    check: &'static str,
    wish: Access,
    paths: impl Iterator<Item = &'a Path>,
) -> Finding {
    let verb = if wish == Access::Read {
        "read"
    } else {
        "write"
    };
    let name = &device.user.name;
    let (mut granted, mut denied) = (0, Vec::new());
    for path in paths {
        match device.denial(path, &[wish]) {
            None => granted += 1,
            Some(denial) => denied.push(denial),
        }
    }
    let Some(first) = denied.first() else {
        return Finding::ok(check, format!("{name} may {verb} all {granted}"));
    };
    Finding {
        verdict: without_buffer(device.config.source.mode),
        ..Finding::ok(
            check,
            format!(
                "{name} may {verb} {granted} of {}: {first}",
                granted + denied.len()
            ),
        )
    }
    .remedy(UDEV)
}
