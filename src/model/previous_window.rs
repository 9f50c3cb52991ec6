//! The previous window, to tell whether what was computed of it still holds.

use crate::motion::CHANNELS;

/// Frames that are compared before it is known whether any differs.
const AT_ONCE: usize = 32;

/// A copy of the previous window, frames × 6; empty at first.
#[derive(Default)]
pub(super) struct PreviousWindow(Vec<f32>);

impl PreviousWindow {
    /// With room for a window of so many frames.
    pub(super) fn with_capacity(frames: usize) -> Self {
        Self(Vec::with_capacity(frames * CHANNELS))
    }

    /// Whether `window`, which begins `hop` frames later, shares frames with it, and each of
    /// them is the same bit for bit. Frames are compared, not only counted, because a clock
    /// that is set back gives the same times to others.
    pub(super) fn continues_in(&self, window: &[f32], hop: usize) -> bool {
        let shared = self.0.get(hop * CHANNELS..).unwrap_or_default();
        !shared.is_empty() && same(shared, &window[..shared.len()])
    }

    /// Takes `window` in its place.
    pub(super) fn replace(&mut self, window: &[f32]) {
        self.0.clear();
        self.0.extend_from_slice(window);
    }

    /// Forgets it.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// Whether the bits of all numbers are the same.
fn same(a: &[f32], b: &[f32]) -> bool {
    let (a, b) = (a.chunks(CHANNELS * AT_ONCE), b.chunks(CHANNELS * AT_ONCE));
    a.zip(b).all(|(a, b)| {
        let bits = a.iter().zip(b);
        bits.fold(0, |other, (a, b)| other | (a.to_bits() ^ b.to_bits())) == 0
    })
}
