//! Activity, the size of a device's motion, which tells walking from sitting.

use ndarray::ArrayView2;

/// Added to the deviation, in m/s², so that sensor noise is no activity.
const FLOOR: f64 = 0.02;

/// Sums kept side by side, because one alone waits for each addition.
const LANES: usize = 4;

/// ln of the standard deviation (m/s²) of the length of acceleration over a frames × 6
/// window. Independent of how the device is held. Allocates nothing.
pub fn activity(window: ArrayView2<'_, f32>) -> f64 {
    let mut lengths = window.outer_iter().map(|frame| {
        let squares = frame.iter().take(3).map(|&a| f64::from(a).powi(2));
        squares.sum::<f64>().sqrt()
    });
    // From the first, so that squares are of little more than what varies.
    let first = lengths.next().unwrap_or_default();
    let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
    for (at, length) in lengths.enumerate() {
        let apart = length - first;
        sums[at % LANES] += apart;
        squares[at % LANES] += apart * apart;
    }
    let count = window.nrows().max(1) as f64;
    let mean = sums.iter().sum::<f64>() / count;
    let variance = squares.iter().sum::<f64>() / count - mean * mean;
    // What rounding leaves of nothing may be below 0; f64::max would hide what is no number.
    let deviation = if variance < 0.0 { 0.0 } else { variance.sqrt() };
    (deviation + FLOOR).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn swing(amplitude: f32, axis: usize) -> Array2<f32> {
        Array2::from_shape_fn((500, 6), |(t, channel)| {
            let gravity = if channel == axis { 9.81 } else { 0.0 };
            let moved = if channel == axis { amplitude } else { 0.0 };
            gravity + moved * (t as f32 * 0.3).sin()
        })
    }

    #[test]
    fn it_is_the_log_of_the_deviation_however_the_device_is_held() {
        for axis in 0..3 {
            let found = activity(swing(2.0, axis).view());
            let expected = (2.0 / 2f64.sqrt() + FLOOR).ln();
            assert!((found - expected).abs() < 0.01, "{found} {expected}");
        }
        assert!(activity(swing(0.2, 2).view()) < activity(swing(2.0, 2).view()) - 2.0);
    }

    #[test]
    fn rest_and_nothing_have_the_least() {
        let least = FLOOR.ln();
        assert!((activity(swing(0.0, 0).view()) - least).abs() < 1e-3);
        assert_eq!(activity(Array2::zeros((0, 6)).view()), least);
    }
}
