//! What comes over a sensor's socket: frames of a count and so many records.

use crate::motion::Sensor;

use super::SensorfwError;

/// Bytes of a record: microseconds, three values, four bytes of padding. That is the
/// layout of a C++ structure on every processor but the 80386.
const RECORD: usize = 24;
/// More records than a frame can have: the service keeps 256.
const MOST: u32 = 1000;

/// What the values of records are, which the service's version decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Integers, before version 0.14.0.
    Whole,
    /// Floats of 32 bits.
    Float,
}

/// A record in SI units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Record {
    /// Nanoseconds on the service's clock.
    pub stamp: i64,
    /// m/s² or rad/s.
    pub xyz: [f32; 3],
}

/// Splits a stream of bytes into records, however they are cut.
#[derive(Debug)]
pub(super) struct Frames {
    values: Values,
    /// SI units for a value of 1.
    scale: f64,
    bytes: Vec<u8>,
    /// Records of the present frame that have not come yet.
    missing: u32,
}

impl Frames {
    pub(super) fn of(sensor: Sensor, values: Values) -> Self {
        let scale = match sensor {
            // From thousandths of standard gravity.
            Sensor::Accelerometer => 9.806_65e-3,
            // From thousandths of a degree per second.
            Sensor::Gyroscope => std::f64::consts::PI / 180_000.0,
        };
        Self {
            values,
            scale,
            bytes: Vec::new(),
            missing: 0,
        }
    }

    /// Takes bytes as they came and passes each record that they complete to `sink`. An
    /// error once a count cannot be one.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut sink: impl FnMut(Record),
    ) -> Result<(), SensorfwError> {
        self.bytes.extend_from_slice(bytes);
        let mut rest = &self.bytes[..];
        loop {
            if self.missing > 0 {
                let Some((record, after)) = rest.split_first_chunk::<RECORD>() else {
                    break;
                };
                sink(self.record(record));
                self.missing -= 1;
                rest = after;
            } else {
                let Some((count, after)) = rest.split_first_chunk::<4>() else {
                    break;
                };
                let count = u32::from_ne_bytes(*count);
                if count > MOST {
                    return Err(SensorfwError::NotSamples {
                        found: format!("a frame of {count} records"),
                        needed: "a thousand at most",
                    });
                }
                self.missing = count;
                rest = after;
            }
        }
        let taken = self.bytes.len() - rest.len();
        self.bytes.drain(..taken);
        Ok(())
    }

    fn record(&self, bytes: &[u8; RECORD]) -> Record {
        let word = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let [a, b] = [word(0), word(4)];
        let micros = u64::from_ne_bytes([a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]]);
        let value = |at| {
            let value = match self.values {
                Values::Whole => f64::from(i32::from_ne_bytes(word(at))),
                Values::Float => f64::from(f32::from_ne_bytes(word(at))),
            };
            (value * self.scale) as f32
        };
        Record {
            stamp: i64::try_from(micros).map_or(i64::MAX, |micros| micros.saturating_mul(1000)),
            xyz: [value(8), value(12), value(16)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, record};
    use super::*;
    use proptest::prelude::*;

    fn all(frames: &mut Frames, bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        frames.push(bytes, |record| records.push(record)).unwrap();
        records
    }

    #[test]
    fn values_are_converted_from_both_kinds_of_records() {
        for (values, xyz) in [
            (Values::Whole, [500, -1, 1000].map(i32::to_ne_bytes)),
            (Values::Float, [500.0, -1.0, 1000.0].map(f32::to_ne_bytes)),
        ] {
            let bytes = frame(&[record(7, xyz)]);
            let lying = all(&mut Frames::of(Sensor::Accelerometer, values), &bytes);
            let [
                Record {
                    stamp: 7_000,
                    xyz: [x, y, z],
                },
            ] = lying[..]
            else {
                panic!("{lying:?}");
            };
            assert_eq!([x, y, z], [4.903_325, -0.009_806_65, 9.806_65]);
            let turning = all(&mut Frames::of(Sensor::Gyroscope, values), &bytes);
            assert!((turning[0].xyz[2] - 0.017_453_293).abs() < 1e-9);
        }
    }

    #[test]
    fn a_count_that_cannot_be_ends_the_stream() {
        let mut frames = Frames::of(Sensor::Gyroscope, Values::Float);
        let error = frames.push(&u32::MAX.to_ne_bytes(), |_| {}).unwrap_err();
        assert!(error.to_string().contains("4294967295 records"), "{error}");
    }

    proptest! {
        #[test]
        fn records_are_the_same_however_the_bytes_are_cut(
            counts in prop::collection::vec(0..5_usize, 0..9),
            cuts in prop::collection::vec(0..400_usize, 0..20),
        ) {
            let mut stamp = 0;
            let bytes: Vec<u8> = counts.iter().flat_map(|count| {
                let records: Vec<_> = (0..*count).map(|_| {
                    stamp += 1;
                    record(stamp, [stamp as f32, 0.0, 1.0].map(f32::to_ne_bytes))
                }).collect();
                frame(&records)
            }).collect();
            let whole = all(&mut Frames::of(Sensor::Accelerometer, Values::Float), &bytes);
            prop_assert_eq!(whole.len() as u64, stamp);
            let mut frames = Frames::of(Sensor::Accelerometer, Values::Float);
            let (mut parts, mut rest) = (Vec::new(), &bytes[..]);
            for cut in cuts {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                parts.extend(all(&mut frames, now));
                rest = later;
            }
            parts.extend(all(&mut frames, rest));
            prop_assert_eq!(parts, whole);
        }

        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..999)) {
            let _ = Frames::of(Sensor::Gyroscope, Values::Whole).push(&bytes, |_| {});
        }
    }
}
