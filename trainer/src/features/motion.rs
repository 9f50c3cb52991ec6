//! How much a device moves in windows.

use graspd::motion::CHANNELS;
use graspd::motion::rest::RestLimits;
use ndarray::{Array1, ArrayView2, Axis};

use super::Features;
use crate::data::Windows;

/// Median motion intensity, m/s², above which a session counts as walking.
const WALKING: f32 = 0.3;

/// Whether somebody walks in a session, by its median motion intensity.
pub fn is_walking(windows: &Windows) -> bool {
    let mut sorted = motion_intensity(windows).column(0).to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted
        .get(sorted.len() / 2)
        .is_some_and(|middle| *middle > WALKING)
}

/// Motion intensity of each window: standard deviation of |a|, m/s². One column.
pub fn motion_intensity(windows: &Windows) -> Features {
    let of = |window: &[f32]| {
        let (frames, _) = window.as_chunks::<CHANNELS>();
        let size = |[x, y, z, ..]: &[f32; CHANNELS]| (x * x + y * y + z * z).sqrt();
        frames.iter().map(size).collect::<Array1<f32>>().std(0.0)
    };
    let column: Array1<f32> = windows.iter().map(of).collect();
    column.insert_axis(Axis(1))
}

/// The windows in which the device does not lie still.
pub fn moving(all: &Windows, frames: usize) -> Windows {
    let mut moving = Windows::new(frames);
    for window in all.iter().filter(|window| !lies_still(window)) {
        moving.push(window.iter().copied());
    }
    moving
}

fn lies_still(window: &[f32]) -> bool {
    ArrayView2::from_shape((window.len() / CHANNELS, CHANNELS), window)
        .is_ok_and(|window| RestLimits::default().at_rest(window))
}
