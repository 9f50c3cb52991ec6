//! Why samples give no frames or no windows, in words for people.

use std::fmt;
use std::time::Duration;

use crate::accelerometer_bundle::{PATH, remedy};
use crate::motion::align::AlignCounts;
use crate::motion::{Channels, Sample, SampleTime, Sensor};
use crate::source::Hertz;

/// Shortest observation from which a fault is told.
const OBSERVED: Duration = Duration::from_secs(2);
/// Difference between the two sensors' clocks from which they give no common frame.
const CLOCKS_APART: Duration = Duration::from_secs(10);
/// Share of samples that have a fault before the whole input is said to have it.
const MOSTLY: f64 = 0.5;
/// Share of the system's clock below which time stamps stand still.
const STANDING: f64 = 1e-10;
/// Sensors' clocks keep to the system's within this factor, even bad ones.
const PACE: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// Why samples give no frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum InputFault {
    /// Nothing arrives.
    Silent,
    /// Only lines arrive that cannot be parsed as samples.
    Malformed,
    /// This sensor gives no samples.
    Missing(Sensor),
    /// Most values are NaN or infinite, or times beyond what any clock shows.
    NotFinite,
    /// Most times repeat the one before.
    Frozen,
    /// Most times are before the one before.
    Backward,
    /// Times advance by this factor of the system's clock.
    Pace(f64),
    /// The accelerometer's and the gyroscope's times differ by this much.
    ClocksApart(Duration),
    /// A sensor's samples a second, outside what alignment serves.
    Rate(f64),
    /// Gaps, so that no window is completed.
    Gaps,
}

impl InputFault {
    /// Whether it is of the same kind, so that it need not be logged again.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// In words for people; where samples are missing, with what their source says of it.
    pub(super) fn told(&self, source: Option<&str>) -> String {
        match (self, source) {
            (Self::Silent, Some(why)) => format!("{self}: {why}"),
            // The source's reason may come with the same remedy.
            (Self::Missing(sensor), Some(why)) if why.contains(PATH) => {
                format!("the {sensor} says nothing: {why}")
            }
            (Self::Missing(sensor), Some(why)) => {
                format!("the {sensor} says nothing: {why}{}", remedy(*sensor))
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for InputFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("no samples arrive"),
            Self::Malformed => f.write_str("lines arrive, and none of them is a sample"),
            Self::Missing(sensor) => {
                write!(f, "the {sensor} says nothing{}", remedy(*sensor))
            }
            Self::NotFinite => {
                f.write_str("values are NaN or infinite, or times are beyond any clock's")
            }
            Self::Frozen => f.write_str("time stamps stand still"),
            Self::Backward => f.write_str("time stamps go backward"),
            Self::Pace(factor) if *factor < 1.0 => {
                let slow = rounded(1.0 / factor);
                write!(f, "time stamps advance {slow:.0} times too slowly")?;
                unit(f, 1.0 / factor, ["microseconds", "milliseconds", "seconds"])
            }
            Self::Pace(factor) => {
                write!(
                    f,
                    "time stamps advance {:.0} times too fast",
                    rounded(*factor)
                )
            }
            Self::ClocksApart(by) => write!(
                f,
                "accelerometer and gyroscope are on two clocks, {} s apart",
                by.as_secs()
            ),
            Self::Rate(hz) => write!(f, "samples come at {hz:.0} Hz; 25 to 400 Hz are needed"),
            Self::Gaps => f.write_str("there is a gap of more than 100 ms in every five seconds"),
        }
    }
}

/// `factor` to two digits: it is measured between samples, so more would not be exact.
fn rounded(factor: f64) -> f64 {
    let unit = 10f64.powf(factor.log10().floor() - 1.0);
    (factor / unit).round() * unit
}

/// Writes which unit the times seem to be in, if they are too slow by about a power of a
/// thousand.
fn unit(f: &mut fmt::Formatter<'_>, slow: f64, units: [&str; 3]) -> fmt::Result {
    for (power, name) in (1..).zip(units) {
        let factor = 1000f64.powi(power);
        if (0.5..2.0).contains(&(slow / factor)) {
            return write!(f, ": {name}? graspd reads nanoseconds");
        }
    }
    Ok(())
}

/// What one sensor gave in the time observed.
#[derive(Debug, Clone, Copy, Default)]
struct SensorInput {
    samples: u64,
    span: Option<(SampleTime, SampleTime)>,
}

/// Observes what arrives while no frames come.
#[derive(Debug, Default)]
pub(super) struct InputObserver {
    channels: Channels,
    inputs: [SensorInput; 2],
    malformed: u64,
    align: AlignCounts,
}

impl InputObserver {
    /// Observes for a model that takes these sensors.
    pub(super) fn of(channels: Channels) -> Self {
        Self {
            channels,
            ..Self::default()
        }
    }

