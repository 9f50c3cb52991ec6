use std::time::Duration;

use super::*;
use crate::motion::SampleTime;

/// Correct samples of a device that a hand tilts to and fro.
fn hand(seconds: u32, hz: u32) -> Vec<Sample> {
    let mut samples = Vec::new();
    for i in 0..seconds * hz {
        let t = f64::from(i) / f64::from(hz);
        // Tilted by 0.2 rad, 0.8 times a second, with a small tremor.
        let (swing, tremor) = (5.0 * t, (57.0 * t).sin());
        let tilt = 0.6 + 0.2 * swing.sin();
        let gravity = [0.3, 9.7 * tilt.sin(), 9.7 * tilt.cos() + 0.2 * tremor];
        let turn = [swing.cos(), 0.1 * tremor, 0.02];
        let ns = 60_000_000_000 + i64::from(i) * 1_000_000_000 / i64::from(hz);
        for (sensor, xyz) in [(Sensor::Accelerometer, gravity), (Sensor::Gyroscope, turn)] {
            samples.push(Sample {
                sensor,
                t: SampleTime::from_nanos(ns),
                xyz: xyz.map(|value| value as f32),
            });
        }
    }
    samples
}

fn doubts(samples: &[Sample]) -> Vec<Doubt> {
    let mut examination = Examination::default();
    for sample in samples {
        examination.note(sample);
    }
    examination.doubts()
}

/// The doubts about a minute at 100 Hz of which each sample is changed.
fn said(change: impl Fn(usize, &mut Sample)) -> String {
    let mut samples = hand(60, 100);
    for (i, sample) in samples.iter_mut().enumerate() {
        change(i, sample);
    }
    let said: Vec<String> = doubts(&samples).iter().map(Doubt::to_string).collect();
    said.join("; ")
}

fn times(sample: &mut Sample, change: impl Fn(f64) -> f64) {
    sample.t = SampleTime::from_nanos(change(sample.t.nanos() as f64) as i64);
}

fn scale(sample: &mut Sample, sensor: Sensor, factor: f32) {
    if sample.sensor == sensor {
        sample.xyz = sample.xyz.map(|value| value * factor);
    }
}

use Sensor::{Accelerometer as Acc, Gyroscope as Gyro};

#[test]
fn nothing_speaks_against_a_hand_at_any_rate_that_is_served() {
    for hz in [25, 50, 100, 200, 400] {
        assert_eq!(doubts(&hand(60, hz)), [], "{hz} Hz");
    }
    assert_eq!(doubts(&[]), []);
    assert_eq!(doubts(&hand(1, 100)), []);
}

#[test]
fn units_of_values_are_named_with_their_factor() {
    for (acc, gyro, parts) in [
        (1.0 / 9.80665, 1.0, vec!["like g", "by 9.80665"]),
        (0.1, 1.0, vec!["by 10, if it is a tenth"]),
        (10.0, 1.0, vec!["by 0.1"]),
        (
            1000.0 / 9.80665,
            1.0,
            vec!["thousandths of g", "by 0.00980665"],
        ),
        (100.0, 1.0, vec!["by 0.01, if it is cm/s²"]),
        (1.0, 57.3, vec!["like degrees", "by 0.0174533"]),
        (1.0, 10.0, vec!["by 0.1, if it is ten times rad/s"]),
        (1.0, 5.0, vec!["ten times rad/s", "by 0.1"]),
        (1.0, 0.1, vec!["a tenth of rad/s", "by 10"]),
        (1.0, 0.01, vec!["a hundredth of rad/s", "by 100"]),
        (1.0 / 9.80665, 57.3, vec!["by 9.80665", "by 0.0174533"]),
        (0.1, 0.1, vec!["a tenth of m/s²", "a tenth of rad/s"]),
        (0.3, 1.0, vec!["in no unit"]),
    ] {
        let said = said(|_, sample| {
            scale(sample, Acc, acc);
            scale(sample, Gyro, gyro);
        });
        for part in parts {
            assert!(said.contains(part), "{acc}, {gyro}: {said}");
        }
    }
}

#[test]
fn units_of_time_are_named_with_their_factor() {
    for (divisor, parts) in [
        (1e6, ["like milliseconds", "by 1000000"]),
        (1e3, ["like microseconds", "by 1000"]),
        (1e9, ["like seconds", "by 1000000000"]),
        (1e2, ["like ticks of 100 ns", "by 100"]),
        (0.1, ["comes at 10.0 Hz", "25 to 400"]),
        (10.0, ["comes at 1000 Hz", "25 to 400"]),
    ] {
        let said = said(|_, sample| times(sample, |t| t / divisor));
        for part in parts {
            assert!(said.contains(part), "{divisor}: {said}");
        }
    }
}

