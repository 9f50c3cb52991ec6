//! Choosing how often a sensor is read.

use std::time::Duration;

use super::IioError;
use super::find::prefix;
use super::sysfs::Attributes;
use super::trigger;
use crate::motion::Sensor;

/// Samples a second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Hertz(pub f64);

impl Hertz {
    pub(super) fn interval(self) -> Duration {
        self.time_of(1)
    }

    /// How long `samples` take; an hour at most.
    pub(super) fn time_of(self, samples: usize) -> Duration {
        let longest = Duration::from_secs(3600);
        Duration::try_from_secs_f64(samples as f64 / self.0).map_or(longest, |t| t.min(longest))
    }

    /// Whole samples within `span`, one at least.
    pub(super) fn samples_in(self, span: Duration) -> usize {
        ((self.0 * span.as_secs_f64()) as usize).max(1)
    }
}

/// A little less than wanted is still what was wanted, as drivers round.
const TOLERANCE: f64 = 0.98;

/// Of the rates on `offer` the lowest that is `wanted` at least, else the
/// highest. An offer is a list, or a range `[lowest step highest]`; without one
/// that can be read, any rate may do.
pub(super) fn choose(offer: &str, wanted: Hertz) -> Hertz {
    let bounds = offer
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'));
    let rates = bounds
        .unwrap_or(offer)
        .split_whitespace()
        .filter_map(|word| word.parse::<f64>().ok())
        .filter(|rate| rate.is_finite() && *rate > 0.0);
    if bounds.is_some() {
        return match rates.collect::<Vec<_>>()[..] {
            [lowest, _, highest] if lowest <= highest => Hertz(wanted.0.clamp(lowest, highest)),
            _ => wanted,
        };
    }
    let (mut enough, mut most) = (f64::INFINITY, 0.0);
    for rate in rates {
        most = f64::max(most, rate);
        if rate >= wanted.0 * TOLERANCE {
            enough = f64::min(enough, rate);
        }
    }
    match (enough, most) {
        (enough, _) if enough.is_finite() => Hertz(enough),
        (_, most) if most > 0.0 => Hertz(most),
        _ => wanted,
    }
}

const FREQUENCY: &str = "sampling_frequency";

/// What has the rate of `sensor`: an attribute of its own or of all its device.
fn attribute(device: &Attributes, sensor: Sensor) -> Option<String> {
    [
        format!("{}_{FREQUENCY}", prefix(sensor)),
        FREQUENCY.to_owned(),
    ]
    .into_iter()
    .find(|name| device.has(name))
}

/// The rate that `sensor` has, and those that its driver offers, as far as they
/// can be read.
pub(super) fn look(device: &Attributes, sensor: Sensor) -> (Option<Hertz>, Option<String>) {
    let of_trigger = trigger::current(device).and_then(|trigger| read(&trigger, FREQUENCY).ok());
    let name = attribute(device, sensor);
    let of_device = name.as_ref().and_then(|name| read(device, name).ok());
    let offer = name.and_then(|name| device.read(&format!("{name}_available")).ok());
    (of_trigger.or(of_device), offer)
}

/// Sets the rate of `sensor` near `wanted` and says what it has become: drivers
/// round, and a trigger with a rate of its own has the last word.
pub(super) fn set(device: &Attributes, sensor: Sensor, wanted: Hertz) -> Hertz {
    let of_device = attribute(device, sensor).and_then(|name| set_one(device, &name, wanted));
    let of_trigger =
        trigger::current(device).and_then(|trigger| set_one(&trigger, FREQUENCY, wanted));
    let rate = of_trigger.or(of_device).unwrap_or_else(|| {
        tracing::debug!(%sensor, "no sampling frequency can be read");
        wanted
    });
    if !(25.0..=400.0).contains(&rate.0) {
        tracing::warn!(%sensor, hz = rate.0, "this rate cannot be used, 25 to 400 Hz can");
    }
    rate
}

fn set_one(of: &Attributes, name: &str, wanted: Hertz) -> Option<Hertz> {
    if !of.has(name) {
        return None;
    }
    let offer = of.read(&format!("{name}_available")).unwrap_or_default();
    let chosen = choose(&offer, wanted);
    if let Err(error) = of.write(name, &chosen.0.to_string()) {
        tracing::info!(%error, "the rate stays as it is");
    }
    read(of, name)
        .inspect_err(|error| tracing::debug!(%error, "the rate cannot be read back"))
        .ok()
}

fn read(of: &Attributes, name: &str) -> Result<Hertz, IioError> {
    let needed = "a positive number";
    let rate: f64 = of.parse(name, needed)?;
    if rate.is_finite() && rate > 0.0 {
        return Ok(Hertz(rate));
    }
    Err(IioError::Nonsense {
        path: of.path(name),
        found: rate.to_string(),
        needed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lowest_rate_that_is_enough() {
        for (offer, chosen) in [
            ("12.5 26 52 104 208 416 833", 104.0),
            ("12.500000 25.000000 50.000000 100.000000 200.000000", 100.0),
            ("400 200 99.6 50", 99.6),
            ("12.5 26 52", 52.0),
            ("[0.5 0.1 1000]", 100.0),
            ("[1 1 50]", 50.0),
            ("[1 1", 1.0),
            ("[50 1 1]", 100.0),
            ("", 100.0),
            ("fast 0 -1 nan inf", 100.0),
        ] {
            assert_eq!(choose(offer, Hertz(100.0)), Hertz(chosen), "{offer}");
        }
    }

    #[test]
    fn a_rate_without_bounds_makes_no_endless_wait() {
        assert_eq!(Hertz(1e-300).interval(), Duration::from_secs(3600));
        assert_eq!(Hertz(100.0).samples_in(Duration::from_millis(960)), 96);
        assert_eq!(Hertz(0.5).samples_in(Duration::from_millis(960)), 1);
    }

    proptest! {
        #[test]
        fn of_a_list_one_is_chosen(rates in prop::collection::vec(0.5f64..2000.0, 1..10)) {
            let words: Vec<_> = rates.iter().map(f64::to_string).collect();
            prop_assert!(rates.contains(&choose(&words.join(" "), Hertz(100.0)).0));
        }

        #[test]
        fn whatever_is_offered_a_rate_is_a_rate(offer in "\\PC{0,40}") {
            let chosen = choose(&offer, Hertz(100.0)).0;
            prop_assert!(chosen.is_finite() && chosen > 0.0);
        }
    }
}