    /// Begins the observation again, with these counts as its start.
    pub(super) fn restart(&mut self, malformed: u64, align: AlignCounts) {
        *self = Self {
            channels: self.channels,
            inputs: Default::default(),
            malformed,
            align,
        };
    }

    /// Notes a sample, whether alignment accepts it or not.
    pub(super) fn sample(&mut self, sample: &Sample) {
        let input = &mut self.inputs[sample.sensor.index()];
        input.samples += 1;
        let (first, _) = *input.span.get_or_insert((sample.t, sample.t));
        input.span = Some((first, sample.t));
    }

    /// What is wrong, if no frame came in `elapsed`; `None` if that is too short to tell.
    pub(super) fn fault(
        &self,
        elapsed: Duration,
        malformed: u64,
        align: AlignCounts,
    ) -> Option<InputFault> {
        if elapsed < OBSERVED {
            return None;
        }
        let [acc, gyro] = &self.inputs;
        if acc.samples + gyro.samples == 0 {
            return Some(match malformed > self.malformed {
                true => InputFault::Malformed,
                false => InputFault::Silent,
            });
        }
        let sensors = self.channels.sensors();
        let taken = || sensors.iter().map(|sensor| &self.inputs[sensor.index()]);
        for (&sensor, input) in sensors.iter().zip(taken()) {
            if input.samples == 0 {
                return Some(InputFault::Missing(sensor));
            }
        }
        let total = taken().map(|input| input.samples).sum::<u64>() as f64;
        let most = |now: u64, then: u64| now.saturating_sub(then) as f64 > MOSTLY * total;
        if most(align.non_finite, self.align.non_finite) {
            return Some(InputFault::NotFinite);
        }
        if most(align.duplicate, self.align.duplicate) {
            return Some(InputFault::Frozen);
        }
        if most(align.backward, self.align.backward) {
            return Some(InputFault::Backward);
        }
        let seconds = elapsed.as_secs_f64();
        // Of the sensor with more samples, because its span is measured better.
        let louder = taken().rev().max_by_key(|input| input.samples);
        let louder = louder.filter(|input| input.samples > 2);
        if let Some((first, last)) = louder.and_then(|input| input.span) {
            let pace = last.since(first).as_secs_f64() / seconds;
            if pace < STANDING {
                return Some(InputFault::Frozen);
            }
            if !PACE.contains(&pace) {
                return Some(InputFault::Pace(pace));
            }
        }
        for input in taken() {
            let hz = input.samples as f64 / seconds;
            if !Hertz(hz).is_served() {
                return Some(InputFault::Rate(hz));
            }
        }
        let both = self.channels == Channels::AccelerometerAndGyroscope;
        if let (true, Some((_, a)), Some((_, g))) = (both, acc.span, gyro.span) {
            let apart = a.since(g).max(g.since(a));
            if apart >= CLOCKS_APART {
                return Some(InputFault::ClocksApart(apart));
            }
        }
        Some(InputFault::Gaps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_samples_are_told_with_their_sources_reason_and_the_remedy_once() {
        let gyroscope = InputFault::Missing(Sensor::Gyroscope);
        let remedied = format!("no gyroscope{}", remedy(Sensor::Gyroscope));
        for (fault, source, told) in [
            (InputFault::Silent, None, "no samples arrive".into()),
            (
                InputFault::Silent,
                Some("it has ended"),
                "no samples arrive: it has ended".into(),
            ),
            (
                gyroscope,
                Some(remedied.as_str()),
                format!("the gyroscope says nothing: {remedied}"),
            ),
            (
                gyroscope,
                Some("it is refused"),
                format!(
                    "the gyroscope says nothing: it is refused{}",
                    remedy(Sensor::Gyroscope)
                ),
            ),
            (gyroscope, None, gyroscope.to_string()),
            (
                InputFault::Frozen,
                Some("it was refused"),
                "time stamps stand still".into(),
            ),
        ] {
            assert_eq!(fault.told(source), told);
        }
    }
}
