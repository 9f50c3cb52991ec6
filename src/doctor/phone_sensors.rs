//! Reads sensors behind a service for a moment. Services have several clients, so this
//! disturbs no daemon.

use std::time::{Duration, Instant};

use super::measured_rates::{Unserved, served};
use super::{Finding, gyroscope, sensor};
use crate::motion::{Channels, Sensor};
use crate::source::iio::TrialSamples;
use crate::source::{Reading, Source};

const CHECK: &str = "reading";
/// Samples of each sensor that suffice.
const ENOUGH: usize = 100;
/// The trial ends after this. Android's drivers may have to be started first.
const LONGEST: Duration = Duration::from_secs(20);

/// Reads `source` as the daemon would, until it has given enough of these sensors.
pub(super) fn check(mut source: impl Source, channels: Channels) -> Finding {
    let began = Instant::now();
    let mut trial = [TrialSamples::default(), TrialSamples::default()];
    let wanted = channels.sensors();
    while wanted
        .iter()
        .any(|its| trial[its.index()].samples.len() < ENOUGH)
    {
        match source.next() {
            Ok(Some(Reading::Sample(sample))) => trial[sample.sensor.index()].samples.push(sample),
            Ok(_) => {}
            Err(error) => return Finding::fail(CHECK, error.to_string()),
        }
        if began.elapsed() > LONGEST {
            break;
        }
    }
    judge(&trial, channels, source.fault(), began.elapsed())
}

fn judge(
    trial: &[TrialSamples; 2],
    channels: Channels,
    fault: Option<&str>,
    took: Duration,
) -> Finding {
    let Unserved {
        sensor,
        samples,
        rate,
    } = match served(trial, channels) {
        Ok(rates) => return Finding::ok(CHECK, format!("the service gives {rates}")),
        Err(unserved) => unserved,
    };
    let name = sensor::name(sensor);
    if let Some(rate) = rate {
        let found = format!("the {name} has {:.1} Hz; 25 to 400 can be used", rate.0);
        return Finding::fail(CHECK, found);
    }
    let why = fault.unwrap_or("the service grants it, and sends nothing");
    let found = format!(
        "the {name} gave {samples} samples in {:.0} s: {why}",
        took.as_secs_f64()
    );
    let silent = Finding::fail(CHECK, found);
    match sensor {
        Sensor::Accelerometer => silent,
        Sensor::Gyroscope => silent.remedy(gyroscope::remedy_if_there_is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::*;
    use crate::motion::{Sample, SampleTime};

    fn at(hz: i64, sensor: Sensor) -> TrialSamples {
        let sample = |i: i64| Sample {
            sensor,
            t: SampleTime::from_nanos(i * 1_000_000_000 / hz),
            xyz: [0.0; 3],
        };
        TrialSamples {
            samples: (0..100).map(sample).collect(),
        }
    }

    #[test]
    fn a_missing_sensor_and_a_slow_one_are_named() {
        let [accelerometer, gyroscope] = Sensor::ALL;
        let took = Duration::from_secs(20);
        for (trial, fault, verdict, part) in [
            (
                [at(100, accelerometer), at(200, gyroscope)],
                None,
                Severity::Ok,
                "accelerometer 100 Hz, gyroscope 200 Hz",
            ),
            (
                [at(100, accelerometer), at(5, gyroscope)],
                None,
                Severity::Fail,
                "the gyroscope has 5.0 Hz",
            ),
            (
                [at(100, accelerometer), TrialSamples::default()],
                Some("it is refused"),
                Severity::Fail,
                "the gyroscope gave 0 samples in 20 s: it is refused",
            ),
        ] {
            let finding = judge(&trial, Channels::default(), fault, took);
            assert_eq!(finding.verdict, verdict, "{finding:?}");
            assert!(finding.found.contains(part), "{finding:?}");
            let named = (finding.remedy.iter()).any(|it| it.contains("models/accelerometer"));
            assert_eq!(named, fault.is_some());
        }
        // A model without it does not miss it.
        let alone = [at(100, accelerometer), TrialSamples::default()];
        let finding = judge(&alone, Channels::Accelerometer, None, took);
        assert_eq!(finding.found, "the service gives accelerometer 100 Hz");
    }
}
