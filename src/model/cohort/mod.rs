//! The cohort: embeddings of the people that a bundle's model was trained with, and
//! their statistics, as a sample of impostors. No raw motion is kept.
//!
//! A score from the owner's windows alone cannot tell an impostor's window from an
//! unusual one of the owner. Of everything tried, a cohort lowers the error rates most
//! for people that the model was not trained with (docs/experiments.md).

mod file;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

pub use file::CohortError;

/// Most people, classes and embeddings of a cohort, and the greatest length of an embedding.
pub(crate) const MOST: usize = 4096;

/// The people that a model was trained with, in its embedding space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Length of an embedding.
    pub columns: usize,
    /// Classes: one for each person, and each synthetic person made from one, in each
    /// context.
    pub classes: Vec<Class>,
    /// Covariance of embeddings within a class, mean over classes; columns × columns.
    pub within: Vec<f32>,
    /// Covariance of session means about their person's mean; columns × columns.
    pub between: Vec<f32>,
    /// Runs of real people's windows, whose scores are impostor scores.
    pub runs: Vec<Run>,
    /// Variation of genuine scores over sessions, with each of these people as owner.
    pub drift: Drift,
    /// False locks of these people as owners by what was learnt of a session, for each of
    /// several thresholds in ascending order; empty where nothing was measured.
    pub in_session: Vec<InSessionLocks>,
}

/// False locks that scores within a session add to those by any session's scores, at one
/// threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct InSessionLocks {
    /// [`Calibration::in_session`](crate::owner::score::Calibration::in_session).
    pub threshold: f64,
    /// Number of these false locks.
    pub locks: u32,
    /// Hours of genuine use in which they came, changes of context among them.
    pub hours: f64,
}

impl InSessionLocks {
    /// Whether numbers are such as could have been counted: a window of five seconds ends in
    /// one lock at most.
    fn is_sound(&self) -> bool {
        const WINDOWS_AN_HOUR: f64 = 720.0;
        self.threshold.abs() <= 10.0
            && (0.01..=1e5).contains(&self.hours)
            && f64::from(self.locks) <= self.hours * WINDOWS_AN_HOUR
            && self.locks <= 100_000
    }
}

/// One Gaussian of the cohort's mixture; its covariance is shared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Number of the person; for a synthetic person, of the one it was made from.
    pub person: u32,
    /// Its mean.
    pub mean: Vec<f32>,
}

/// Consecutive windows of one session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Number of the person.
    pub person: u32,
    /// Embeddings, row by row, oldest first.
    pub embeddings: Vec<f32>,
}

/// How genuine scores of later sessions differ from those of enrolment, in normalised
/// scores (the owner's mean at 1, impostors' at 0).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Standard deviation of a session's mean about 1; see [`Drift::stray`].
    pub between: f64,
    /// Standard deviation of windows about their session's mean.
    pub within: f64,
    /// Correlation of a window's score with the next one's, within a session.
    pub lag: f64,
}

impl Drift {
    /// Assumed where nothing was measured.
    pub const UNKNOWN: Self = Self {
        between: 0.5,
        within: 0.8,
        lag: 0.5,
    };

    /// Contribution of a session with this mean score to the variance between sessions.
    /// Only means below 1 lead to false locks, so their squares count twice and others
    /// not at all; means below 0, the impostors' mean, count as 0.
    pub fn stray(mean: f64) -> f64 {
        2.0 * (mean - 1.0).clamp(-1.0, 0.0).powi(2)
    }
}

impl Cohort {
    /// The check that its parts fail; `None` if they fit together.
    pub(crate) fn defect(&self) -> Option<&'static str> {
        let d = self.columns;
        let finite = |values: &[f32]| values.iter().all(|v| v.is_finite());
        let square = |values: &[f32]| values.len() == d * d && finite(values);
        let Drift {
            between,
            within,
            lag,
        } = self.drift;
        let spread = |sd: f64| sd.is_finite() && sd > 0.0;
        if !(1..=MOST).contains(&d) || !(1..=MOST).contains(&self.classes.len()) {
            Some("it has nobody, or too many, in it")
        } else if !self
            .classes
            .iter()
            .all(|c| c.mean.len() == d && finite(&c.mean))
        {
            Some("a mean has another length, or is no number")
        } else if !square(&self.within) || !square(&self.between) {
            Some("a covariance has another size, or is no number")
        } else if self.runs.is_empty() || !self.runs.iter().all(|run| run.is_sound(d)) {
            Some("a run of windows has another length, or is no number")
        } else if !(spread(between) && spread(within) && (0.0..1.0).contains(&lag)) {
            Some("its drift is no number")
        } else if !self.in_session.iter().all(InSessionLocks::is_sound)
            || !self
                .in_session
                .is_sorted_by(|a, b| a.threshold < b.threshold)
        {
            Some("its false locks in sessions are no numbers")
        } else {
            None
        }
    }

    /// Difference from the mean of its classes to an owner's mean: the shift by which the
    /// cohort's embeddings represent impostors with this owner's device.
    pub fn way_to(&self, owner: &[f64]) -> Vec<f64> {
        let count = self.classes.len().max(1) as f64;
        let mut way = owner.to_vec();
        for class in &self.classes {
            for (way, &mean) in way.iter_mut().zip(&class.mean) {
                *way -= f64::from(mean) / count;
            }
        }
        way
    }

    /// Numbers of the people, each once.
    pub fn people(&self) -> Vec<u32> {
        let mut people: Vec<u32> = self.runs.iter().map(|run| run.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    }
}

impl Run {
    fn is_sound(&self, columns: usize) -> bool {
        let count = self.embeddings.len();
        (1..=MOST * MOST).contains(&count)
            && count.is_multiple_of(columns)
            && self.embeddings.iter().all(|v| v.is_finite())
    }

    /// The embeddings, each of `columns` numbers.
    pub fn rows(&self, columns: usize) -> impl ExactSizeIterator<Item = ArrayView1<'_, f32>> {
        self.embeddings
            .chunks_exact(columns.max(1))
            .map(ArrayView1::from)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Three people with two classes each, along the axes of `columns` numbers.
    pub(crate) fn cohort(columns: usize) -> Cohort {
        let eye = |scale: f32| {
            (0..columns * columns)
                .map(|at| if at % (columns + 1) == 0 { scale } else { 0.0 })
                .collect::<Vec<f32>>()
        };
        let mean = |person: u32, class: usize| {
            (0..columns)
                .map(|c| {
                    if c == (person as usize + class) % columns {
                        3.0
                    } else {
                        0.0
                    }
                })
                .collect()
        };
        let run = |person: u32| Run {
            person,
            embeddings: (0..30 * columns)
                .map(|at| {
                    let wobble = ((at * 7 + person as usize * 13) as f32 * 1.7).sin();
                    wobble
                        + if at % columns == person as usize % columns {
                            3.0
                        } else {
                            0.0
                        }
                })
                .collect(),
        };
        Cohort {
            columns,
            classes: (0..3u32)
                .flat_map(|person| (0..2).map(move |class| (person, class)))
                .map(|(person, class)| Class {
                    person,
                    mean: mean(person, class),
                })
                .collect(),
            within: eye(1.0),
            between: eye(0.2),
            runs: (0..3).map(run).collect(),
            drift: Drift::UNKNOWN,
            in_session: Vec::new(),
        }
    }
}
