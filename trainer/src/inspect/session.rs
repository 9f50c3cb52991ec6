//! Survey of one session.

use graspd::examine::{Doubt, Examination};
use graspd::motion::align::AlignCounts;
use graspd::motion::framing::Framer;
use graspd::motion::{Channels, RATE_HZ, SampleTime};
use graspd::owner::score::median;
use graspd::source::{Reading, Source, SourceCounts, SourceError};
use serde::Serialize;

use super::rest::{Rest, Second};

/// Survey of one session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionSurvey {
    /// Name, as the data set has it.
    pub name: String,
    /// Minutes for which both sensors have values on graspd's grid.
    pub minutes: f64,
    /// Sampling rates by the median interval, in the order of
    /// [`Sensor::ALL`](graspd::motion::Sensor::ALL).
    pub rates_hz: [Option<f64>; 2],
    /// Rows read, and rows that could not be.
    pub source: SourceCounts,
    /// Samples that alignment dropped, and gaps.
    pub align: AlignCounts,
    /// What speaks against its samples.
    pub doubts: Vec<Doubt>,
    /// Values at rest. `None` without a second free of gaps.
    pub rest: Option<Rest>,
}

impl SessionSurvey {
    /// Number of rows and samples that graspd drops.
    pub fn dropped(&self) -> u64 {
        let align = &self.align;
        let samples = align.non_finite + align.duplicate + align.backward + align.off_rate;
        self.source.malformed + samples
    }
}

/// Surveys all of `source`; also returns its seconds.
pub(super) fn read(
    name: &str,
    source: &mut dyn Source,
) -> Result<(SessionSurvey, Vec<Second>), SourceError> {
    let second = RATE_HZ as usize;
    let mut framer = Framer::new(Channels::default(), second, second);
    let mut examination = Examination::default();
    let mut intervals = [SampleIntervals::default(), SampleIntervals::default()];
    let mut frames = 0_u32;
    let mut seconds = Vec::new();
    while let Some(reading) = source.next()? {
        let Reading::Sample(sample) = reading else {
            continue;
        };
        intervals[sample.sensor.index()].add(sample.t);
        examination.note(&sample);
        framer.push(&sample, |_, window| {
            frames += 1;
            seconds.extend(window.map(|window| Second::of(window.frames)));
        });
    }
    let survey = SessionSurvey {
        name: name.to_owned(),
        minutes: f64::from(frames) / f64::from(RATE_HZ) / 60.0,
        rates_hz: intervals.map(SampleIntervals::rate_hz),
        source: source.counts(),
        align: framer.counts(),
        doubts: examination.doubts(),
        rest: Rest::of(&mut seconds),
    };
    Ok((survey, seconds))
}

/// Intervals between one sensor's samples.
#[derive(Default)]
struct SampleIntervals {
    last: Option<SampleTime>,
    intervals_s: Vec<f64>,
}

impl SampleIntervals {
    fn add(&mut self, t: SampleTime) {
        if let Some(last) = self.last.replace(t)
            && t > last
        {
            self.intervals_s.push(t.since(last).as_secs_f64());
        }
    }

    fn rate_hz(mut self) -> Option<f64> {
        median(&mut self.intervals_s).map(f64::recip)
    }
}
