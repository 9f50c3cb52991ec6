//! One session in figures.

use graspd::motion::align::AlignCounts;
use graspd::motion::framing::Framer;
use graspd::motion::{RATE_HZ, SampleTime};
use graspd::source::{Reading, Source, SourceCounts, SourceError};
use serde::Serialize;

use super::rest::{Rest, Second, median};

/// What one session is like.
#[derive(Debug, Clone, Serialize)]
pub struct SessionSurvey {
    /// As the data set names it.
    pub name: String,
    /// Time for which both sensors are known on graspd's grid.
    pub minutes: f64,
    /// Samples a second by the median interval, in the order of
    /// [`Sensor::ALL`](graspd::motion::Sensor::ALL).
    pub rates_hz: [Option<f64>; 2],
    /// Rows read and rows that could not be.
    pub source: SourceCounts,
    /// What alignment passed over.
    pub align: AlignCounts,
    /// Its quietest seconds; `None` without a second in one piece.
    pub rest: Option<Rest>,
}

impl SessionSurvey {
    /// Rows and samples that say nothing to graspd.
    pub fn dropped(&self) -> u64 {
        let align = &self.align;
        let samples = align.non_finite + align.duplicate + align.backward + align.off_rate;
        self.source.malformed + samples
    }
}

/// Reads all of `source`.
pub(super) fn read(
    name: &str,
    source: &mut dyn Source,
) -> Result<(SessionSurvey, Vec<Second>), SourceError> {
    let second = RATE_HZ as usize;
    let mut framer = Framer::new(second, second);
    let mut clocks = [Clock::default(), Clock::default()];
    let mut frames = 0_u32;
    let mut seconds = Vec::new();
    while let Some(reading) = source.next()? {
        let Reading::Sample(sample) = reading else {
            continue;
        };
        clocks[sample.sensor.index()].tick(sample.t);
        framer.push(&sample, |_, window| {
            frames += 1;
            seconds.extend(window.map(|window| Second::of(window.frames)));
        });
    }
    let survey = SessionSurvey {
        name: name.to_owned(),
        minutes: f64::from(frames) / f64::from(RATE_HZ) / 60.0,
        rates_hz: clocks.map(Clock::rate_hz),
        source: source.counts(),
        align: framer.counts(),
        rest: Rest::of(&mut seconds),
    };
    Ok((survey, seconds))
}

/// The times of one sensor's samples.
#[derive(Default)]
struct Clock {
    last: Option<SampleTime>,
    intervals_s: Vec<f64>,
}

impl Clock {
    fn tick(&mut self, t: SampleTime) {
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
