//! `history.csv` of a bundle: one row an epoch, and row 0 for the untrained network.
//! What was not measured is an empty cell.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{Epoch, Figures, Measured};

/// The file's contents; `before` is row 0.
pub fn write(before: Measured, epochs: &[Epoch]) -> String {
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

/// One row of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EpochRow {
    /// Number of the epoch; 0 is before the first.
    pub epoch: u32,
    /// Mean loss of the training pairs; `None` in row 0.
    pub training_loss: Option<f64>,
    /// Mean loss of the held-out pairs, if there were any.
    pub held_out_loss: Option<f64>,
    /// Error rates of training pairs, if measured.
    pub training: Option<Figures>,
    /// Error rates of held-out pairs, if measured.
    pub held_out: Option<Figures>,
}

/// Rows of the bundle in `folder`; empty without a readable `history.csv`.
pub fn read(folder: &Path) -> Vec<EpochRow> {
    parse(&fs::read_to_string(folder.join("history.csv")).unwrap_or_default())
}

fn parse(text: &str) -> Vec<EpochRow> {
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
        Some(EpochRow {
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
        let rows: Vec<_> = write(before, &[epoch]).lines().map(str::to_owned).collect();
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
        let rows = parse(&write(measured, &[epoch]));
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
