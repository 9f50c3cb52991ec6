//! Buffers that are enabled and give no scans.

use super::super::fake::{Fake, now, samples};
use super::super::{IioSource, Mode, Reader, Settings};
use super::s32;
use crate::motion::Sensor;
use crate::source::{Reading, Source};

fn auto(fake: &Fake) -> Settings {
    Settings {
        mode: Mode::Auto,
        ..fake.settings()
    }
}

/// 19: such as a bmi260 whose interrupt the firmware describes wrongly.
#[test]
fn a_buffer_that_never_gives_anything_is_given_up_for_polling_until_it_is_opened_anew() {
    let fake = Fake::new();
    let [mut accelerometer, mut gyroscope] = fake.hid();
    let mut source = IioSource::open(auto(&fake)).unwrap();
    assert_eq!(accelerometer.get("buffer/enable"), "1");
    let found = samples(&mut source, 20);
    assert!(matches!(source.reader, Reader::Polled { again: None, .. }));
    assert!(
        Sensor::ALL
            .iter()
            .all(|&sensor| found.iter().any(|s| s.sensor == sensor))
    );
    // Some drivers refuse raw readings while a buffer is enabled.
    assert_eq!(accelerometer.get("buffer/enable"), "0");
    assert_eq!(gyroscope.get("buffer/enable"), "0");

    source.release();
    assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
    assert_eq!(accelerometer.get("buffer/enable"), "1");
    accelerometer.scan(&s32([0, 0, 1000]), now());
    gyroscope.scan(&s32([0, 0, 1]), now());
    samples(&mut source, 2);
    assert!(matches!(source.reader, Reader::Buffered(_)));
}

/// 19: one of two devices is silent, the other goes on.
#[test]
fn a_buffer_beside_one_that_works_is_as_silent() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    let mut source = IioSource::open(auto(&fake)).unwrap();
    while matches!(source.reader, Reader::Buffered(_)) {
        accelerometer.scan(&s32([0, 0, 1000]), now());
        source.next().unwrap();
    }
    let found = samples(&mut source, 20);
    assert!(matches!(source.reader, Reader::Polled { .. }));
    assert!(
        found
            .iter()
            .any(|sample| sample.sensor == Sensor::Gyroscope)
    );
}

/// 19: a lost sensor is reported as lost first, and polled only if it stays silent.
#[test]
fn buffers_that_worked_are_enabled_anew_first() {
    let fake = Fake::new();
    let [mut accelerometer, mut gyroscope] = fake.hid();
    let mut source = IioSource::open(auto(&fake)).unwrap();
    accelerometer.scan(&s32([0, 0, 1000]), now());
    gyroscope.scan(&s32([0, 0, 1]), now());
    samples(&mut source, 2);
    let mut lost = 0;
    while !matches!(source.reader, Reader::Polled { .. }) {
        let was_lost = matches!(source.reader, Reader::Lost { .. });
        assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
        lost += u32::from(!was_lost && matches!(source.reader, Reader::Lost { .. }));
    }
    assert_eq!(lost, 2);
    samples(&mut source, 2);
}

/// 17, 19: scans without a plausible time stamp count as silence, and so do those of a clock
/// of the device's own that stands still, such as one that a driver never reads.
#[test]
fn scans_whose_times_never_can_be_are_no_samples() {
    for stamp in [0, 5_000] {
        let fake = Fake::new();
        let [mut accelerometer, mut gyroscope] = fake.hid();
        let mut source = IioSource::open(auto(&fake)).unwrap();
        while matches!(source.reader, Reader::Buffered(_)) {
            for _ in 0..40 {
                accelerometer.scan(&s32([0, 0, 1000]), stamp);
                gyroscope.scan(&s32([0, 0, 1]), stamp);
            }
            source.next().unwrap();
        }
        assert!(matches!(source.reader, Reader::Polled { .. }));
        assert!(source.counts().malformed >= 2);
        assert_eq!(source.counts().samples, 0);
        let fault = source.fault().unwrap();
        assert!(
            fault.contains(&format!("cannot be, such as {stamp}")),
            "{fault}"
        );
    }
}

/// A sensor that is off reads 0 on all axes, and so does one whose hub does not answer.
#[test]
fn raw_readings_of_a_sensor_that_is_off_are_no_way_out() {
    let fake = Fake::new();
    let [accelerometer, _gyroscope] = fake.hid();
    accelerometer.raws("accel", [0, 0, 0]);
    let mut source = IioSource::open(auto(&fake)).unwrap();
    while matches!(source.reader, Reader::Buffered(_)) {
        assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
    }
    assert!(matches!(source.reader, Reader::Lost { .. }));
}

#[test]
fn whoever_asks_for_buffers_alone_gets_no_polling() {
    let fake = Fake::new();
    let _devices = fake.hid();
    let mut source = fake.open();
    while matches!(source.reader, Reader::Buffered(_)) {
        assert!(matches!(source.next().unwrap(), Some(Reading::Quiet(_))));
    }
    assert!(matches!(source.reader, Reader::Lost { .. }));
}

/// 19: reads return at once with 0 bytes, which is not another program's doing.
#[test]
fn a_node_with_nothing_behind_it_is_silent() {
    let fake = Fake::new();
    // Dropping the devices closes the FIFOs' only writers.
    drop(fake.hid());
    let mut source = IioSource::open(auto(&fake)).unwrap();
    let mut turns = 0;
    while matches!(source.reader, Reader::Buffered(_)) {
        assert!(matches!(
            source.next().unwrap(),
            Some(Reading::Quiet(_) | Reading::Sample(_))
        ));
        turns += 1;
    }
    assert!(matches!(source.reader, Reader::Polled { .. }));
    assert!(turns < 100, "it went round {turns} times");
    samples(&mut source, 2);
}