#[test]
fn clocks_that_are_no_clocks_are_named() {
    let frozen = said(|_, sample| times(sample, |_| 7.0));
    assert!(frozen.contains("stand still"), "{frozen}");
    let batches = said(|_, sample| times(sample, |t| (t / 5e7).floor() * 5e7));
    assert!(
        batches.contains("80 % of the gyroscope's samples repeat"),
        "{batches}"
    );
    let falling = said(|_, sample| times(sample, |t| -t));
    assert!(falling.contains("the oldest first"), "{falling}");
    let nan = said(|i, sample| sample.xyz[i % 3] = f32::NAN);
    assert!(
        nan.contains("100 % of the accelerometer's samples are no finite"),
        "{nan}"
    );
    let holed = said(|_, sample| times(sample, |t| t + (t / 1e9).floor() * 2e8));
    assert!(
        holed.contains("hole of more than 100 ms every 1.2 s"),
        "{holed}"
    );
}

#[test]
fn two_sensors_that_do_not_go_together_are_named() {
    let later = |sample: &mut Sample| {
        if sample.sensor == Gyro {
            times(sample, |t| t + 10_800e9);
        }
    };
    let apart = said(|_, sample| later(sample));
    assert!(
        apart.contains("two clocks") && apart.contains("3.0 h"),
        "{apart}"
    );

    let mut by_sensor = hand(60, 100);
    by_sensor.sort_by_key(|sample| sample.sensor.index());
    let unsorted = doubts(&by_sensor);
    assert!(matches!(unsorted[..], [Doubt::Unsorted(_)]), "{unsorted:?}");

    let one: Vec<Sample> = hand(60, 100)
        .into_iter()
        .filter(|s| s.sensor == Acc)
        .collect();
    assert_eq!(doubts(&one), [Doubt::Missing(Gyro)]);
    let missing = Doubt::Missing(Gyro).to_string();
    assert!(missing.contains("models/accelerometer"), "{missing}");
    let stuck = said(|_, sample| {
        if sample.sensor == Gyro {
            sample.xyz = [0.0; 3];
        }
    });
    assert!(
        stuck.contains("the gyroscope says the same values"),
        "{stuck}"
    );
    let swapped = said(|_, sample| {
        sample.sensor = match sample.sensor {
            Acc => Gyro,
            Gyro => Acc,
        }
    });
    assert!(swapped.contains("swapped"), "{swapped}");
    let linear = said(|i, sample| {
        if sample.sensor == Acc {
            sample.xyz = [(i as f32 / 9.0).sin(), 0.3 * (i as f32 / 7.0).cos(), 0.01];
        }
    });
    assert!(linear.contains("has no gravity in it"), "{linear}");
}

/// Motion that comes and goes, as people's does: bursts of turns of irregular size.
fn bursts(seconds: u32) -> Vec<Sample> {
    let mut samples = hand(seconds, 100);
    for sample in &mut samples {
        let t = (sample.t.nanos() - 60_000_000_000) as f64 / 1e9;
        let size = (0.37 * t).sin() * (0.83 * t).sin() * (1.9 * t).sin();
        let tilt = 0.6 + 0.5 * size * (6.0 * t).sin();
        let xyz = match sample.sensor {
            Acc => [0.3, 9.7 * tilt.sin(), 9.7 * tilt.cos()],
            Gyro => [3.0 * size * (6.0 * t).cos(), 0.02 * (40.0 * t).sin(), 0.01],
        };
        sample.xyz = xyz.map(|value| value as f32);
    }
    samples
}

/// What is said where the gyroscope's times are changed, and in which order rows come.
fn said_of_times(seconds: u32, in_order: bool, change: impl Fn(f64) -> f64) -> String {
    let mut samples = bursts(seconds);
    for sample in samples.iter_mut().filter(|sample| sample.sensor == Gyro) {
        times(sample, |t| change(t - 60e9) + 60e9);
    }
    if in_order {
        samples.sort_by_key(|sample| sample.t);
    }
    let said: Vec<String> = doubts(&samples).iter().map(Doubt::to_string).collect();
    said.join("; ")
}

#[test]
fn a_clock_that_drifts_from_the_other_is_named_before_it_costs_frames() {
    for (factor, named) in [(1.01, "1.0 % fast"), (0.99, "1.0 % slow")] {
        let said = said_of_times(40, false, |t| t * factor);
        assert!(said.contains(named), "{said}");
        // In order of time only the motion tells.
        let said = said_of_times(300, true, |t| t * factor);
        assert!(said.contains("the sensors are on two clocks"), "{said}");
    }
    // Crystals differ by no more.
    assert_eq!(said_of_times(40, false, |t| t * 1.0005), "");
    assert_eq!(said_of_times(300, true, |t| t * 1.0005), "");
}

#[test]
fn a_sensor_that_is_late_is_named_whatever_its_times_say() {
    let gyroscope = "gyroscope's samples come 2.0 s after the other sensor's";
    let said = said_of_times(40, false, |t| t - 2e9);
    assert!(said.contains(gyroscope), "{said}");
    let said = said_of_times(40, false, |t| t + 2e9);
    assert!(
        said.contains("accelerometer's samples come 2.0 s"),
        "{said}"
    );
    // Its samples come late, with times of when they came.
    let said = said_of_times(180, true, |t| t + 2e9);
    assert!(
        said.contains("gyroscope shows each motion 2.0 s after"),
        "{said}"
    );
    let said = said_of_times(180, true, |t| t - 0.5e9);
    assert!(
        said.contains("accelerometer shows each motion 0.5 s"),
        "{said}"
    );
    assert_eq!(said_of_times(180, true, |t| t + 0.1e9), "");
}

