//! The source on trees that look as real kernels do. The numbers of
//! docs/iio.md's list are named where a test is about one of them.

use std::fs;
use std::os::unix::net::UnixListener;
use std::time::Duration;

use super::fake::{Fake, now, samples, three_axes};
use super::{IioError, IioSource, Mode, Tap, release};
use crate::motion::{SampleTime, Sensor};
use crate::source::{Reading, Source};

fn s32(xyz: [i32; 3]) -> Vec<u8> {
    xyz.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn s16(values: &[i16]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn near(found: [f32; 3], expected: [f64; 3]) {
    for (f, e) in found.iter().zip(expected) {
        assert!(
            (f64::from(*f) - e).abs() < 1e-6,
            "{found:?}, not {expected:?}"
        );
    }
}

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

/// 1, 2, 6: one device, one matrix, an hrtimer trigger with the last word on
/// the rate, and a channel that nobody wants.
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

/// 4: a rate that cannot be read is lived with, a scale is not.
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

/// 9, 11
#[test]
fn a_foreign_trigger_is_replaced_and_a_missing_one_set() {
    for wrong in ["gyro_3d-dev1\n", "\n"] {
        let fake = Fake::new();
        let [accelerometer, _gyroscope] = fake.hid();
        accelerometer.set("trigger/current_trigger", wrong);
        let own = fake.root().join("sys/bus/iio/devices/trigger7");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("name"), "accel_3d-dev0\n").unwrap();
        drop(fake.open());
        assert_eq!(
            accelerometer.get("trigger/current_trigger"),
            "accel_3d-dev0"
        );
    }
}

/// 13: two intervals after it was enabled, say, or three hops.
#[test]
fn a_sensor_that_takes_its_time_to_start_is_waited_for() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    let mut source = fake.open();
    let powering_up = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        accelerometer.scan(&s32([0, 0, 1000]), now());
        accelerometer
    });
    samples(&mut source, 1);
    assert!(matches!(source.tap, Tap::Buffered(_)));
    assert_eq!(powering_up.join().unwrap().get("buffer/enable"), "1");
}

/// 10, 14, 20: what a killed reader left enabled is disabled before anything is
/// configured, and so is what this reader enabled; a device whose node cannot
/// be had is not touched.
#[test]
fn buffers_are_disabled_at_the_end_and_left_alone_where_others_have_them() {
    let fake = Fake::new();
    let [accelerometer, gyroscope] = fake.hid();
    accelerometer.set("buffer/enable", "1\n");
    drop(fake.open());
    assert_eq!(accelerometer.get("buffer/enable"), "0");
    assert_eq!(gyroscope.get("buffer/enable"), "0");

    let node = fake.root().join("dev/iio:device1");
    fs::remove_file(&node).unwrap();
    let _refuses = UnixListener::bind(&node).unwrap();
    gyroscope.set("buffer/enable", "1\n");
    gyroscope.set("buffer/length", "7\n");
    let mut source = fake.open();
    assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
    assert_eq!(gyroscope.get("buffer/enable"), "1\n");
    assert_eq!(gyroscope.get("buffer/length"), "7\n");
    assert_eq!(accelerometer.get("buffer/enable"), "0");
}

/// 14: what the unit does after a SIGKILL.
#[test]
fn what_a_killed_reader_left_running_is_released_and_nothing_else() {
    let fake = Fake::new();
    let [accelerometer, gyroscope] = fake.hid();
    let mut settings = fake.settings();
    assert!(release(&settings).unwrap().is_empty());
    accelerometer.set("buffer/enable", "1\n");
    settings.mode = Mode::Polled;
    assert!(release(&settings).unwrap().is_empty());
    settings.mode = Mode::Auto;
    assert_eq!(release(&settings).unwrap(), ["iio:device0 (accel_3d)"]);
    assert_eq!(accelerometer.get("buffer/enable"), "0");
    assert_eq!(gyroscope.get("buffer/enable"), "0\n");

    // A node that cannot be had: whoever has it is still there.
    let node = fake.root().join("dev/iio:device1");
    fs::remove_file(&node).unwrap();
    let _refuses = UnixListener::bind(&node).unwrap();
    gyroscope.set("buffer/enable", "1\n");
    assert!(release(&settings).is_err());
    assert_eq!(gyroscope.get("buffer/enable"), "1\n");
}

