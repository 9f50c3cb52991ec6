//! What a bundle's `history.csv` tells of its training.

use std::fs;
use std::path::Path;

use crate::history::Figures;

/// One row: an epoch, or 0 for before the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Which epoch.
    pub epoch: u32,
    /// Mean loss of the training pairs.
    pub training_loss: Option<f64>,
    /// Mean loss of the held-out pairs.
    pub held_out_loss: Option<f64>,
    /// How well distance told training pairs apart, if that was measured.
    pub training: Option<Figures>,
    /// The same of held-out pairs.
    pub held_out: Option<Figures>,
}

/// The history of the bundle in `folder`; nothing where it tells of none.
pub fn of_bundle(folder: &Path) -> Vec<Row> {
    parse(&fs::read_to_string(folder.join("history.csv")).unwrap_or_default())
}

fn parse(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    let Some(header) = lines.next() else {
        return Vec::new();
    };
    let header: Vec<&str> = header.split(',').collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let value = |name: &str| -> Option<f64> {
            let column = header.iter().position(|heading| *heading == name)?;
            cells.get(column)?.parse().ok()
        };
        let figures = |set: &str| Figures::named_by(|name| value(&format!("{set}_{name}")));
        Some(Row {
            epoch: cells.first()?.parse().ok()?,
            training_loss: value("training_loss"),
            held_out_loss: value("held_out_loss"),
            training: figures("training"),
            held_out: figures("held_out"),
        })
    };
    lines.filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Epoch, Measured, csv};

    #[test]
    fn what_a_training_writes_is_read_again() {
        let figures = Figures::of([(0.25, true), (0.5, true), (1.0, false), (1.5, false)]);
        let measured = Measured {
            training: figures,
            held_out: None,
        };
        let epoch = Epoch {
            training_loss: 0.5,
            held_out_loss: Some(0.75),
            measured: None,
        };
        let rows = parse(&csv(measured, &[epoch]));
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].epoch, rows[0].training_loss), (0, None));
        assert_eq!((rows[0].training, rows[0].held_out), (figures, None));
        assert_eq!(rows[1].held_out_loss, Some(0.75));
        assert_eq!(rows[1].training, None);
    }

    #[test]
    fn older_histories_have_losses_only_and_broken_ones_nothing() {
        let rows = parse("epoch,training_loss,held_out_loss\n1,0.5,\n");
        assert_eq!(
            (rows[0].training_loss, rows[0].held_out_loss),
            (Some(0.5), None)
        );
        assert!(parse("").is_empty() && parse("epoch\nnone\n").is_empty());
    }
}
