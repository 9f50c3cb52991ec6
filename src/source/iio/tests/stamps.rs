//! The time stamps of scans.

use std::time::Duration;

use super::super::fake::{Fake, now, samples};
use super::s32;
use crate::source::Source;

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
        accelerometer.scan(&s32([0, 0, 1000]), 5_000 + 10_000_000 * i);
        gyroscope.scan(&s32([0, 0, 0]), 5_100 + 10_000_000 * i);
    }
    let found = samples(&mut source, 80);
    let apart = found[40].t.nanos() - found[0].t.nanos();
    assert_eq!(apart, 100, "both devices are on one clock");
    assert!((now() - found[0].t.nanos()).unsigned_abs() < 1_000_000_000);
    assert_eq!(found[39].t.nanos() - found[0].t.nanos(), 390_000_000);
}

/// 16: as the driver of Qualcomm's sensor manager stamps, by a watch's crystal.
#[test]
fn a_clock_that_counts_32768_a_second_is_put_on_time_since_boot() {
    let fake = Fake::new();
    let [mut accelerometer, mut gyroscope] = fake.hid();
    let mut source = fake.open();
    for i in 0..40 {
        let ticks = 1_000_000 + 32_768 * i / 100;
        accelerometer.scan(&s32([0, 0, 1000]), ticks);
        gyroscope.scan(&s32([0, 0, 0]), ticks);
    }
    let found = samples(&mut source, 80);
    assert_eq!(found[40].t, found[0].t, "both devices are on one clock");
    assert!((now() - found[39].t.nanos()).unsigned_abs() < 1_000_000_000);
    let apart = found[39].t.nanos() - found[0].t.nanos();
    assert!((apart - 390_000_000).abs() < 31_000, "{apart}");
    assert_eq!((source.fault(), source.counts().malformed), (None, 0));
}

/// 12, 21: after a stall or a suspend the scans kept in the buffer come with their own
/// times, then a gap.
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

/// 16: stamps that do not advance are passed on unchanged where they can be, because the
/// decision has to see that time stands still.
#[test]
fn stamps_that_stand_still_are_handed_on_as_they_are() {
    let fake = Fake::new();
    let [mut accelerometer, _gyroscope] = fake.hid();
    let mut source = fake.open();
    let frozen = now();
    for _ in 0..3 {
        for i in 0..40 {
            accelerometer.scan(&s32([i, 0, 1000]), frozen);
        }
        let found = samples(&mut source, 40);
        assert!(found.iter().all(|s| s.t.nanos() == frozen), "{found:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(source.counts().malformed, 0);
}
