//! Data of the report's plots that `results.json` leaves out.

use super::EvaluateError;
use super::distances::{self, Distances, ThresholdPoint};
use super::fold_source::FoldTest;
use super::person_features;
use super::plane_projection::PlaneProjection;
use crate::history::EpochRow;
use crate::progress::Progress;

/// Data of the plots of one bundle and its test set.
pub struct PlotData {
    /// Distances of pairs. `None` with fewer than two people of two windows each.
    pub distances: Option<Distances>,
    /// Detection rates of the distance classifier.
    pub classifier: Vec<ThresholdPoint>,
    /// Margin of the contrastive loss, if the bundle was trained with one.
    pub margin: Option<f64>,
    /// Embeddings projected onto the plane. `None` with too few windows.
    pub projection: Option<PlaneProjection>,
    /// Rows of the bundle's `history.csv`; empty without one.
    pub history: Vec<EpochRow>,
}

impl PlotData {
    /// Computes the data; `history` is that of the bundle, `seed` draws the pairs.
    pub fn of(
        test: &FoldTest,
        history: Vec<EpochRow>,
        seed: u64,
        progress: Progress,
    ) -> Result<Self, EvaluateError> {
        let people = person_features::embed(&test.bundle, &test.test_set, progress)?;
        let distances = distances::of_pairs(&people, seed);
        let margin = margin(&test.bundle.manifest().training.command);
        // Without a margin, thresholds are around that of the equal error rate.
        let unit = margin.or(distances.as_ref().map(|d| 2.0 * d.eer_threshold));
        Ok(Self {
            classifier: distances::classifier(&people, unit.unwrap_or(1.0)),
            distances,
            margin,
            projection: PlaneProjection::of(&people),
            history,
        })
    }
}

/// Value of `--margin` in a training's command. `None` without one.
fn margin(command: &str) -> Option<f64> {
    let mut words = command.split_whitespace();
    words.find(|word| *word == "--margin")?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_is_the_trainings() {
        assert_eq!(margin("train --margin 2.5 --window 500"), Some(2.5));
        assert_eq!(margin("train --arch spectral"), None);
    }
}
