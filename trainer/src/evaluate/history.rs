//! The losses that a bundle's `history.csv` tells of.

use std::fs;
use std::path::Path;

/// Training and held-out loss of each epoch of the bundle in `folder`; nothing
/// where it tells of none. Rows without a training loss are of no epoch.
pub fn losses(folder: &Path) -> Vec<(f64, Option<f64>)> {
    let text = fs::read_to_string(folder.join("history.csv")).unwrap_or_default();
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let Some(header) = rows.next() else {
        return Vec::new();
    };
    let column = |name: &str| header.iter().position(|heading| *heading == name);
    let (training, held_out) = (column("training_loss"), column("held_out_loss"));
    let value = |row: &[&str], column: Option<usize>| row.get(column?)?.parse().ok();
    rows.filter_map(|row| Some((value(&row, training)?, value(&row, held_out))))
        .collect()
}
