//! Frames of the accelerometer alone are the same whatever a gyroscope says.

use graspd::motion::align::Aligner;
use graspd::motion::framing::Framer;
use graspd::motion::{Channels, Frame, Sample, SampleTime, Sensor};

use crate::streams::clean;

fn of(sensor: Sensor, samples: &[Sample]) -> Vec<Sample> {
    samples
        .iter()
        .filter(|its| its.sensor == sensor)
        .copied()
        .collect()
}

fn frames(channels: Channels, samples: &[Sample]) -> Vec<Frame> {
    let mut aligner = Aligner::of(channels);
    let mut frames = Vec::new();
    for sample in samples {
        let confirmed = aligner.push(sample, |frame| frames.push(frame));
        assert!(confirmed.is_none() || channels.include(sample.sensor));
    }
    frames
}

#[test]
fn a_gyroscope_adds_nothing_and_is_not_missed() {
    let both: Vec<Sample> = clean(20).collect();
    let alone = frames(Channels::Accelerometer, &of(Sensor::Accelerometer, &both));
    assert!(alone.len() > 1900, "{}", alone.len());
    assert_eq!(alone, frames(Channels::Accelerometer, &both));
    // Nor do its faults: a clock of its own, and nonsense.
    let mut faulty = both.clone();
    for sample in faulty
        .iter_mut()
        .filter(|its| its.sensor == Sensor::Gyroscope)
    {
        sample.t = SampleTime::from_nanos(-sample.t.nanos());
        sample.xyz = [f32::NAN; 3];
    }
    assert_eq!(alone, frames(Channels::Accelerometer, &faulty));

    let whole = frames(Channels::AccelerometerAndGyroscope, &both);
    for frame in &whole {
        let same = alone.iter().find(|its| its.index == frame.index).unwrap();
        assert_eq!(same.channels[..3], frame.channels[..3]);
        assert_eq!(same.channels[3..], [0.0; 3]);
    }
    let gyroscope = of(Sensor::Gyroscope, &both);
    assert_eq!(frames(Channels::Accelerometer, &gyroscope), []);
}

#[test]
fn a_hole_in_it_begins_a_new_window() {
    let hole = 20_000_000_000..20_150_000_000;
    let samples = of(Sensor::Accelerometer, &clean(40).collect::<Vec<_>>());
    let mut framer = Framer::new(Channels::Accelerometer, 500, 96);
    let mut ends = Vec::new();
    for sample in samples.iter().filter(|s| !hole.contains(&s.t.nanos())) {
        framer.push(sample, |t, window| ends.extend(window.map(|_| t.nanos())));
    }
    let after = ends.iter().find(|t| **t > hole.start).unwrap();
    assert!((25_100_000_000..25_200_000_000).contains(after), "{after}");
    assert_eq!(framer.counts().gaps, 1);
}