#[test]
fn a_buffer_that_holds_a_sensor_back_is_not_late() {
    for held in [0.2, 1.0, 5.0, 9.0] {
        let mut samples = bursts(120);
        // Each sensor's samples come together at the end of a batch, the gyroscope's later.
        let came = |sample: &Sample| {
            let t = sample.t.nanos() as f64 / 1e9;
            let late = 0.3 * held * sample.sensor.index() as f64;
            ((t - late) / held).ceil() * held + late
        };
        samples.sort_by(|a, b| came(a).total_cmp(&came(b)));
        assert_eq!(doubts(&samples), [], "{held} s");
    }
}

#[test]
fn a_sensor_that_stops_has_ended_and_is_not_late() {
    for stops in [1.0, 3.0, 10.0, 30.0, 45.0] {
        for sensor in [Acc, Gyro] {
            let mut samples = bursts(60);
            samples.retain(|sample| {
                let t = (sample.t.nanos() - 60_000_000_000) as f64 / 1e9;
                sample.sensor != sensor || t < stops
            });
            let doubts = doubts(&samples);
            let named = |doubt: &Doubt| matches!(doubt, Doubt::Ended(ended, _) if *ended == sensor);
            let two = matches!(doubts[..], [Doubt::TwoClocks(_) | Doubt::Unsorted(_)]);
            assert!(two || doubts.iter().any(named), "{stops} s: {doubts:?}");
            let late = |doubt: &Doubt| matches!(doubt, Doubt::Late(..) | Doubt::Drift(_));
            assert!(!doubts.iter().any(late), "{stops} s: {doubts:?}");
        }
    }
}

#[test]
fn a_watch_finds_a_lag_over_its_rounds() {
    let mut examination = LiveExamination::default();
    let mut said = Vec::new();
    let mut samples = bursts(300);
    for sample in samples.iter_mut().filter(|sample| sample.sensor == Gyro) {
        times(sample, |t| t + 1e9);
    }
    samples.sort_by_key(|sample| sample.t);
    for (i, sample) in samples.iter().enumerate() {
        examination.note(sample);
        said.extend(examination.look(Duration::from_millis(5 * i as u64)));
    }
    assert!(matches!(said[..], [Doubt::Lag(Gyro, ..)]), "{said:?}");
    assert_eq!(examination.doubts().len(), 1);
}

#[test]
fn a_model_of_the_accelerometer_is_not_told_of_the_gyroscope() {
    let doubts = |change: fn(&mut Sample) -> bool| {
        let mut examination = Examination::of(Channels::Accelerometer);
        for mut sample in hand(60, 100) {
            if change(&mut sample) {
                examination.note(&sample);
            }
        }
        examination.doubts()
    };
    assert_eq!(doubts(|sample| sample.sensor == Acc), []);
    // Neither its unit nor its clock counts.
    let nonsense = doubts(|sample| {
        scale(sample, Gyro, 1000.0);
        if sample.sensor == Gyro {
            times(sample, |t| t / 1000.0);
        }
        true
    });
    assert_eq!(nonsense, []);
    let silent = doubts(|sample| sample.sensor == Gyro);
    assert_eq!(silent, [Doubt::Missing(Acc)]);
    let in_g = doubts(|sample| {
        scale(sample, Acc, 1.0 / 9.806_65);
        sample.sensor == Acc
    });
    assert!(matches!(in_g[..], [Doubt::Acceleration { .. }]), "{in_g:?}");
}

#[test]
fn a_watch_says_each_doubt_once() {
    let mut examination = LiveExamination::default();
    let mut said = Vec::new();
    for round in 0..4 {
        for mut sample in hand(31, 100) {
            if round > 0 {
                scale(&mut sample, Acc, 0.1);
            }
            examination.note(&sample);
        }
        said.extend(examination.look(Duration::ZERO));
        assert_eq!(examination.doubts().is_empty(), round == 0);
    }
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn what_spoils_an_enrolment_is_what_values_are_and_not_that_some_are_missing() {
    let spoils = |doubts: Vec<Doubt>| doubts.iter().any(Doubt::spoils);
    let scaled = |acc, gyro| {
        let mut samples = hand(60, 100);
        for sample in &mut samples {
            scale(sample, Acc, acc);
            scale(sample, Gyro, gyro);
        }
        samples
    };
    assert!(spoils(doubts(&scaled(0.1, 1.0))));
    assert!(spoils(doubts(&scaled(1.0, 57.3))));
    // A device in a moving vehicle may show that.
    assert!(!spoils(doubts(&scaled(1.0, 0.1))));
}
