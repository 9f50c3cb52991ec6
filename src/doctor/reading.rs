//! Reads the sensors for a moment, because a buffer that can be enabled may still give
//! no scans, or implausible time stamps.

use super::measured_rates::{Unserved, served};
use super::sensors::without_buffer;
use super::{Device, Finding, sensor};
use crate::publish::Client;
use crate::source::iio::{IioError, Mode, Settings, Trial, try_out};

const CHECK: &str = "reading";

/// Reads the sensors as the daemon would, unless the daemon runs.
pub(super) fn check(device: &Device<'_>, settings: &Settings) -> Finding {
    if Client::connect(&device.config.socket.path).is_ok() {
        let found = format!(
            "the sensors were not tried, because the daemon may be reading them; they are once \
             it is stopped (`{}`)",
            device.machine.service_manager().stop()
        );
        return Finding::ok(CHECK, found);
    }
    judge(&try_out(settings), settings)
}

fn judge(trial: &Trial, settings: &Settings) -> Finding {
    let mode = settings.mode;
    let took = trial.took.as_secs_f64();
    match (&trial.buffered, &trial.polled) {
        (Some(Ok(samples)), polled) => match served(samples, settings.channels) {
            Ok(rates) => Finding::ok(CHECK, format!("the buffers give samples: {rates}")),
            Err(unserved) => mistimed(&unserved, took).remedy(match polled {
                Some(Err(error)) => {
                    format!(
                        "report the driver to the kernel; polling does not work either: {error}"
                    )
                }
                _ => "source.mode = \"polled\" takes the system's own time instead; report the \
                      driver to the kernel"
                    .into(),
            }),
        },
        (Some(Err(error @ IioError::Taken { .. })), _) => {
            Finding::ok(CHECK, format!("the sensors were not tried: {error}"))
        }
        (Some(Err(error)), _) | (None, Some(Err(error))) if error.is_denied() => {
            Finding::ok(CHECK, format!("the sensors were not tried: {error}"))
                .remedy("`sudo graspd doctor` tries them")
        }
        (None, Some(Ok(()))) => Finding::ok(CHECK, "the sensors can be polled"),
        (Some(Err(error)), Some(Ok(()))) => Finding {
            verdict: without_buffer(mode),
            ..Finding::ok(CHECK, format!("{error}; polling works"))
        }
        .remedy(match mode {
            Mode::Buffered => {
                "source.mode = \"auto\" or \"polled\" reads them without the buffer, for more \
                 of the battery"
            }
            _ => {
                "graspd polls instead, for more of the battery; source.mode = \"polled\" does \
                 so from the start"
            }
        }),
        (Some(Err(error)), Some(Err(other))) => Finding::fail(
            CHECK,
            format!("{error}; polling does not work either: {other}"),
        )
        .remedy("`dmesg` may say why; `sudo graspd doctor` may read what you may not"),
        (Some(Err(error)), None) | (None, Some(Err(error))) => {
            Finding::fail(CHECK, error.to_string())
        }
        (None, None) => Finding::ok(CHECK, "the sensors were not tried"),
    }
}

/// Time stamps by which a sensor cannot be used.
fn mistimed(unserved: &Unserved, took: f64) -> Finding {
    let Unserved {
        sensor,
        samples,
        rate,
    } = unserved;
    let name = sensor::name(*sensor);
    let found = match rate {
        Some(rate) => format!(
            "the {name}'s buffer gave {samples} samples in {took:.1} s, by their time stamps \
             {:.3} a second; 25 to 400 can be used",
            rate.0
        ),
        None => {
            format!("the time stamps of the {name} stand still: {samples} samples in {took:.1} s")
        }
    };
    Finding::fail(CHECK, found)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Severity;
    use super::*;
    use crate::motion::{Sample, SampleTime, Sensor};
    use crate::source::iio::TrialSamples;
    use crate::source::iio::fake::Fake;

    #[test]
    fn polling_is_the_remedy_of_times_that_stand_still_where_it_works() {
        let settings = Fake::new().settings();
        let stood = |sensor| TrialSamples {
            samples: vec![
                Sample {
                    sensor,
                    t: SampleTime::from_nanos(7),
                    xyz: [0.0; 3],
                };
                9
            ],
        };
        let judged = |polled| {
            let trial = Trial {
                buffered: Some(Ok(Sensor::ALL.map(stood))),
                polled: Some(polled),
                took: Duration::from_secs(1),
            };
            let finding = judge(&trial, &settings);
            assert_eq!(finding.verdict, Severity::Fail);
            let found = "the time stamps of the accelerometer stand still: 9 samples in 1.0 s";
            assert_eq!(finding.found, found);
            finding.remedy.unwrap()
        };
        assert!(judged(Ok(())).contains("source.mode = \"polled\""));
        let why = "there is no in_accel_x_raw".to_owned();
        let remedy = judged(Err(IioError::Unpollable { why: why.clone() }));
        assert!(remedy.contains(&why), "{remedy}");
        assert!(!remedy.contains("source.mode"), "no way out: {remedy}");
    }
}
