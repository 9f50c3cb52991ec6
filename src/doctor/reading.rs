//! Reads the sensors for a moment, because a buffer that can be enabled may still give
//! no scans, or implausible time stamps.

use super::sensors::without_buffer;
use super::{Device, Finding, sensor};
use crate::motion::Channels;
use crate::publish::Client;
use crate::source::iio::{IioError, Mode, Settings, Trial, TrialSamples, try_out};

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
        (Some(Ok(trial)), _) => given_by_buffers(trial, settings.channels, took),
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

fn given_by_buffers(trial: &[TrialSamples; 2], channels: Channels, took: f64) -> Finding {
    let mut said = Vec::new();
    for &sensor in channels.sensors() {
        let samples = &trial[sensor.index()];
        let (name, count) = (sensor::name(sensor), samples.samples.len());
        match samples.rate() {
            Some(rate) if rate.is_usable() => said.push(format!("{name} {:.0} Hz", rate.0)),
            Some(rate) => {
                let found = format!(
                    "the {name}'s buffer gave {count} samples in {took:.1} s, by their time \
                     stamps {:.3} a second; 25 to 400 can be used",
                    rate.0
                );
                return Finding::fail(CHECK, found).remedy(STAMPS);
            }
            None => {
                let found = format!(
                    "the time stamps of the {name} stand still: {count} samples in {took:.1} s"
                );
                return Finding::fail(CHECK, found).remedy(STAMPS);
            }
        }
    }
    Finding::ok(
        CHECK,
        format!("the buffers give samples: {}", said.join(", ")),
    )
}

const STAMPS: &str = "source.mode = \"polled\" takes the system's own time instead; \
                      report the driver to the kernel";
