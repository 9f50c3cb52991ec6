//! Setting up, sharing and losing buffers. Numbers are those of docs/iio.md's list.

use std::fs;
use std::os::unix::net::UnixListener;
use std::time::Duration;

use super::super::fake::{Fake, now, samples, three_axes};
use super::super::{IioSource, Mode, Reader, release};
use super::{near, s32};
use crate::motion::{Channels, Sensor};
use crate::source::{Reading, Source};

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

#[test]
fn a_gyroscope_that_the_model_does_not_take_is_left_alone_and_may_be_missing() {
    let fake = Fake::new();
    let [mut accelerometer, gyroscope] = fake.hid();
    let mut settings = fake.settings();
    settings.channels = Channels::Accelerometer;
    let mut source = IioSource::open(settings.clone()).unwrap();
    accelerometer.scan(&s32([0, 0, 1000]), now());
    near(samples(&mut source, 1)[0].xyz, [0.0, 0.0, 9.80665]);
    assert_eq!(accelerometer.get("buffer/enable"), "1");
    assert_eq!(gyroscope.get("buffer/enable"), "0\n");
    drop(source);

    gyroscope.unplug();
    let error = IioSource::open(fake.settings()).err().unwrap().to_string();
    assert!(error.contains("models/accelerometer"), "{error}");
    drop(IioSource::open(settings.clone()).unwrap());
    settings.mode = Mode::Polled;
    let mut polled = IioSource::open(settings).unwrap();
    let read = samples(&mut polled, 3);
    assert!(read.iter().all(|its| its.sensor == Sensor::Accelerometer));
}

/// 13: some sensors give their first sample a few intervals, or hops, after the buffer
/// was enabled.
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
    assert!(matches!(source.reader, Reader::Buffered(_)));
    assert_eq!(powering_up.join().unwrap().get("buffer/enable"), "1");
}

/// 10, 14, 20: a buffer that a killed reader left enabled is disabled before any setup,
/// and so is one that this reader enabled; a device whose node is taken is not touched.
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

/// 14: the service unit's clean-up after a SIGKILL.
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

    // A node that cannot be opened, as if another process had it open.
    let node = fake.root().join("dev/iio:device1");
    fs::remove_file(&node).unwrap();
    let _refuses = UnixListener::bind(&node).unwrap();
    gyroscope.set("buffer/enable", "1\n");
    assert!(release(&settings).is_err());
    assert_eq!(gyroscope.get("buffer/enable"), "1\n");
}

/// 19: the buffer was disabled by another program, and is enabled again.
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

/// 1, 18: the device is plugged in again under another number.
#[test]
fn an_unplugged_device_is_found_again_when_it_is_back() {
    let fake = Fake::new();
    let [accelerometer, mut gyroscope] = fake.hid();
    let mut source = fake.open();
    gyroscope.scan(&s32([0, 0, 0]), now());
    samples(&mut source, 1);
    accelerometer.unplug();
    while matches!(source.reader, Reader::Buffered(_)) {
        source.next().unwrap();
    }
    assert_eq!(gyroscope.get("buffer/enable"), "0");
    let mut back = fake.device(
        9,
        &[("in_accel_scale", "1")],
        &three_axes("accel", "le:s32/32>>0"),
    );
    while !matches!(source.reader, Reader::Buffered(_)) {
        source.next().unwrap();
    }
    back.scan(&s32([1, 2, 3]), now());
    near(samples(&mut source, 1)[0].xyz, [1.0, 2.0, 3.0]);
}
