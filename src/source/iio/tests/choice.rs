//! Which of several devices is read.

use super::super::device::Device;
use super::super::fake::{Fake, FakeDevice, three_axes};
use super::super::find::{self, Difference, Reason};
use super::super::{IioError, IioSource, Place, PlaceSource};
use crate::motion::Channels;

/// 1: by label, by the screen's label over the keyboard's, by configuration.
#[test]
fn of_several_devices_the_one_that_is_meant() {
    let fake = Fake::new();
    let devices = [(0, "accel-base"), (1, "accel-display"), (2, "")].map(|(n, label)| {
        let device = fake.device(
            n,
            &[("in_accel_scale", "1")],
            &three_axes("accel", "le:s32/32>>0"),
        );
        device.set("label", label);
        device.set("name", &format!("chip{n}\n"));
        device
    });
    let gyroscope = fake.device(
        4,
        &[("in_anglvel_scale", "1")],
        &three_axes("gyro", "le:s32/32>>0"),
    );
    let enabled = |name: &str| {
        let mut settings = fake.settings();
        settings.choices[0].name = (!name.is_empty()).then(|| name.into());
        let source = IioSource::open(settings)?;
        assert_eq!(gyroscope.get("buffer/enable"), "1");
        let index = devices.iter().position(|d| d.get("buffer/enable") == "1");
        drop(source);
        Ok::<_, IioError>(index)
    };
    assert_eq!(enabled("").unwrap(), Some(1));
    assert_eq!(enabled("chip2").unwrap(), Some(2));
    assert_eq!(enabled("accel-base").unwrap(), Some(0));
    assert_eq!(enabled("iio:device2").unwrap(), Some(2));
    let error = enabled("chip9").unwrap_err().to_string();
    assert!(
        error.contains("chip9") && error.contains("accel-display"),
        "{error}"
    );
}

/// 23
#[test]
fn a_phone_without_such_sensors_is_told_of_the_others() {
    let fake = Fake::new();
    let error = IioSource::open(fake.settings()).err().unwrap().to_string();
    assert!(
        error.contains("accelerometer") && error.contains("auto"),
        "{error}"
    );
}

/// A device with this sensor, named after the chip.
fn sensor(fake: &Fake, number: u32, kind: &str, chip: &str) -> FakeDevice {
    let device = fake.device(number, &[], &three_axes(kind, "le:s16/16>>0"));
    device.set("name", &format!("{chip}\n"));
    device.set("dev", &format!("247:{number}\n"));
    device
}

/// The numbers of the chosen devices, and the reasons.
fn chosen(fake: &Fake, names: [Option<&str>; 2]) -> ([String; 2], [Reason; 2]) {
    let found = find::all(&fake.settings().roots, names, Channels::default()).unwrap();
    let [(_, one), (_, two)] = found.try_into().unwrap();
    let number = |device: &Device| device.id.trim_start_matches("iio:device").to_owned();
    (
        [number(&one.device), number(&two.device)],
        [one.why, two.why],
    )
}

/// 1: two devices with the same name, as in laptops that fold.
#[test]
fn the_displays_accelerometer_whoever_says_which_it_is() {
    for who in ["udev", "label", "location", "in_accel_location"] {
        let fake = Fake::new();
        let devices = [0, 1].map(|n| sensor(&fake, n, "accel", "kxcj1009"));
        let _gyroscope = sensor(&fake, 2, "anglvel", "bmg160");
        let say = |n: usize, place: &str| match who {
            "udev" => fake.record(&format!("247:{n}"), &format!("E:ACCEL_LOCATION={place}")),
            "label" => devices[n].set("label", &format!("accel-{place}\n")),
            name => {
                let word = if place == "display" { "lid" } else { place };
                devices[n].set(name, &format!("{word}\n"));
            }
        };
        say(0, "base");
        say(1, "display");
        let ([accelerometer, gyroscope], [why, only]) = chosen(&fake, [None; 2]);
        assert_eq!(
            (accelerometer.as_str(), gyroscope.as_str()),
            ("1", "2"),
            "{who}"
        );
        assert_eq!(only, Reason::Only);
        let Reason::Over(other, Difference::Place(Some((Place::Display, source)))) = why else {
            panic!("{who}: {why:?}");
        };
        assert!(
            other.contains("iio:device0") && other.contains("base"),
            "{other}"
        );
        assert_eq!(source == PlaceSource::Udev, who == "udev");
        assert_eq!(chosen(&fake, [Some("base"), None]).0[0], "0", "{who}");
        assert_eq!(chosen(&fake, [Some("display"), None]).0[0], "1", "{who}");
    }
}

