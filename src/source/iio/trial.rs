//! Reads the sensors for a moment, for `graspd doctor`.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::buffered::Buffered;
use super::{Hertz, IioError, Mode, Settings};
use crate::motion::{Channels, Sample, Sensor};
use crate::source::SourceCounts;

/// Samples of a sensor from which its rate is computed.
const ENOUGH: usize = 10;
/// The trial ends after this, however slow a sensor is.
const LONGEST: Duration = Duration::from_secs(10);

/// The result of a trial.
#[derive(Debug)]
pub struct Trial {
    /// From the buffers: what each sensor gave that is read, or why nothing came. `None` in polled
    /// mode.
    pub buffered: Option<Result<[TrialSamples; 2], IioError>>,
    /// From the raw attributes; `None` where they were not tried: the buffers gave
    /// samples at rates that are served, or are another program's.
    pub polled: Option<Result<(), IioError>>,
    /// How long the trial took.
    pub took: Duration,
}

/// Samples of one sensor in a trial.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrialSamples {
    /// The samples, in the order in which they came.
    pub samples: Vec<Sample>,
}

impl TrialSamples {
    /// Samples per second by their own time stamps; `None` with fewer than two samples,
    /// or stamps that do not advance.
    pub fn rate(&self) -> Option<Hertz> {
        let (first, last) = (self.samples.first()?, self.samples.last()?);
        let span = last.t.since(first.t).as_secs_f64();
        (span > 0.0).then(|| Hertz((self.samples.len() - 1) as f64 / span))
    }
}

/// Reads the sensors as the daemon would, until each has given ten samples or is
/// found silent, which with the default hop takes 6 s. It sets the devices up for that,
/// and disables their buffers again. Raw attributes are tried where the buffers fail, or
/// give times that cannot be used.
pub fn try_out(settings: &Settings) -> Trial {
    let began = Instant::now();
    let buffered = (settings.mode != Mode::Polled).then(|| {
        settings
            .open_buffered()
            .and_then(|mut it| collect(&mut it, settings.channels))
    });
    let polled = match &buffered {
        Some(Ok(trial)) if are_served(trial, settings.channels) => None,
        Some(Err(IioError::Taken { .. })) => None,
        _ => Some(settings.open_polled().map(drop)),
    };
    Trial {
        buffered,
        polled,
        took: began.elapsed(),
    }
}

fn are_served(trial: &[TrialSamples; 2], channels: Channels) -> bool {
    let rate = |sensor: &Sensor| trial[sensor.index()].rate();
    let mut sensors = channels.sensors().iter();
    sensors.all(|sensor| rate(sensor).is_some_and(Hertz::is_served))
}

fn collect(buffered: &mut Buffered, channels: Channels) -> Result<[TrialSamples; 2], IioError> {
    let began = Instant::now();
    let (mut queue, mut counts) = (VecDeque::new(), SourceCounts::default());
    let mut trial = [TrialSamples::default(), TrialSamples::default()];
    loop {
        buffered.collect(&mut queue, &mut counts)?;
        for sample in queue.drain(..) {
            trial[sample.sensor.index()].samples.push(sample);
        }
        let sensors = channels.sensors().iter();
        let fewest = sensors
            .map(|sensor| trial[sensor.index()].samples.len())
            .min();
        if fewest >= Some(ENOUGH) || fewest > Some(0) && began.elapsed() > LONGEST {
            return Ok(trial);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, now};
    use super::*;

    fn samples(times: &[i64]) -> TrialSamples {
        let sample = |&t| Sample {
            sensor: crate::motion::Sensor::Gyroscope,
            t: crate::motion::SampleTime::from_nanos(t),
            xyz: [0.0; 3],
        };
        TrialSamples {
            samples: times.iter().map(sample).collect(),
        }
    }

    #[test]
    fn a_rate_is_that_of_the_time_stamps() {
        assert_eq!(
            samples(&[0, 10_000_000, 20_000_000]).rate(),
            Some(Hertz(100.0))
        );
        assert_eq!(samples(&[7, 7, 7]).rate(), None);
        assert_eq!(samples(&[7]).rate(), None);
        assert_eq!(samples(&[]).rate(), None);
    }

    #[test]
    fn sensors_that_work_are_read_and_switched_off_again() {
        let fake = Fake::new();
        let mut devices = fake.hid();
        let began = now();
        for (i, device) in (0..20).flat_map(|i| [(i, 0), (i, 1)]) {
            devices[device].scan(&[0; 12], began + i * 10_000_000);
        }
        let Trial {
            buffered, polled, ..
        } = try_out(&fake.settings());
        let trial = buffered.unwrap().unwrap();
        assert_eq!(trial.map(|its| its.rate()), [Some(Hertz(100.0)); 2]);
        assert!(polled.is_none());
        assert_eq!(devices[0].get("buffer/enable"), "0");
    }

    #[test]
    fn sensors_whose_times_cannot_be_used_are_polled_too() {
        let fake = Fake::new();
        let mut devices = fake.hid();
        let stood = now();
        for device in [0, 1] {
            (0..20).for_each(|_| devices[device].scan(&[0; 12], stood));
        }
        let trial = try_out(&fake.settings());
        let rates = trial.buffered.unwrap().unwrap().map(|its| its.rate());
        assert_eq!(rates, [None; 2]);
        assert!(trial.polled.unwrap().is_ok());
    }

    #[test]
    fn sensors_that_are_silent_are_found_so_and_polled() {
        let fake = Fake::new();
        let [_accelerometer, gyroscope] = fake.hid();
        let trial = try_out(&fake.settings());
        let error = trial.buffered.unwrap().unwrap_err();
        assert!(error.is_silence(), "{error}");
        assert!(trial.polled.unwrap().is_ok());
        gyroscope.remove("in_anglvel_y_raw");
        let mut settings = fake.settings();
        settings.mode = Mode::Polled;
        let trial = try_out(&settings);
        assert!(trial.buffered.is_none());
        let error = trial.polled.unwrap().unwrap_err().to_string();
        assert!(error.contains("in_anglvel_y_raw"), "{error}");
    }
}
