//! Polling, and when it replaces the buffers.

use std::fs;
use std::time::Duration;

use super::super::fake::{Fake, samples};
use super::super::{IioSource, Mode, Reader};
use super::near;
use crate::source::{Reading, Source};

/// 22: the node cannot be opened, so the raw attributes are read; the buffer is not
/// changed.
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

/// 22, 24: udev may not have set the permissions yet when a device is found.
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
    assert!(matches!(source.reader, Reader::Polled { .. }));
    fs::rename(&away, &node).unwrap();
    while !matches!(source.reader, Reader::Buffered(_)) {
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
    while !matches!(source.reader, Reader::Lost { .. }) {
        assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
    }
    assert_eq!(source.counts().malformed, 10);
    accelerometer.set("in_accel_y_raw", "2\n");
    samples(&mut source, 2);
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
