//! The kernel's accelerometer and gyroscope: what they are, and whether the
//! daemon gets at them.

use std::collections::BTreeSet;
use std::path::Path;

use super::user::Access;
use super::{Device, Finding, Severity, node_in_use};
use crate::motion::Sensor;
use crate::source::iio::{Mode, Roots, Survey, survey};

const UDEV: &str = "install udev/85-graspd.rules, then run \
                    `udevadm control --reload && udevadm trigger --action=add --subsystem-match=iio`";

pub(super) fn check(device: &Device<'_>) -> Vec<Finding> {
    let mut settings = match device.config.iio(Path::new("[source]")) {
        Ok(settings) => settings,
        Err(error) => return vec![Finding::fail("source", error.to_string())],
    };
    settings.roots = Roots::under(device.machine.root());
    let found = survey(&settings);
    let mut findings = Vec::new();
    for (sensor, found) in Sensor::ALL.iter().zip(&found) {
        findings.push(match found {
            Ok(survey) => describe(*sensor, survey, settings.mode),
            Err(error) => Finding::fail(name(*sensor), error.to_string()),
        });
    }
    let found: Vec<&Survey> = found.iter().flatten().collect();
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
    findings
}

fn name(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "accelerometer",
        Sensor::Gyroscope => "gyroscope",
    }
}

fn describe(sensor: Sensor, survey: &Survey, mode: Mode) -> Finding {
    let check = name(sensor);
    let (scale, mount) = match &survey.conversion {
        Ok(conversion) => conversion,
        Err(error) => {
            return Finding::fail(check, format!("{}: {error}", survey.device))
                .remedy("this driver does not say what its numbers mean; report it to the kernel");
        }
    };
    let rate = match (survey.rate, &survey.offer) {
        (Some(rate), Some(offer)) => format!("{} Hz now of {offer}", rate.0),
        (Some(rate), None) => format!("{} Hz now", rate.0),
        (None, _) => "no rate can be read".into(),
    };
    let scale = match scale {
        [x, y, z] if x == y && y == z => x.to_string(),
        [x, y, z] => format!("{x}, {y}, {z}"),
    };
    let about = format!(
        "{}: {rate}, scale {scale}, mount matrix {mount}",
        survey.device
    );
    match &survey.stored {
        Some(form) if survey.timestamps => {
            Finding::ok(check, format!("{about}, scans of {form} with times"))
        }
        _ => Finding {
            verdict: without_buffer(mode),
            ..Finding::ok(check, format!("{about}, no scans with times"))
        }
        .remedy("it can only be polled, which wakes the CPU for every sample"),
    }
}

/// What it means that a buffer cannot be had.
fn without_buffer(mode: Mode) -> Severity {
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
