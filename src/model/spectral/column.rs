//! A column of the spectrogram: the power of a segment of 128 frames in each band and axis, and
//! its logarithm.

use super::fourier::{BINS, Fourier};
use crate::motion::CHANNELS;

/// Frames of a segment, and from one to the next.
pub(super) const SEGMENT: usize = 128;
pub(super) const STRIDE: usize = 32;
/// Bands of frequencies.
const BANDS: usize = 14;
/// Numbers of a column: one for each band and axis.
pub(super) const COLUMN: usize = BANDS * CHANNELS;
/// Power added before the logarithm, (m/s²)² or (rad/s)².
pub(super) const FLOOR: f32 = 1e-5;

/// Power of each axis in each band over a segment, band by band, and its logarithm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) power: [f32; COLUMN],
    pub(super) log: [f32; COLUMN],
}

impl Default for Column {
    fn default() -> Self {
        Self {
            power: [0.0; COLUMN],
            log: [0.0; COLUMN],
        }
    }
}

impl Column {
    /// Of a segment of frames × 6.
    #[inline(always)]
    pub(super) fn of(segment: &[f32], bands: &Bands, fourier: &mut Fourier) -> Self {
        let spectrum = fourier.power(segment);
        let mut column = Self::default();
        let (rows, _) = column.power.as_chunks_mut::<CHANNELS>();
        for (power, band) in rows.iter_mut().zip(&bands.0) {
            let mut sum = [0.0; CHANNELS];
            for (weight, bin) in band.weights.iter().zip(&spectrum[band.first..]) {
                for (sum, power) in sum.iter_mut().zip(bin) {
                    *sum += weight * power;
                }
            }
            for (power, sum) in power.iter_mut().zip(sum) {
                *power = sum as f32;
            }
        }
        for (log, power) in column.log.iter_mut().zip(&column.power) {
            *log = (power + FLOOR).ln();
        }
        column
    }
}

/// The weight of each frequency in each band.
pub(super) struct Bands([Band; BANDS]);

/// The weights of a band from its first frequency on.
#[derive(Default)]
struct Band {
    first: usize,
    weights: Vec<f64>,
}

impl Bands {
    /// Of bands × frequencies; `None` if that is of another length.
    pub(super) fn new(weights: &[f32]) -> Option<Self> {
        let rows: &[[f32; BINS]; BANDS] = weights.as_chunks().0.try_into().ok()?;
        Some(Self(rows.each_ref().map(|row| {
            let first = row.iter().position(|weight| *weight != 0.0);
            let last = row.iter().rposition(|weight| *weight != 0.0);
            first
                .zip(last)
                .map_or_else(Band::default, |(first, last)| Band {
                    first,
                    weights: row[first..=last].iter().map(|&w| f64::from(w)).collect(),
                })
        })))
    }
}
