//! Leaves out samples of a sensor that is faster than can be used, because another program
//! asked the service for more.

use std::time::Duration;

use crate::motion::align::SERVED_INTERVALS;
use crate::motion::{Sample, SampleTime};

/// Samples that follow one another faster are left out, so that what is left is served.
const CLOSEST: Duration = *SERVED_INTERVALS.start();

/// The time of each sensor's newest sample that was kept.
#[derive(Debug, Default)]
pub(super) struct Thinner([Option<SampleTime>; 2]);

impl Thinner {
    /// Whether `sample` is to be kept. Times that repeat or go backward are, for those
    /// whose task it is to count them.
    pub(super) fn keeps(&mut self, sample: &Sample) -> bool {
        let kept = &mut self.0[sample.sensor.index()];
        let too_close =
            kept.is_some_and(|before| sample.t > before && sample.t.since(before) < CLOSEST);
        if !too_close {
            *kept = Some(sample.t);
        }
        !too_close
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Sensor;

    /// Samples a second that are kept of `hz`.
    fn kept(hz: i64) -> usize {
        let mut thinner = Thinner::default();
        let sample = |i: i64| Sample {
            sensor: Sensor::Gyroscope,
            t: SampleTime::from_nanos(i * 1_000_000_000 / hz),
            xyz: [0.0; 3],
        };
        (0..hz).filter(|i| thinner.keeps(&sample(*i))).count()
    }

    #[test]
    fn only_what_is_too_fast_is_thinned_to_an_even_rate() {
        for (hz, left) in [
            (25, 25),
            (100, 100),
            (400, 400),
            (416, 416),
            (440, 440),
            (500, 250),
            (1000, 334),
        ] {
            assert_eq!(kept(hz), left, "{hz} Hz");
        }
    }
}