/// 17
#[test]
fn scans_without_a_credible_time_are_counted_drops() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    let mut source = fake.open();
    let t = now();
    for stamp in [0, -1, 1, i64::MAX, t] {
        accelerometer.scan(&s32([0, 0, 1000]), stamp);
    }
    assert_eq!(samples(&mut source, 1)[0].t.nanos(), t);
    assert_eq!((source.counts().samples, source.counts().malformed), (1, 4));
}

/// 16
#[test]
fn a_hub_with_a_clock_of_its_own_is_put_on_time_since_boot() {
    let fake = Fake::new();
    let [mut accelerometer, mut gyroscope] = fake.hid();
    let mut source = fake.open();
    for i in 0..40 {
        accelerometer.scan(&s32([0, 0, 1000]), 5_000 + 10_000 * i);
        gyroscope.scan(&s32([0, 0, 0]), 5_100 + 10_000 * i);
    }
    let found = samples(&mut source, 80);
    let apart = found[40].t.nanos() - found[0].t.nanos();
    assert_eq!(apart, 100, "both devices are on one clock");
    assert!((now() - found[0].t.nanos()).unsigned_abs() < 1_000_000_000);
    assert_eq!(found[39].t.nanos() - found[0].t.nanos(), 390_000);
}

/// 19: and re-armed.
#[test]
fn a_buffer_that_a_neighbour_disables_is_enabled_again() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    let mut source = fake.open();
    accelerometer.set("buffer/enable", "0\n");
    accelerometer.set("scan_elements/in_accel_x_en", "0\n");
    let before = now();
    while accelerometer.get("buffer/enable").trim() == "0" {
        let Some(Reading::Quiet(t)) = source.next().unwrap() else {
            panic!("nothing was sent");
        };
        assert!(t.nanos() >= before, "silence is told on time since boot");
    }
    assert_eq!(accelerometer.get("scan_elements/in_accel_x_en"), "1");
    accelerometer.scan(&s32([0, 0, 1000]), now());
    samples(&mut source, 1);
}

/// 1, 18: the device comes back under another number.
#[test]
fn an_unplugged_device_is_found_again_when_it_is_back() {
    let fake = Fake::new();
    let [accelerometer, mut gyroscope] = fake.hid();
    let mut source = fake.open();
    gyroscope.scan(&s32([0, 0, 0]), now());
    samples(&mut source, 1);
    accelerometer.unplug();
    while matches!(source.tap, Tap::Buffered(_)) {
        source.next().unwrap();
    }
    assert_eq!(gyroscope.get("buffer/enable"), "0");
    let mut back = fake.device(
        9,
        &[("in_accel_scale", "1")],
        &three_axes("accel", "le:s32/32>>0"),
    );
    while !matches!(source.tap, Tap::Buffered(_)) {
        source.next().unwrap();
    }
    back.scan(&s32([1, 2, 3]), now());
    near(samples(&mut source, 1)[0].xyz, [1.0, 2.0, 3.0]);
}

/// 22: no node to be had, so the raw attributes; nothing of the buffer changes.
#[test]
fn auto_polls_where_it_cannot_buffer() {
    let fake = Fake::new();
    let [accelerometer, gyroscope] = fake.hid();
    gyroscope.raws("anglvel", [0, 0, -1000]);
    fs::remove_file(fake.root().join("dev/iio:device0")).unwrap();
    fs::remove_file(fake.root().join("dev/iio:device1")).unwrap();
    let mut settings = fake.settings();
    settings.mode = Mode::Auto;
    let mut source = IioSource::open(settings).unwrap();
    let found = samples(&mut source, 4);
    near(found[0].xyz, [0.009_806_65, 0.019_613_3, 9.80665]);
    near(found[1].xyz, [0.0, 0.0, -0.174_532]);
    assert!(found[2].t.since(found[0].t) > Duration::from_millis(5));
    assert_eq!(accelerometer.get("buffer/length"), "2\n");
    assert_eq!(accelerometer.get("buffer/enable"), "0\n");
}

