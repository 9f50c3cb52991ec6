//! The rates at which sensors were found to give samples.

use super::sensor;
use crate::motion::{Channels, Sensor};
use crate::source::iio::{Hertz, TrialSamples};

/// The first sensor that cannot be used as it is.
#[derive(Debug, PartialEq)]
pub(super) struct Unserved {
    pub sensor: Sensor,
    /// Its samples in the trial.
    pub samples: usize,
    /// Its rate by its time stamps; `None` with fewer than two samples, or stamps that stand
    /// still.
    pub rate: Option<Hertz>,
}

/// The rates of the sensors in `channels`, for people, where alignment serves all of them.
pub(super) fn served(trial: &[TrialSamples; 2], channels: Channels) -> Result<String, Unserved> {
    let rates: Result<Vec<_>, _> = (channels.sensors().iter())
        .map(|&sensor| {
            let its = &trial[sensor.index()];
            match its.rate() {
                Some(rate) if rate.is_served() => {
                    Ok(format!("{} {:.0} Hz", sensor::name(sensor), rate.0))
                }
                rate => Err(Unserved {
                    sensor,
                    samples: its.samples.len(),
                    rate,
                }),
            }
        })
        .collect();
    Ok(rates?.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::{Sample, SampleTime};

    fn at(hz: f64, sensor: Sensor) -> TrialSamples {
        let sample = |i: i32| Sample {
            sensor,
            t: SampleTime::from_nanos((f64::from(i) * 1e9 / hz) as i64),
            xyz: [0.0; 3],
        };
        TrialSamples {
            samples: (0..100).map(sample).collect(),
        }
    }

    #[test]
    fn what_alignment_serves_is_no_fault() {
        let [accelerometer, gyroscope] = Sensor::ALL;
        let both = Channels::default();
        // Nominal 25 Hz of a slow clock, and the next that an LSM6DS3 has above 400.
        let trial = [at(24.9, accelerometer), at(416.0, gyroscope)];
        let said = "accelerometer 25 Hz, gyroscope 416 Hz";
        assert_eq!(served(&trial, both).as_deref(), Ok(said));
        let trial = [at(100.0, accelerometer), at(5.0, gyroscope)];
        let found = served(&trial, both).unwrap_err();
        assert_eq!((found.sensor, found.samples), (gyroscope, 100));
        assert!((4.9..5.1).contains(&found.rate.unwrap().0), "{found:?}");
        assert!(served(&trial, Channels::Accelerometer).is_ok());
    }
}
