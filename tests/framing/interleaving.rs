//! Frames depend on the samples of each sensor, not on the order in which samples of
//! different sensors arrive.

use graspd::motion::align::Aligner;
use graspd::motion::{Channels, Frame, Sample, Sensor};
use proptest::prelude::*;

use crate::streams::{samples, steps};

fn frames(samples: impl IntoIterator<Item = Sample>) -> Vec<Frame> {
    let mut aligner = Aligner::of(Channels::default());
    let mut out = Vec::new();
    for sample in samples {
        aligner.push(&sample, |frame| out.push(frame));
    }
    out
}

/// Merges `a` and `b`: takes from one or the other as `coins` say, then the rest.
fn interleave(a: &[Sample], b: &[Sample], coins: &[bool]) -> Vec<Sample> {
    let (mut a, mut b) = (a.iter(), b.iter());
    let mut out = Vec::new();
    for &coin in coins {
        out.extend(if coin { a.next() } else { b.next() });
    }
    out.extend(a);
    out.extend(b);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_interleaving_gives_the_same_frames(
        rates in (prop::sample::select(vec![25i64, 50, 100, 104, 200, 400]),
                  prop::sample::select(vec![25i64, 50, 100, 104, 200, 400]))
            .prop_flat_map(|(a, g)| (steps(a, (4 * a) as usize), steps(g, (4 * g) as usize))),
        start_us in 0i64..50_000,
        coins in prop::collection::vec(any::<bool>(), 0..3000),
    ) {
        let acc = samples(Sensor::Accelerometer, 0, &rates.0);
        let gyro = samples(Sensor::Gyroscope, start_us, &rates.1);
        let one_after_the_other = frames(acc.iter().chain(&gyro).copied());
        let other_way = frames(gyro.iter().chain(&acc).copied());
        let mixed = frames(interleave(&acc, &gyro, &coins));
        prop_assert_eq!(&one_after_the_other, &other_way);
        prop_assert_eq!(&one_after_the_other, &mixed);
    }
}