/// 22, 24: udev may not be through yet when a device is found.
#[test]
fn auto_goes_back_to_the_buffer_soon_after_it_may() {
    let fake = Fake::new();
    let [accelerometer, _gyroscope] = fake.hid();
    let (node, away) = (
        fake.root().join("dev/iio:device0"),
        fake.root().join("away"),
    );
    fs::rename(&node, &away).unwrap();
    let mut settings = fake.settings();
    settings.mode = Mode::Auto;
    let mut source = IioSource::open(settings).unwrap();
    samples(&mut source, 2);
    assert!(matches!(source.tap, Tap::Polled { .. }));
    fs::rename(&away, &node).unwrap();
    while !matches!(source.tap, Tap::Buffered(_)) {
        source.next().unwrap();
    }
    assert_eq!(accelerometer.get("buffer/enable"), "1");
}

#[test]
fn auto_buffers_where_it_can_and_polled_never_does() {
    let fake = Fake::new();
    let [accelerometer, _gyroscope] = fake.hid();
    let mut settings = fake.settings();
    settings.mode = Mode::Auto;
    let source = IioSource::open(settings.clone()).unwrap();
    assert_eq!(accelerometer.get("buffer/enable"), "1");
    drop(source);
    settings.mode = Mode::Polled;
    let mut source = IioSource::open(settings).unwrap();
    samples(&mut source, 2);
    assert_eq!(accelerometer.get("buffer/enable"), "0");
}

#[test]
fn raw_readings_that_are_refused_are_counted_and_end_in_a_loss() {
    let fake = Fake::new();
    let [accelerometer, _gyroscope] = fake.hid();
    let mut settings = fake.settings();
    settings.mode = Mode::Polled;
    let mut source = IioSource::open(settings).unwrap();
    accelerometer.set("in_accel_y_raw", "refused\n");
    while !matches!(source.tap, Tap::Lost { .. }) {
        assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
    }
    assert_eq!(source.counts().malformed, 10);
    accelerometer.set("in_accel_y_raw", "2\n");
    samples(&mut source, 2);
}

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
fn a_phone_without_such_sensors_is_told_of_the_stream() {
    let fake = Fake::new();
    let error = IioSource::open(fake.settings()).err().unwrap().to_string();
    assert!(
        error.contains("accelerometer") && error.contains("stream"),
        "{error}"
    );
}

#[test]
fn a_device_without_timestamps_is_polled_in_auto_and_an_error_otherwise() {
    let fake = Fake::new();
    let [accelerometer, _gyroscope] = fake.hid();
    for what in ["en", "index", "type"] {
        accelerometer.remove(&format!("scan_elements/in_timestamp_{what}"));
    }
    let error = IioSource::open(fake.settings()).err().unwrap().to_string();
    assert!(error.contains("timestamps"), "{error}");
    let mut settings = fake.settings();
    settings.mode = Mode::Auto;
    samples(&mut IioSource::open(settings).unwrap(), 2);
}

/// 12, 21: after a stall or a suspend comes what was kept, with its own times,
/// then a jump of them.
#[test]
fn old_samples_keep_their_times() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    let mut source = fake.open();
    let t = now();
    std::thread::sleep(Duration::from_millis(300));
    accelerometer.scan(&s32([0, 0, 1000]), t);
    accelerometer.scan(&s32([0, 0, 1000]), t + 300_000_000);
    let found = samples(&mut source, 2);
    assert_eq!(found[1].t.nanos() - found[0].t.nanos(), 300_000_000);
    assert_eq!(found[0].t.nanos(), t);
}
