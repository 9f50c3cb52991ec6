//! One of the kernel's sensors, as described by sysfs and udev.

use super::sensors::without_buffer;
use super::{Finding, Severity};
use crate::motion::Sensor;
use crate::source::iio::{Hertz, IioError, MatrixSource, Rates, Reason, Settings, Survey, Trigger};

/// Names of the checks, which are also the names of the sensors' settings.
pub(super) fn name(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "accelerometer",
        Sensor::Gyroscope => "gyroscope",
    }
}

/// Describes the sensor, then reports faults of its choice, its rate and its trigger.
pub(super) fn check(sensor: Sensor, survey: &Survey, settings: &Settings) -> Vec<Finding> {
    [
        Some(describe(sensor, survey, settings)),
        choice(sensor, survey),
        rate(survey, settings.rate),
        trigger(survey, settings),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn describe(sensor: Sensor, survey: &Survey, settings: &Settings) -> Finding {
    let check = name(sensor);
    let calibration = match &survey.calibration {
        Ok(calibration) => calibration,
        Err(error) => {
            let found = match error {
                // The error names the device already.
                IioError::Matrix { .. } => error.to_string(),
                _ => format!("{}: {error}", survey.device),
            };
            return Finding::fail(check, found).remedy(mend(error));
        }
    };
    let scale = match calibration.scale {
        [x, y, z] if x == y && y == z => x.to_string(),
        [x, y, z] => format!("{x}, {y}, {z}"),
    };
    let about = format!(
        "{}, {}: {}, scale {scale}, mount matrix {} from {}",
        survey.device,
        survey.why,
        rates(&survey.rates),
        calibration.mount,
        calibration.mount_source,
    );
    match &survey.stored {
        Some(form) if survey.timestamps => {
            Finding::ok(check, format!("{about}, scans of {form} with times"))
        }
        _ => Finding {
            verdict: without_buffer(settings.mode),
            ..Finding::ok(check, format!("{about}, no scans with times"))
        }
        .remedy("it can only be polled, which wakes the CPU for every sample"),
    }
}

/// How to mend a missing or invalid scale or mount matrix.
fn mend(error: &IioError) -> String {
    match error {
        IioError::Matrix {
            given_by: MatrixSource::Udev(_),
            setting,
            ..
        } => format!(
            "set {setting}, or correct ACCEL_MOUNT_MATRIX for all programs in \
             /etc/udev/hwdb.d/61-sensor-local.hwdb (the head of 60-sensor.hwdb says how)"
        ),
        IioError::Matrix { setting, .. } => {
            format!("set {setting}; the device tree or the driver has it wrong: report it there")
        }
        _ => "this driver does not say what its numbers mean; report it to the kernel".into(),
    }
}

fn rates(rates: &Rates) -> String {
    let now = match rates.now {
        Some(rate) => format!("{} Hz now", rate.0),
        None => "no rate can be read".into(),
    };
    match (rates.chosen, &rates.offer) {
        (Some(chosen), Some(offer)) => format!("{now}, {} Hz when read, of {offer}", chosen.0),
        (Some(chosen), None) => format!("{now}, {} Hz when read", chosen.0),
        (None, _) => now,
    }
}

fn choice(sensor: Sensor, survey: &Survey) -> Option<Finding> {
    let Reason::Undecided(other) = &survey.why else {
        return None;
    };
    let name = name(sensor);
    let found = format!("nothing says whether {} or {other} is meant", survey.device);
    Some(Finding::warn(CHOICE, found).remedy(format!(
        "set source.{name} to the name, label, number or place of the one behind the screen; \
         udev's ACCEL_LOCATION (60-sensor.hwdb) says it to all programs"
    )))
}

const CHOICE: &str = "choice";

/// A warning if the sensors are in different parts of the device.
pub(super) fn together(accelerometer: &Survey, gyroscope: &Survey) -> Option<Finding> {
    let (one, two) = (accelerometer.place?, gyroscope.place?);
    (one != two).then(|| {
        let found = format!("the accelerometer is in the {one}, the gyroscope in the {two}");
        Finding::warn(CHOICE, found).remedy(format!(
            "where the device folds they feel different motion; if both parts have both, \
             source.accelerometer = \"{two}\" or source.gyroscope = \"{one}\" takes them from one"
        ))
    })
}

fn rate(survey: &Survey, wanted: Hertz) -> Option<Finding> {
    let Rates { now, offer, chosen } = &survey.rates;
    let rate = chosen.or(*now)?;
    if rate.is_served() {
        return None;
    }
    let offer = offer.as_deref().unwrap_or("no other rate");
    let found = format!(
        "{} has {} Hz for the {} Hz that are wanted, of {offer}",
        survey.device, rate.0, wanted.0
    );
    Some(Finding::fail("rate", found).remedy(
        "25 to 400 Hz can be used; name another device, or give it a trigger with a rate \
         of its own (iio-trig-hrtimer)",
    ))
}

fn trigger(survey: &Survey, settings: &Settings) -> Option<Finding> {
    const CHECK: &str = "trigger";
    let (now, because, own) = match &survey.trigger {
        Trigger::Fit => return None,
        Trigger::Replaced { now, because, own } => (now, because, Some(own)),
        Trigger::Unfit { now, because } => (now, because, None),
    };
    let found = format!("{} has the trigger {now:?}: {because}", survey.device);
    Some(match own {
        Some(own) => Finding::ok(CHECK, format!("{found}; graspd gives it {own} instead")),
        None => Finding {
            verdict: match without_buffer(settings.mode) {
                Severity::Fail if now.is_empty() => Severity::Fail,
                Severity::Ok => Severity::Ok,
                _ => Severity::Warn,
            },
            ..Finding::ok(CHECK, found)
        }
        .remedy(
            "its buffer may stay silent; a timer makes one: `modprobe iio-trig-hrtimer && \
             mkdir /sys/kernel/config/iio/triggers/hrtimer/timer`, then write `timer` to its \
             trigger/current_trigger",
        ),
    })
}
