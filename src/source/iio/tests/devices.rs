//! Devices with different attributes and scan elements.

use std::fs;

use super::super::IioSource;
use super::super::fake::{Fake, now, samples, three_axes};
use super::{near, s16, s32};
use crate::motion::{SampleTime, Sensor};
use crate::source::Source;

/// 1, 2, 4, 5, 7, 8, 9, 11, 15
#[test]
fn two_devices_of_a_sensor_hub() {
    let fake = Fake::new();
    let [mut accelerometer, mut gyroscope] = fake.hid();
    let mut source = fake.open();
    for (device, kind) in [(&accelerometer, "accel"), (&gyroscope, "anglvel")] {
        assert_eq!(device.get(&format!("in_{kind}_sampling_frequency")), "100");
        assert_eq!(device.get(&format!("in_{kind}_hysteresis")), "0");
        assert_eq!(device.get("current_timestamp_clock"), "boottime");
        assert_eq!(device.get("buffer/length"), "80");
        assert_eq!(device.get("buffer/watermark"), "10");
        assert_eq!(device.get(&format!("scan_elements/in_{kind}_y_en")), "1");
        assert_eq!(device.get("scan_elements/in_timestamp_en"), "1");
        assert_eq!(device.get("buffer/enable"), "1");
    }
    assert_eq!(
        accelerometer.get("trigger/current_trigger"),
        "accel_3d-dev0\n"
    );
    let t = now();
    accelerometer.scan(&s32([0, -100, 1000]), t);
    gyroscope.scan(&s32([1000, 0, -1]), t + 7);
    let found = samples(&mut source, 2);
    assert_eq!(found[0].sensor, Sensor::Accelerometer);
    assert_eq!(found[0].t, SampleTime::from_nanos(t));
    near(found[0].xyz, [0.0, -0.980_665, 9.80665]);
    assert_eq!(found[1].sensor, Sensor::Gyroscope);
    assert_eq!(found[1].t, SampleTime::from_nanos(t + 7));
    near(found[1].xyz, [0.174_532, 0.0, -0.000_174_532]);
    assert_eq!((source.counts().samples, source.counts().malformed), (2, 0));
}

/// 3
#[test]
fn sixteen_bits_of_thirty_two_with_the_next_axis_beside_them() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    for axis in ["x", "y", "z"] {
        accelerometer.set(
            &format!("scan_elements/in_accel_{axis}_type"),
            "le:s16/32>>0\n",
        );
    }
    let mut source = fake.open();
    accelerometer.scan(&s16(&[-100, 200, 200, 300, 300, -1]), now());
    near(
        samples(&mut source, 1)[0].xyz,
        [-0.980_665, 1.96133, 2.941_995],
    );
}

/// 2, 7: lists what it has, and puts three s16 and the time into 16 bytes.
#[test]
fn two_devices_of_an_lsm6dsl() {
    let fake = Fake::new();
    let mut devices =
        [(3, "accel", "0.000598"), (5, "anglvel", "0.000152")].map(|(n, kind, scale)| {
            let device = fake.device(
                n,
                &[("name", "lsm6dsl\n")],
                &three_axes(kind, "le:s16/16>>0"),
            );
            device.set(&format!("in_{kind}_scale"), scale);
            device.set("sampling_frequency", "12.5\n");
            device.set("sampling_frequency_available", "12.5 26 52 104 208 416\n");
            device
        });
    let mut source = fake.open();
    assert_eq!(devices[0].get("sampling_frequency"), "104");
    let t = now();
    devices[0].scan(&s16(&[1000, -1000, 16000]), t);
    devices[0].scan(&s16(&[1000, -1000, 16001]), t + 1);
    devices[1].scan(&s16(&[1, 2, 3]), t);
    let found = samples(&mut source, 3);
    near(found[1].xyz, [0.598, -0.598, 9.568_598]);
    near(found[2].xyz, [0.000_152, 0.000_304, 0.000_456]);
}

