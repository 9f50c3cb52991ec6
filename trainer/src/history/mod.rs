//! Losses and pair error rates of a training, epoch by epoch; [`csv`] is the
//! `history.csv` of a bundle.

pub mod csv;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use csv::EpochRow;

use crate::roc::Roc;

/// One epoch of a training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Mean loss of the training pairs, each taken before the step that it was part of.
    pub training_loss: f64,
    /// Mean loss of the held-out pairs at the end of the epoch. `None` without held-out pairs.
    pub held_out_loss: Option<f64>,
    /// Pair error rates at the end of the epoch. `None` in epochs without a measurement
    /// (`--measure-every`).
    pub measured: Option<Measured>,
}

/// Error rates of telling pairs apart by embedding distance.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Of training pairs. `None` without both kinds of pair.
    pub training: Option<Figures>,
    /// Of pairs of held-out sessions. `None` without both kinds of pair.
    pub held_out: Option<Figures>,
}

/// Error rates of one set of pairs, by distance alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Area under the ROC curve.
    pub auc: f64,
    /// Equal error rate.
    pub eer: f64,
    /// Distance at the EER; pairs at or below it count as one person's.
    pub threshold: f64,
    /// Share of pairs classified correctly at that threshold.
    pub accuracy: f64,
    /// F1 of genuine pairs at that threshold.
    pub f1: f64,
}

impl Figures {
    /// Names in `history.csv` and in manifests.
    const NAMES: [&str; 5] = ["auc", "eer", "threshold", "accuracy", "f1"];

    /// Of pairs given as (distance, genuine). `None` without both kinds of pair.
    pub fn of(distances: impl IntoIterator<Item = (f32, bool)>) -> Option<Self> {
        let roc: Roc = distances.into_iter().map(|(d, same)| (-d, same)).collect();
        let threshold = roc.threshold_at_eer()?;
        Some(Self {
            auc: roc.auc()?,
            eer: roc.eer()?,
            threshold: -f64::from(threshold),
            accuracy: roc.accuracy_at(threshold)?,
            f1: roc.f1_at(threshold)?,
        })
    }

    /// From a look-up by name. `None` if any name is missing.
    pub fn named_by(value: impl Fn(&str) -> Option<f64>) -> Option<Self> {
        let [auc, eer, threshold, accuracy, f1] = Self::NAMES.map(value);
        Some(Self {
            auc: auc?,
            eer: eer?,
            threshold: threshold?,
            accuracy: accuracy?,
            f1: f1?,
        })
    }

    /// Each figure's name and value.
    pub fn named(self) -> impl Iterator<Item = (&'static str, f64)> {
        let values = [self.auc, self.eer, self.threshold, self.accuracy, self.f1];
        Self::NAMES.into_iter().zip(values)
    }
}

impl Measured {
    /// Name and figures of each set that was measured.
    pub fn sets(self) -> impl Iterator<Item = (&'static str, Figures)> {
        let sets = [
            ("training", self.training),
            ("held_out_session", self.held_out),
        ];
        sets.into_iter()
            .filter_map(|(name, figures)| Some((name, figures?)))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "training loss {:.5}", self.training_loss)?;
        match self.held_out_loss {
            Some(loss) => write!(f, "  held-out loss {loss:.5}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            auc,
            eer,
            threshold,
            accuracy,
            f1,
        } = self;
        write!(
            f,
            "EER {eer:.4} at distance {threshold:.3}, AUC {auc:.4}, accuracy {accuracy:.4}, F1 {f1:.4}"
        )
    }
}