#[test]
fn one_of_them_that_is_said_to_be_in_the_base_is_enough_and_udev_goes_first() {
    let fake = Fake::new();
    let devices = [0, 1].map(|n| sensor(&fake, n, "accel", "kxcj1009"));
    let _gyroscope = sensor(&fake, 2, "anglvel", "bmg160");
    let (numbers, why) = chosen(&fake, [None; 2]);
    assert_eq!(numbers[0], "0");
    assert!(matches!(&why[0], Reason::Undecided(other) if other.contains("iio:device1")));
    fake.record("247:0", "E:ACCEL_LOCATION=base");
    assert_eq!(chosen(&fake, [None; 2]).0[0], "1");
    devices[1].set("label", "accel-display\n");
    fake.record("247:1", "E:ACCEL_LOCATION=base");
    fake.record("247:0", "E:ACCEL_LOCATION=display");
    assert_eq!(chosen(&fake, [None; 2]).0[0], "0");
}

#[test]
fn the_gyroscope_is_the_one_that_moves_with_the_accelerometer() {
    let fake = Fake::new();
    // Both parts have a chip with both sensors.
    let parts = [0, 1].map(|n| {
        let axes = [
            three_axes("accel", "le:s16/16>>0"),
            three_axes("anglvel", "le:s16/16>>0"),
        ];
        let device = fake.device(n, &[("name", "bmi260\n")], &axes.concat());
        device.set("dev", &format!("247:{n}\n"));
        device
    });
    fake.record("247:0", "E:ACCEL_LOCATION=base");
    fake.record("247:1", "E:ACCEL_LOCATION=display");
    let (numbers, why) = chosen(&fake, [None; 2]);
    assert_eq!(numbers, ["1", "1"]);
    assert!(matches!(why[1], Reason::Over(_, Difference::SameDevice)));
    assert_eq!(chosen(&fake, [Some("base"), None]).0, ["0", "0"]);
    assert_eq!(chosen(&fake, [None, Some("base")]).0, ["1", "0"]);
    drop(parts);

    // Four devices; the gyroscopes have labels.
    let fake = Fake::new();
    let _all = [
        (0, "accel", "base"),
        (1, "accel", "lid"),
        (2, "anglvel", "base"),
        (3, "anglvel", "lid"),
    ]
    .map(|(n, kind, place)| {
        let device = sensor(&fake, n, kind, &format!("cros-ec-{kind}"));
        device.set("location", &format!("{place}\n"));
        device
    });
    assert_eq!(chosen(&fake, [None; 2]).0, ["1", "3"]);
    let (numbers, why) = chosen(&fake, [Some("base"), None]);
    assert_eq!(numbers, ["0", "2"]);
    assert!(matches!(
        why,
        [Reason::Configured, Reason::Over(_, Difference::SamePlace)]
    ));
}

#[test]
fn a_gyroscope_that_nobody_places_is_that_of_the_accelerometers_chip() {
    let fake = Fake::new();
    let devices = [(0, "accel"), (1, "accel"), (2, "anglvel"), (3, "anglvel")]
        .map(|(n, kind)| sensor(&fake, n, kind, &format!("lsm6dsl_{kind}")));
    // As in sysfs, the entries are links into the device tree.
    for (n, chip) in [(0, "one"), (1, "two"), (2, "one"), (3, "two")] {
        let folder = fake.root().join("sys/devices").join(chip);
        std::fs::create_dir_all(&folder).unwrap();
        let id = format!("iio:device{n}");
        let entry = fake.root().join("sys/bus/iio/devices").join(&id);
        std::fs::rename(&entry, folder.join(&id)).unwrap();
        std::os::unix::fs::symlink(folder.join(&id), entry).unwrap();
    }
    devices[1].set("label", "accel-display");
    let (numbers, why) = chosen(&fake, [None; 2]);
    assert_eq!(numbers, ["1", "3"]);
    assert!(
        matches!(why[1], Reason::Over(_, Difference::Nearer)),
        "{why:?}"
    );
    assert_eq!(chosen(&fake, [Some("iio:device0"), None]).0, ["0", "2"]);
}