/// 1, 2, 6: one device with one matrix, an hrtimer trigger that determines the rate,
/// and a channel that is not used.
#[test]
fn one_device_of_a_bmi160() {
    let fake = Fake::new();
    let s16s = "le:s16/16>>0";
    let mut device = fake.device(
        2,
        &[
            ("name", "bmi160\n"),
            ("in_accel_scale", "0.000598\n"),
            ("in_anglvel_scale", "0.001065\n"),
            ("in_accel_offset", "10\n"),
            ("in_mount_matrix", "0, 1, 0; -1, 0, 0; 0, 0, 1\n"),
            ("in_accel_sampling_frequency", "1600\n"),
            ("trigger/current_trigger", "imu\n"),
        ],
        &[
            ("in_anglvel_x", s16s),
            ("in_anglvel_y", s16s),
            ("in_anglvel_z", s16s),
            ("in_accel_x", s16s),
            ("in_accel_y", s16s),
            ("in_accel_z", s16s),
            ("in_temp", s16s),
            ("in_timestamp", "le:s64/64>>0"),
        ],
    );
    device.set("scan_elements/in_temp_en", "1\n");
    let trigger = fake.root().join("sys/bus/iio/devices/trigger0");
    fs::create_dir(&trigger).unwrap();
    fs::write(trigger.join("name"), "imu\n").unwrap();
    fs::write(trigger.join("sampling_frequency"), "50\n").unwrap();
    let mut source = fake.open();
    assert_eq!(device.get("scan_elements/in_temp_en"), "0");
    assert_eq!(
        fs::read_to_string(trigger.join("sampling_frequency")).unwrap(),
        "100"
    );
    let t = now();
    device.scan(&s16(&[1, 2, 3, 990, 1990, 2990]), t);
    let found = samples(&mut source, 2);
    assert!(found.iter().all(|s| s.t == SampleTime::from_nanos(t)));
    near(
        found[0].xyz,
        [0.000_598 * 2000.0, -0.598, 0.000_598 * 3000.0],
    );
    near(found[1].xyz, [0.001_065 * 2.0, -0.001_065, 0.001_065 * 3.0]);
}

/// 6
#[test]
fn every_spelling_of_the_mount_matrix_and_none() {
    let turned = [-2.0, 1.0, 3.0];
    let matrix = "0, -1, 0; 1, 0, 0; 0, 0, 1";
    for name in [
        Some("mount_matrix"),
        Some("in_mount_matrix"),
        Some("in_accel_mount_matrix"),
        Some("udev"),
        None,
    ] {
        let fake = Fake::new();
        let [mut accelerometer, _gyroscope] = fake.hid();
        accelerometer.set("in_accel_scale", "1");
        match name {
            Some("udev") => {
                accelerometer.set("mount_matrix", "1, 0, 0; 0, 1, 0; 0, 0, 1\n");
                accelerometer.set("dev", "248:0\n");
                let record = format!("I:1\nE:ACCEL_MOUNT_MATRIX={matrix}\nG:systemd\n");
                fs::write(fake.root().join("run/udev/data/c248:0"), record).unwrap();
            }
            Some(name) => accelerometer.set(name, matrix),
            None => {}
        }
        let mut source = fake.open();
        accelerometer.scan(&s32([1, 2, 3]), now());
        let expected = if name.is_some() {
            turned
        } else {
            [1.0, 2.0, 3.0]
        };
        near(samples(&mut source, 1)[0].xyz, expected);
    }
}

/// 4: an unreadable rate is tolerated, an unreadable scale is an error.
#[test]
fn attributes_that_cannot_be_read() {
    let fake = Fake::new();
    let [accelerometer, gyroscope] = fake.hid();
    accelerometer.remove("in_accel_sampling_frequency");
    accelerometer.unreadable("in_accel_sampling_frequency");
    drop(fake.open());
    gyroscope.unreadable("in_anglvel_scale");
    let error = IioSource::open(fake.settings()).err().unwrap().to_string();
    assert!(error.contains("in_anglvel_scale"), "{error}");
}

