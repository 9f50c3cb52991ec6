//! What a training came to, epoch by epoch.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::roc::Roc;

/// What one epoch came to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Mean loss of the training pairs, each as it was when it was shown.
    pub training_loss: f64,
    /// Mean loss of the held-out pairs at the end of the epoch, if there are any.
    pub held_out_loss: Option<f64>,
    /// How well distance told pairs apart at its end, if that was measured.
    pub measured: Option<Measured>,
}

/// How well distance alone tells pairs apart.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Measured {
    /// The pairs that are learnt from.
    pub training: Option<Figures>,
    /// Pairs of sessions that are held out, if there are any.
    pub held_out: Option<Figures>,
}

/// How well distance alone tells the pairs of one set apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Area under the ROC curve.
    pub auc: f64,
    /// Equal error rate.
    pub eer: f64,
    /// Distance at the EER: pairs no further apart pass for one person's.
    pub threshold: f64,
    /// Share of pairs judged rightly at that threshold.
    pub accuracy: f64,
    /// F1 of genuine pairs at that threshold.
    pub f1: f64,
}

impl Figures {
    /// Names, as history and manifest spell them.
    const NAMES: [&str; 5] = ["auc", "eer", "threshold", "accuracy", "f1"];

    /// Of pairs by their distance and whether they are genuine; nothing without
    /// both kinds.
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

    /// From the value of each name; nothing where one is missing.
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

    /// Name and value of each.
    pub fn named(self) -> impl Iterator<Item = (&'static str, f64)> {
        let values = [self.auc, self.eer, self.threshold, self.accuracy, self.f1];
        Self::NAMES.into_iter().zip(values)
    }
}

impl Measured {
    /// Name and figures of each set there is.
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

/// The table of a bundle: a row an epoch, and before them epoch 0, in which
/// nothing had been learnt. What was not measured is empty.
pub fn csv(before: Measured, epochs: &[Epoch]) -> String {
    let mut text = String::from("epoch,training_loss,held_out_loss");
    for set in ["training", "held_out"] {
        for name in Figures::NAMES {
            let _ = write!(text, ",{set}_{name}");
        }
    }
    text.push('\n');
    let rows = [(None, Some(before))]
        .into_iter()
        .chain(epochs.iter().map(|epoch| (Some(epoch), epoch.measured)));
    for (number, (epoch, measured)) in rows.enumerate() {
        let measured = measured.unwrap_or_default();
        let figures =
            [measured.training, measured.held_out]
                .into_iter()
                .flat_map(|set| match set {
                    Some(figures) => figures.named().map(|(_, value)| Some(value)).collect(),
                    None => vec![None; Figures::NAMES.len()],
                });
        let losses = [
            epoch.map(|epoch| epoch.training_loss),
            epoch.and_then(|epoch| epoch.held_out_loss),
        ];
        let _ = write!(text, "{number}");
        for value in losses.into_iter().chain(figures) {
            text.push(',');
            if let Some(value) = value {
                let _ = write!(text, "{value:.6}");
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_what_was_measured_in_it() {
        let figures = Figures::of([(0.1, true), (0.2, true), (0.9, false), (1.5, false)]);
        let before = Measured {
            training: figures,
            held_out: None,
        };
        let epoch = Epoch {
            training_loss: 0.5,
            held_out_loss: None,
            measured: None,
        };
        let rows: Vec<_> = csv(before, &[epoch]).lines().map(str::to_owned).collect();
        assert_eq!(
            rows[0],
            "epoch,training_loss,held_out_loss,training_auc,training_eer,training_threshold,\
             training_accuracy,training_f1,held_out_auc,held_out_eer,held_out_threshold,\
             held_out_accuracy,held_out_f1"
        );
        assert_eq!(
            rows[1],
            "0,,,1.000000,0.000000,0.200000,1.000000,1.000000,,,,,"
        );
        assert_eq!(rows[2], "1,0.500000,,,,,,,,,,,");
    }
}
