//! Pieces of recordings one after the other on one clock, without a gap.

use std::time::Duration;

use graspd::motion::{GRID, Sample, SampleTime};

/// Recordings joined to one.
#[derive(Debug, Clone)]
pub struct Splice {
    samples: Vec<Sample>,
    next: SampleTime,
}

impl Splice {
    /// Nothing yet; the first piece begins at `t`.
    pub fn at(t: SampleTime) -> Self {
        Self {
            samples: Vec::new(),
            next: t,
        }
    }

    /// Appends the samples of `session` from `from` to before `to`, both since its start.
    pub fn append(&mut self, session: &[Sample], from: Duration, to: Duration) {
        let Some(first) = session.first() else {
            return;
        };
        let (from, to) = (first.t.after(from), first.t.after(to));
        let next = self.next;
        let piece = session
            .iter()
            .filter(|sample| sample.t >= from && sample.t < to);
        let moved = piece.map(|sample| Sample {
            t: next.after(sample.t.since(from)),
            ..*sample
        });
        self.samples.extend(moved);
        if let Some(last) = self.samples.last() {
            self.next = last.t.after(GRID);
        }
    }

    /// Time at which the next piece will begin.
    pub fn next(&self) -> SampleTime {
        self.next
    }

    /// The samples.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

/// Time from the first sample of a session to its last.
pub fn duration(session: &[Sample]) -> Duration {
    match (session.first(), session.last()) {
        (Some(first), Some(last)) => last.t.since(first.t),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use graspd::motion::Sensor;

    /// A session at 100 Hz whose values are all its start, s.
    pub fn session(start_s: i64, seconds: i64) -> Vec<Sample> {
        (0..seconds * 100)
            .map(|i| Sample {
                sensor: Sensor::Accelerometer,
                t: SampleTime::from_nanos(start_s * 1_000_000_000 + i * 10_000_000),
                xyz: [start_s as f32; 3],
            })
            .collect()
    }

    #[test]
    fn pieces_follow_without_a_gap_whatever_their_clocks() {
        let mut splice = Splice::at(SampleTime::from_nanos(510_000_000_000));
        let seconds = Duration::from_secs;
        splice.append(&session(500, 100), seconds(10), seconds(20));
        splice.append(&session(7, 100), seconds(0), seconds(5));
        splice.append(&session(500, 22), seconds(20), seconds(90));
        let samples = splice.samples();
        assert_eq!(samples[0].t.nanos(), 510_000_000_000);
        let steps = samples.windows(2).map(|two| two[1].t.since(two[0].t));
        assert!(steps.into_iter().all(|step| step == GRID));
        assert_eq!(samples.len(), 1000 + 500 + 200);
        assert_eq!((samples[999].xyz[0], samples[1000].xyz[0]), (500.0, 7.0));
        assert_eq!(samples[1500].xyz[0], 500.0);
    }
}
