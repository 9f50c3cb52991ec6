//! Pools the columns of a window, for each band and axis: the logarithm of mean power, and the
//! standard deviation of the logarithm of power.

use super::SEGMENTS;
use super::column::{COLUMN, Column, FLOOR};

/// Writes the logarithm of mean power, then the standard deviation of its logarithm, both
/// for each band and axis.
#[inline(always)]
pub(super) fn pool(columns: &[Column; SEGMENTS], spectrum: &mut [f32]) {
    let mut power = [0.0f32; COLUMN];
    let mut middle = [0.0f32; COLUMN];
    for column in columns {
        add(&mut power, &column.power);
        add(&mut middle, &column.log);
    }
    let middle = middle.map(|sum| sum / SEGMENTS as f32);
    let mut squares = [0.0f32; COLUMN];
    for column in columns {
        for ((sum, log), middle) in squares.iter_mut().zip(&column.log).zip(&middle) {
            let apart = log - middle;
            *sum += apart * apart;
        }
    }
    let (levels, variations) = spectrum.split_at_mut(COLUMN);
    for (level, sum) in levels.iter_mut().zip(power) {
        *level = (sum / SEGMENTS as f32 + FLOOR).ln();
    }
    for (varies, sum) in variations.iter_mut().zip(squares) {
        *varies = (sum / SEGMENTS as f32).sqrt();
    }
}

#[inline(always)]
fn add(sums: &mut [f32; COLUMN], values: &[f32; COLUMN]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}
