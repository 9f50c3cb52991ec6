//! The sampling rate of a sensor: which ones it has, and setting it.

use rustix::io::Errno;

use super::device::prefix;

use super::sysfs::Attributes;
use super::trigger;
use super::{Hertz, IioError};
use crate::motion::Sensor;
use crate::source::offer::Offer;

const FREQUENCY: &str = "sampling_frequency";

/// The attribute with the rate of `sensor`: its own, or the device's; `None` if there
/// is neither.
fn attribute(device: &Attributes, sensor: Sensor) -> Option<String> {
    names(sensor).into_iter().find(|name| device.has(name))
}

fn names(sensor: Sensor) -> [String; 2] {
    [
        format!("{}_{FREQUENCY}", prefix(sensor)),
        FREQUENCY.to_owned(),
    ]
}

/// The text of `…_available` for the attribute `name`. Drivers have it under the same
/// prefix, or shared by all sensors where the rate is each sensor's (bmc150), or the
/// reverse.
fn offer(of: &Attributes, sensor: Sensor, name: &str) -> Option<String> {
    let others = names(sensor).into_iter().filter(|other| other != name);
    [name.to_owned()]
        .into_iter()
        .chain(others)
        .find_map(|name| of.read(&format!("{name}_available")).ok())
        .filter(|offer| !offer.is_empty())
}

/// The rates of a sensor; each field is `None` where it cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// The rate in effect.
    pub now: Option<Hertz>,
    /// The rates that its driver offers, as the driver writes them.
    pub offer: Option<String>,
    /// The rate that graspd would set; `None` where it cannot be set.
    pub chosen: Option<Hertz>,
}

/// Reads the rates of `sensor`, and chooses the one to set for `wanted`.
pub(super) fn look(device: &Attributes, sensor: Sensor, wanted: Hertz) -> Rates {
    let best = |offer: Option<&str>| Offer::parse(offer.unwrap_or_default()).best(wanted);
    let of_trigger = trigger::current(device).filter(|trigger| trigger.has(FREQUENCY));
    let name = attribute(device, sensor);
    let of_device = name.as_ref().and_then(|name| read(device, name).ok());
    let offer = name.as_ref().and_then(|name| offer(device, sensor, name));
    match of_trigger {
        Some(trigger) => {
            let beside = trigger.read(&format!("{FREQUENCY}_available")).ok();
            Rates {
                now: read(&trigger, FREQUENCY).ok().or(of_device),
                chosen: Some(best(beside.as_deref())),
                offer,
            }
        }
        None => Rates {
            now: of_device,
            chosen: name.map(|_| best(offer.as_deref())),
            offer,
        },
    }
}

/// Sets the rate of `sensor` near `wanted` and returns the rate in effect: drivers
/// round, and a trigger with a rate of its own overrides it.
pub(super) fn set(device: &Attributes, sensor: Sensor, wanted: Hertz) -> Hertz {
    let of_device = attribute(device, sensor).and_then(|name| {
        let offer = offer(device, sensor, &name).unwrap_or_default();
        set_one(device, &name, &offer, wanted)
    });
    let of_trigger = trigger::current(device)
        .filter(|trigger| trigger.has(FREQUENCY))
        .and_then(|trigger| {
            let offer = trigger.read(&format!("{FREQUENCY}_available"));
            set_one(&trigger, FREQUENCY, &offer.unwrap_or_default(), wanted)
        });
    let rate = of_trigger.or(of_device).unwrap_or_else(|| {
        tracing::debug!(%sensor, "no sampling frequency can be read");
        wanted
    });
    if !rate.is_served() {
        tracing::warn!(%sensor, hz = rate.0, "this rate cannot be used, 25 to 400 Hz can");
    }
    rate
}

fn set_one(of: &Attributes, name: &str, offer: &str, wanted: Hertz) -> Option<Hertz> {
    let write = |rate: Hertz| of.write(name, &rate.0.to_string());
    if let Err(error) = first_accepted(&Offer::parse(offer).candidates(wanted), write) {
        tracing::info!(%error, "the rate stays as it is");
    }
    read(of, name)
        .inspect_err(|error| tracing::debug!(%error, "the rate cannot be read back"))
        .ok()
}

/// Writes one rate after the other until one is accepted. EINVAL refuses that rate
/// only; any other error ends the attempts, as it holds for all rates.
fn first_accepted(
    rates: &[Hertz],
    write: impl Fn(Hertz) -> Result<(), IioError>,
) -> Result<(), IioError> {
    let mut result = Ok(());
    for rate in rates {
        result = write(*rate);
        match &result {
            Err(IioError::Io { source, .. })
                if matches!(
                    Errno::from_io_error(source),
                    Some(Errno::INVAL | Errno::RANGE | Errno::DOM)
                ) => {}
            _ => break,
        }
    }
    result
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
    use std::cell::RefCell;
    use std::io;
    use std::path::Path;

    use super::*;

    /// The rates that are written to a driver which answers `refusal` to all but 125,
    /// and whether one was accepted.
    fn asked(offer: &str, refusal: Errno) -> (Vec<f64>, bool) {
        let asked = RefCell::new(Vec::new());
        let result = first_accepted(&Offer::parse(offer).candidates(Hertz(100.0)), |rate| {
            asked.borrow_mut().push(rate.0);
            match rate.0 {
                125.0 => Ok(()),
                _ => Err(IioError::io("write", Path::new("rate"))(io::Error::from(
                    refusal,
                ))),
            }
        });
        (asked.into_inner(), result.is_ok())
    }

    #[test]
    fn a_rate_that_is_refused_is_followed_by_the_next() {
        let refused = Errno::INVAL;
        assert_eq!(asked("50 125 250", refused), (vec![125.0], true));
        assert_eq!(asked("100 125 50", refused), (vec![100.0, 125.0], true));
        let (asked_without, accepted) = asked("", refused);
        assert!(accepted && asked_without[0] == 100.0, "{asked_without:?}");
        assert_eq!(asked("100 200", refused), (vec![100.0, 200.0], false));
        // EBUSY while a device streams, EACCES where the attribute is not this user's.
        for refused in [Errno::BUSY, Errno::ACCESS] {
            assert_eq!(asked("100 125", refused), (vec![100.0], false));
        }
    }
}
