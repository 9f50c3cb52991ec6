//! The part of the device that a sensor is in: devices that fold have accelerometers in
//! more than one part.

use std::fmt;

use super::sysfs::Attributes;
use super::udev::Record;

/// A part of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The part with the screen; the whole of a phone or a tablet.
    Display,
    /// The part with a keyboard.
    Base,
    /// A camera that moves independently of the rest.
    Camera,
}

impl Place {
    /// The place that a word of udev, the kernel or the configuration stands for, such
    /// as `display`, `lid` or `accel-base`; `None` for unknown words.
    pub(super) fn named(word: &str) -> Option<Self> {
        let last = word.trim().rsplit(['-', '_']).next()?;
        match last.to_ascii_lowercase().as_str() {
            "display" | "lid" => Some(Self::Display),
            "base" => Some(Self::Base),
            "camera" => Some(Self::Camera),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Display => "display",
            Self::Base => "base",
            Self::Camera => "camera",
        })
    }
}

/// The source of a [`Place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceSource {
    /// udev's property `ACCEL_LOCATION`.
    Udev,
    /// The attribute `label`, which comes from the firmware.
    Label,
    /// The attribute of this name, such as `location` on ChromeOS devices.
    Attribute(&'static str),
}

impl fmt::Display for PlaceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Udev => f.write_str("udev's ACCEL_LOCATION"),
            Self::Label => f.write_str("its label"),
            Self::Attribute(name) => write!(f, "its attribute {name}"),
        }
    }
}

/// Attributes that name the place of a sensor.
/// <https://docs.kernel.org/admin-guide/abi-testing.html> (sysfs-bus-iio, location)
const LOCATIONS: [&str; 3] = ["location", "in_accel_location", "in_anglvel_location"];

/// The place of a device and its source; `None` if no source gives a known word. udev
/// takes precedence over the kernel, as in iio-sensor-proxy, because administrators and
/// vendors can correct its database.
pub(super) fn find(
    device: &Attributes,
    label: Option<&str>,
    record: Option<&Record>,
) -> Option<(Place, PlaceSource)> {
    let of_udev = || Place::named(record?.property("ACCEL_LOCATION")?);
    let of_label = || Place::named(label?);
    let of_attribute = |name| Place::named(&device.read(name).ok()?);
    None.or_else(|| Some((of_udev()?, PlaceSource::Udev)))
        .or_else(|| Some((of_label()?, PlaceSource::Label)))
        .or_else(|| {
            LOCATIONS
                .into_iter()
                .find_map(|name| Some((of_attribute(name)?, PlaceSource::Attribute(name))))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_of_udev_and_of_the_kernel() {
        for (word, place) in [
            ("display", Some(Place::Display)),
            ("lid", Some(Place::Display)),
            ("accel-display", Some(Place::Display)),
            ("Base", Some(Place::Base)),
            ("accel-base", Some(Place::Base)),
            ("accel-camera", Some(Place::Camera)),
            ("baseline", None),
            ("accel", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(Place::named(word), place, "{word}");
        }
    }

    proptest! {
        #[test]
        fn any_word_is_a_place_or_none(word in "\\PC{0,20}") {
            if let Some(place) = Place::named(&word) {
                prop_assert_eq!(Place::named(&place.to_string()), Some(place));
            }
        }
    }
}
