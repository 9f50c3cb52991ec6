//! Windows are the newest frames, contiguous, oldest first, once a hop.

use graspd::motion::align::Aligner;
use graspd::motion::framing::Framer;
use graspd::motion::{CHANNELS, Channels, Frame, Sample, SampleTime, Sensor};
use proptest::prelude::*;

use crate::streams::{clean, samples, steps};

type Rows = Vec<[f32; CHANNELS]>;

/// A simple reference implementation of the ring buffer.
fn naive(frames: &[Frame], length: usize, hop: usize) -> Vec<(SampleTime, Rows)> {
    let mut out = Vec::new();
    let mut stretch: Vec<Frame> = Vec::new();
    for frame in frames {
        if stretch
            .last()
            .is_some_and(|last| last.index.next() != frame.index)
        {
            stretch.clear();
        }
        stretch.push(*frame);
        if stretch.len() >= length && (stretch.len() - length).is_multiple_of(hop) {
            let rows = stretch[stretch.len() - length..].iter().map(|f| f.channels);
            out.push((frame.index.time(), rows.collect()));
        }
    }
    out
}

fn framed(samples: &[Sample], length: usize, hop: usize) -> Vec<(SampleTime, Rows)> {
    let mut framer = Framer::new(Channels::default(), length, hop);
    let mut out = Vec::new();
    for sample in samples {
        framer.push(sample, |t, window| {
            if let Some(window) = window {
                assert_eq!(window.t(), t);
                let rows = window.frames.rows().into_iter();
                let rows = rows.map(|row| std::array::from_fn(|i| row[i])).collect();
                out.push((t, rows));
            }
        });
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn windows_are_what_a_naive_reader_cuts_and_span_no_gap(
        acc in steps(100, 900),
        gyro in steps(100, 900),
        length in 1usize..200,
        hop in 1usize..120,
    ) {
        let mut all = samples(Sensor::Accelerometer, 0, &acc);
        all.extend(samples(Sensor::Gyroscope, 2_000, &gyro));
        all.sort_by_key(|s| s.t);
        let mut aligner = Aligner::of(Channels::default());
        let mut frames = Vec::new();
        for sample in &all {
            aligner.push(sample, |frame| frames.push(frame));
        }
        prop_assert_eq!(framed(&all, length, hop), naive(&frames, length, hop));
    }
}

#[test]
fn five_seconds_after_a_hole_the_next_window_is_due() {
    let hole = 20_000_000_000..20_150_000_000;
    let all: Vec<Sample> = clean(40).filter(|s| !hole.contains(&s.t.nanos())).collect();
    let seconds: Vec<f64> = framed(&all, 500, 96)
        .iter()
        .map(|(t, _)| t.nanos() as f64 * 1e-9)
        .collect();
    let after = seconds.iter().position(|t| *t > 20.0).unwrap();
    assert!(seconds[after - 1] > 19.0);
    assert!((25.0..25.2).contains(&seconds[after]), "{}", seconds[after]);
    for (_, rows) in framed(&all, 500, 96) {
        assert_eq!(rows.len(), 500);
    }
}