/// 6: an empty source is skipped.
#[test]
fn mount_matrices_that_are_empty_or_end_in_a_semicolon() {
    let turned = [-2.0, 1.0, 3.0];
    for (udev, kernel, expected) in [
        ("", "", [1.0, 2.0, 3.0]),
        (
            "",
            "(null), (null), (null); (null), (null), (null); (null), (null), (null)\n",
            [1.0, 2.0, 3.0],
        ),
        ("", "0, -1, 0; 1, 0, 0; 0, 0, 1;\n\0", turned),
        ("0, -1, 0; 1, 0, 0; 0, 0, 1;", "", turned),
        (" 0 -1 0; 1 0 0; 0 0 1", "1, 0, 0; 0, 1, 0; 0, 0, 1", turned),
    ] {
        let fake = Fake::new();
        let [mut accelerometer, _gyroscope] = fake.hid();
        accelerometer.set("in_accel_scale", "1");
        accelerometer.set("in_accel_mount_matrix", kernel);
        accelerometer.set("dev", "248:0\n");
        fake.record("248:0", &format!("E:ACCEL_MOUNT_MATRIX={udev}"));
        let mut source = fake.open();
        accelerometer.scan(&s32([1, 2, 3]), now());
        near(samples(&mut source, 1)[0].xyz, expected);
    }
}

/// 6: the error names the matrix's source and the setting that takes precedence, and
/// that setting mends it.
#[test]
fn an_impossible_mount_matrix_is_refused_with_its_source_and_its_remedy() {
    let fake = Fake::new();
    let [accelerometer, gyroscope] = fake.hid();
    accelerometer.set("dev", "248:0\n");
    let expect = |parts: &[&str]| {
        let error = IioSource::open(fake.settings()).err().unwrap().to_string();
        for part in parts {
            assert!(error.contains(part), "no {part:?} in {error}");
        }
    };
    fake.record("248:0", "E:ACCEL_MOUNT_MATRIX=1, 0, 0; 0, 1, 0; 0, 1, 0");
    expect(&[
        "udev's property ACCEL_MOUNT_MATRIX",
        "run/udev/data/c248:0",
        "rows 2 and 3 say the same",
        "source.accelerometer_matrix",
        "iio:device0 (accel_3d)",
    ]);
    let mut settings = fake.settings();
    settings.choices[0].mount = Some("1, 0, 0; 0, 1, 0; 0, 0, 1".parse().unwrap());
    drop(IioSource::open(settings).unwrap());
    fake.record("248:0", "E:ACCEL_MOUNT_MATRIX=");
    accelerometer.set("in_mount_matrix", "1, 0; 0, 1");
    expect(&[
        "device0/in_mount_matrix",
        "three rows",
        "source.accelerometer_matrix",
    ]);
    accelerometer.remove("in_mount_matrix");
    gyroscope.set("in_anglvel_mount_matrix", "0, 0, 0; 0, 0, 0; 0, 0, 0\n");
    expect(&[
        "in_anglvel_mount_matrix",
        "row 1 is all zeros",
        "source.gyroscope_matrix",
    ]);
}

/// 7: bmc150 has a rate for each sensor, and one list of rates for both.
#[test]
fn a_rate_of_the_sensors_with_an_offer_of_the_devices() {
    let fake = Fake::new();
    let [accelerometer, _gyroscope] = fake.hid();
    accelerometer.set("in_accel_sampling_frequency", "15.620000\n");
    let offer = "15.620000 31.260000 62.50000 125 250 500 1000 2000\n";
    accelerometer.set("sampling_frequency_available", offer);
    drop(fake.open());
    assert_eq!(accelerometer.get("in_accel_sampling_frequency"), "125");
    // The reverse: one rate, and a list for each sensor.
    accelerometer.remove("in_accel_sampling_frequency");
    accelerometer.remove("sampling_frequency_available");
    accelerometer.set("sampling_frequency", "25\n");
    accelerometer.set("in_accel_sampling_frequency_available", "[12.5 12.5 400]\n");
    drop(fake.open());
    assert_eq!(accelerometer.get("sampling_frequency"), "100");
}

/// 4: some drivers list scale attributes for each axis, of which only the shared one is
/// readable.
#[test]
fn a_scale_of_an_axis_that_cannot_be_read_gives_way_to_all_axes() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    accelerometer.set("in_accel_scale", "2");
    accelerometer.set("in_accel_x_scale", "0.5");
    accelerometer.set("in_accel_y_scale", "");
    accelerometer.unreadable("in_accel_z_scale");
    let mut source = fake.open();
    accelerometer.scan(&s32([1, 1, 1]), now());
    near(samples(&mut source, 1)[0].xyz, [0.5, 2.0, 2.0]);
}
