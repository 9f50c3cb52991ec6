//! Other people: what a bundle ships of those that its model was made with.
//!
//! A score for the owner alone cannot know whether a window is unlike the owner
//! or merely unusual. Knowing what other people look like is the largest single
//! gain there is for people that the model never saw (docs/experiments.md). No
//! motion is kept, only embeddings and their statistics.

mod file;

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

pub use file::CohortError;

/// Most people, classes and embeddings that are taken.
const MOST: usize = 4096;

/// The people that a model was made with, in its embedding space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Length of an embedding.
    pub columns: usize,
    /// Where each person, and each stand-in made from one, is in each context.
    pub classes: Vec<Class>,
    /// Covariance of embeddings within a class, columns², the mean of all classes.
    pub within: Vec<f32>,
    /// Covariance of a person's session means about that person's mean, columns².
    pub between: Vec<f32>,
    /// Runs of windows of real people, to learn from what strangers score.
    pub runs: Vec<Run>,
    /// How an owner's scores wander, learnt from these people in turn.
    pub drift: Drift,
}

/// One of the Gaussians that make up the cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Whose it is; a stand-in is of the person it was made from.
    pub person: u32,
    /// Its mean.
    pub mean: Vec<f32>,
}

/// Windows side by side of one session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Whose.
    pub person: u32,
    /// Embeddings, oldest first, one after the other.
    pub embeddings: Vec<f32>,
}

/// How genuine scores of later sessions differ from those of enrolment, where
/// the owner's mean is 1 and strangers' is 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Standard deviation of a session's mean about 1; see [`Drift::stray`].
    pub between: f64,
    /// Standard deviation of windows about their session's mean.
    pub within: f64,
    /// Correlation of a window with the one right after it, in a session.
    pub lag: f64,
}

impl Drift {
    /// Before anything is known.
    pub const UNKNOWN: Self = Self {
        between: 0.5,
        within: 0.8,
        lag: 0.5,
    };

    /// What a session of this mean adds to the variance between sessions. Only a
    /// mean below 1 costs the owner anything, so those count twice and others not;
    /// one beyond strangers' mean says no more than one at it.
    pub fn stray(mean: f64) -> f64 {
        2.0 * (mean - 1.0).clamp(-1.0, 0.0).powi(2)
    }
}

impl Cohort {
    /// What is wrong with it, if its parts do not fit together.
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
        } else {
            None
        }
    }

    /// From the middle of its classes to an owner's mean: what a stranger of the
    /// cohort would have to be moved by to carry the device as this owner does.
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

    /// The people, each once.
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

    /// One embedding a row.
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
        }
    }
}
