//! The spectral branch computed hop by hop, with the ONNX graph as its definition.
//!
//! A window's spectrum is that of twelve segments, 32 frames apart. At the usual hop of 96
//! frames nine of them were in the window before, so each hop computes three. What a segment
//! gives (a [`Column`]) depends on its 128 frames and on nothing else, so an embedding is a
//! function of its window alone: after a gap, a restart or another hop it is the same to the
//! bit. tests/model/streaming.rs holds it against the graph in tract.
//!
//! Fourier's transform takes the place of the graph's convolutions with cosines and sines,
//! in double precision, so that it is no less exact than they are.

mod column;
mod correlation;
mod fourier;
mod pooling;
mod recognise;

use tract_onnx::pb::GraphProto;

use self::column::{Bands, COLUMN, Column, SEGMENT, STRIDE};
use self::fourier::Fourier;
use crate::motion::CHANNELS;

/// Frames of the only window that the graph is recognised for.
pub(super) const FRAMES: usize = 500;
/// Segments of a window.
const SEGMENTS: usize = (FRAMES - SEGMENT) / STRIDE + 1;
/// Pairs of axes.
const PAIRS: usize = CHANNELS * (CHANNELS - 1) / 2;
/// Length of an embedding.
pub(super) const LENGTH: usize = 2 * COLUMN + PAIRS;

/// The branch, with the window before.
pub(super) struct Spectral {
    bands: Bands,
    /// Mean and standard deviation of each number over the people it was made with.
    mean: [f32; LENGTH],
    deviation: [f32; LENGTH],
    fourier: Fourier,
    /// The window before, and its columns, oldest first; no window at first.
    before: Vec<f32>,
    columns: [Column; SEGMENTS],
    embedding: [f32; LENGTH],
}

impl Spectral {
    /// The branch of `graph`; `None` if that is any other graph.
    pub(super) fn of(graph: &GraphProto) -> Option<Self> {
        let recognise::Weights {
            bands,
            mean,
            deviation,
        } = recognise::weights(graph)?;
        Some(Self {
            bands: Bands::new(&bands)?,
            mean: mean.try_into().ok()?,
            deviation: deviation.try_into().ok()?,
            fourier: Fourier::default(),
            before: Vec::with_capacity(FRAMES * CHANNELS),
            columns: [Column::default(); SEGMENTS],
            embedding: [0.0; LENGTH],
        })
    }

    /// Embeds a window of frames × 6, which begins `hop` frames after the one before (`None`
    /// if it does not follow it). Allocates nothing.
    pub(super) fn embed(&mut self, window: &[f32], hop: Option<usize>) -> &[f32] {
        let kept = self.kept(window, hop);
        self.columns.copy_within(SEGMENTS - kept.., 0);
        for (at, column) in self.columns.iter_mut().enumerate().skip(kept) {
            let segment = &window[at * STRIDE * CHANNELS..][..SEGMENT * CHANNELS];
            *column = Column::of(segment, &self.bands, &mut self.fourier);
        }
        self.before.clear();
        self.before.extend_from_slice(window);

        let (spectrum, pairs) = self.embedding.split_at_mut(2 * COLUMN);
        pooling::pool(&self.columns, spectrum);
        correlation::of_pairs(window, pairs);
        let scaling = self.mean.iter().zip(&self.deviation);
        for (value, (mean, deviation)) in self.embedding.iter_mut().zip(scaling) {
            *value = (*value - mean) / deviation;
        }
        &self.embedding
    }

    /// How many columns of the window before are columns of this one. Frames are compared,
    /// not only counted, because a clock that is set back gives the same times to others.
    fn kept(&self, window: &[f32], hop: Option<usize>) -> usize {
        let Some(hop) = hop.filter(|hop| hop.is_multiple_of(STRIDE)) else {
            return 0;
        };
        let kept = SEGMENTS.saturating_sub(hop / STRIDE);
        let of_before = self.before.get(hop * CHANNELS..).unwrap_or_default();
        match !of_before.is_empty() && same(of_before, &window[..of_before.len()]) {
            true => kept,
            false => 0,
        }
    }
}

/// Whether the bits of all numbers are the same.
fn same(a: &[f32], b: &[f32]) -> bool {
    let (a, b) = (a.chunks(CHANNELS * STRIDE), b.chunks(CHANNELS * STRIDE));
    a.zip(b).all(|(a, b)| {
        let bits = a.iter().zip(b);
        bits.fold(0, |other, (a, b)| other | (a.to_bits() ^ b.to_bits())) == 0
    })
}
