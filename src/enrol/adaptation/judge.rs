//! Whether a session is its owner's, by the windows of the enrolment alone.

use super::{LEAST_WINDOWS, NoJudge, Refusal, SessionWindows};
use crate::owner::profile::{Forecast, Profile};
use crate::owner::score::Scorer;

/// Least mean score of a session, in standard deviations of strangers' windows above
/// strangers' mean. Of 140 sessions of strangers the highest mean was 0.75; two thirds of the
/// owners' own sessions are above this (docs/experiments.md, "Adaptation"). It is the same
/// where a lock was labelled false: whoever knows the secret can label their own locks so.
const LEAST_MEAN: f64 = 1.5;
/// Least share of a session's windows at or above the threshold of decisions.
const LEAST_ACCEPTED: f64 = 0.75;
/// Windows of about half a minute at the default hop.
const HALF_MINUTE: usize = 30;
/// Least mean score of every half-minute, in standard deviations of strangers' windows above
/// strangers' mean.
const LEAST_HALF_MINUTE: f64 = 0.5;
/// Most that the expected rate of strangers' windows that pass may rise by learning.
const MOST_FAR_RISE: f64 = 0.02;

/// Judges sessions for one owner. It is made of the windows of the enrolment, and of nothing
/// that was learnt since.
#[derive(Debug, Clone)]
pub struct Judge {
    scorer: Scorer,
    /// The threshold of decisions.
    threshold: f64,
    forecast: Forecast,
}

/// How a session scores by the enrolment's windows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionScores {
    /// Number of windows.
    pub windows: usize,
    /// Mean score: 1 is that of the owner's median sitting, 0 that of strangers.
    pub mean: f64,
    /// Share of windows at or above the threshold of decisions.
    pub accepted: f64,
    /// Mean score of the lowest half-minute.
    pub lowest: f64,
}

impl Judge {
    /// The judge for the owner of `enrolled`, a profile made of the enrolment alone.
    pub fn of(enrolled: Profile) -> Result<Self, NoJudge> {
        let expectation = enrolled.enrolment.expectation;
        if expectation.far_from_cohort.is_some() {
            return Err(NoJudge::FarFromCohort);
        }
        Ok(Self {
            forecast: expectation.forecast.ok_or(NoJudge::NoForecast)?,
            threshold: enrolled.calibration.threshold.0,
            scorer: enrolled.scorer,
        })
    }

    /// Distance of the owner's median sitting from strangers' mean, in standard deviations of
    /// strangers' windows: a score times this is in that unit.
    pub fn span(&self) -> f64 {
        self.forecast.span
    }

    /// How `session` scores. All numbers are NaN without windows.
    pub fn scores(&self, session: &SessionWindows) -> SessionScores {
        let scores = self.of_windows(session);
        let above = scores.iter().filter(|score| **score >= self.threshold);
        SessionScores {
            windows: scores.len(),
            mean: mean(&scores),
            accepted: above.count() as f64 / scores.len() as f64,
            lowest: scores
                .windows(HALF_MINUTE)
                .map(mean)
                .fold(f64::NAN, f64::min),
        }
    }

    /// What a session that evidence has locked may be judged by: its windows before the last
    /// half-minute that is clearly the owner's, whose end may be another's already. The secret says
    /// who has the device now, and not who had it while evidence fell.
    pub fn before_doubt(&self, session: &SessionWindows) -> SessionWindows {
        let least = self.least_mean();
        let scores = self.of_windows(session);
        let clearly = scores
            .windows(HALF_MINUTE)
            .rposition(|half_minute| mean(half_minute) >= least);
        session.first(clearly.unwrap_or(0))
    }

    fn of_windows(&self, session: &SessionWindows) -> Vec<f64> {
        session.rows().map(|row| self.scorer.score(row).0).collect()
    }

    /// The least mean of what is clearly the owner's.
    fn least_mean(&self) -> f64 {
        (LEAST_MEAN / self.forecast.span).max(self.threshold)
    }

    /// Whether a session that scores so is the owner's beyond doubt.
    pub fn admits(&self, scores: &SessionScores) -> Result<(), Refusal> {
        let SessionScores {
            windows,
            mean,
            accepted,
            lowest,
        } = *scores;
        if windows < LEAST_WINDOWS {
            return Err(Refusal::TooShort { windows });
        }
        let least = self.least_mean();
        // Written so that what is no number is refused.
        let clearly = mean >= least;
        if !clearly {
            return Err(Refusal::NotClearly { mean, least });
        }
        let mostly = accepted >= LEAST_ACCEPTED;
        if !mostly {
            let least = LEAST_ACCEPTED;
            return Err(Refusal::MostlyRejected { accepted, least });
        }
        let least = LEAST_HALF_MINUTE / self.forecast.span;
        let throughout = lowest >= least;
        if !throughout {
            return Err(Refusal::NotOnePerson { lowest, least });
        }
        Ok(())
    }

    /// Whether `adapted` lets hardly more strangers pass than the enrolment alone, by what
    /// is expected of both.
    pub fn accepts(&self, adapted: &Profile) -> Result<(), Refusal> {
        let without = self.forecast.far;
        let forecast = adapted.enrolment.expectation.forecast;
        let with = forecast.map_or(1.0, |forecast| forecast.far);
        if with <= without + MOST_FAR_RISE {
            Ok(())
        } else {
            Err(Refusal::LetsStrangersPass { with, without })
        }
    }
}

fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len() as f64
}
