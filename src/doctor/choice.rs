//! Which source of motion `auto` chooses, and the checks of each source.

use std::path::Path;

use super::{Device, Finding, gravity, gyroscope, sensor_proxy, sensorfw, sensors, ssc};
use crate::motion::Channels;
use crate::source::auto::{Candidate, Candidates};
use crate::source::iio::Roots;

const CHECK: &str = "source";

/// Says what is there of the sensors in `channels` and what is chosen, then checks that.
pub(super) fn check(device: &Device<'_>, channels: Channels, try_it: bool) -> Vec<Finding> {
    let candidates = match candidates(device, channels) {
        Ok(candidates) => candidates,
        Err(finding) => return vec![finding],
    };
    let mut seen = Vec::new();
    let mut chosen = None;
    for candidate in Candidate::IN_ORDER {
        seen.push(match candidates.look(candidate) {
            Ok(()) => {
                chosen = chosen.or(Some(candidate));
                format!("{candidate} is there")
            }
            Err(why) => format!("{candidate} is not: {why}"),
        });
    }
    let seen = seen.join("; ");
    let Some(chosen) = chosen else {
        let nothing = Finding::fail(CHECK, format!("nothing to choose from: {seen}"));
        let nothing = nothing.remedy(
            "docs/phones.md says which devices have which; where another service has the \
             sensors, source.kind = \"stream\" takes lines from it",
        );
        let unmatched = gyroscope::check(device, &candidates);
        return [nothing].into_iter().chain(unmatched).collect();
    };
    let mut findings = vec![Finding::ok(CHECK, format!("auto chooses {chosen}: {seen}"))];
    findings.extend(of(chosen, device, channels, try_it));
    findings
}

/// The checks of one source of the sensors in `channels`.
pub(super) fn of(
    candidate: Candidate,
    device: &Device<'_>,
    channels: Channels,
    try_it: bool,
) -> Vec<Finding> {
    let candidates = match candidates(device, channels) {
        Ok(candidates) => candidates,
        Err(finding) => return vec![finding],
    };
    match candidate {
        Candidate::Iio => {
            let mut findings: Vec<_> = gravity::check(device).into_iter().collect();
            findings.extend(gyroscope::check(device, &candidates));
            findings.extend(sensors::check(device, candidates.iio, try_it));
            findings.push(sensor_proxy::check(device));
            findings
        }
        Candidate::Ssc => ssc::check(device, candidates.ssc, try_it),
        Candidate::Sensorfw => sensorfw::check(device, candidates.sensorfw, try_it),
    }
}

fn candidates(device: &Device<'_>, channels: Channels) -> Result<Candidates, Finding> {
    let found = device.config.candidates(Path::new("[source]"));
    let found = found.map_err(|error| Finding::fail(CHECK, error.to_string()))?;
    let mut candidates = found.of(channels);
    candidates.iio.roots = Roots::under(device.machine.root());
    Ok(candidates)
}
