//! The spectral branch computed hop by hop, with the ONNX graph as its definition.
//!
//! A window's spectrum is that of twelve segments, 32 frames apart. At the usual hop of 96
//! frames nine of them were in the window before, so each hop computes three. What a segment
//! gives (a [`Column`]) depends on its 128 frames and on nothing else, so an embedding is a
//! function of its window alone: after a gap, a restart or another hop it is the same to the
//! bit. tests/model/streaming.rs holds it against the graph in tract.
//!
//! The graph of the accelerometer alone gives a part of the same numbers, which are picked out:
//! what its windows hold of a gyroscope is computed as well, and not looked at.
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
use crate::model::previous_window::PreviousWindow;
use crate::motion::{CHANNELS, Channels};
use crate::wide_registers::{Arithmetic, in_wide_registers};

/// Frames of the only window that the graph is recognised for.
pub(super) const FRAMES: usize = 500;
/// Segments of a window.
const SEGMENTS: usize = (FRAMES - SEGMENT) / STRIDE + 1;
/// Numbers that the axes of both sensors give, pairs of them last.
const NUMBERS: usize = 2 * COLUMN + CHANNELS * (CHANNELS - 1) / 2;

/// Length of an embedding.
pub(super) fn length(channels: Channels) -> usize {
    picked(channels).count()
}

/// Which of the [`NUMBERS`] are of these channels: the bands' levels and variations axis by
/// axis, then the pairs of axes.
fn picked(channels: Channels) -> impl Iterator<Item = usize> {
    let axes = channels.count();
    let of_bands = (0..2 * COLUMN).filter(move |number| number % CHANNELS < axes);
    let of_pairs = (2 * COLUMN..NUMBERS)
        .zip(pairs(CHANNELS))
        .filter(move |(_, [_, second])| *second < axes)
        .map(|(number, _)| number);
    of_bands.chain(of_pairs)
}

/// The pairs of so many axes.
fn pairs(axes: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..axes).flat_map(move |first| (first + 1..axes).map(move |second| [first, second]))
}

/// The branch, with the window before.
pub(super) struct Spectral {
    bands: Bands,
    /// Of each number of an embedding.
    scaling: Vec<Scaling>,
    fourier: Fourier,
    previous: PreviousWindow,
    /// Of the window before, oldest first.
    columns: [Column; SEGMENTS],
    numbers: [f32; NUMBERS],
    embedding: Vec<f32>,
}

/// The columns from `kept` on, and the numbers.
struct NewNumbers<'a> {
    branch: &'a mut Spectral,
    window: &'a [f32],
    kept: usize,
}

impl Arithmetic for NewNumbers<'_> {
    type Result = ();

    #[inline(always)]
    fn compute(self) {
        let Spectral {
            bands,
            fourier,
            columns,
            numbers,
            ..
        } = self.branch;
        for (at, column) in columns.iter_mut().enumerate().skip(self.kept) {
            let segment = &self.window[at * STRIDE * CHANNELS..][..SEGMENT * CHANNELS];
            *column = Column::of(segment, bands, fourier);
        }
        let (spectrum, pairs) = numbers.split_at_mut(2 * COLUMN);
        pooling::pool(columns, spectrum);
        correlation::of_pairs(self.window, pairs);
    }
}

/// How a number of an embedding comes of one of the [`NUMBERS`].
struct Scaling {
    of: usize,
    /// Mean and standard deviation over the people it was made with.
    mean: f32,
    deviation: f32,
}

impl Spectral {
    /// The branch of `graph`, which takes these channels; `None` if that is any other graph.
    pub(super) fn of(graph: &GraphProto, channels: Channels) -> Option<Self> {
        let recognise::Weights {
            bands,
            mean,
            deviation,
        } = recognise::weights(graph, channels)?;
        let length = length(channels);
        if mean.len() != length || deviation.len() != length {
            return None;
        }
        let scaling = picked(channels).zip(mean).zip(deviation);
        let scaling = scaling.map(|((of, mean), deviation)| Scaling {
            of,
            mean,
            deviation,
        });
        Some(Self {
            bands: Bands::new(&bands)?,
            scaling: scaling.collect(),
            fourier: Fourier::default(),
            previous: PreviousWindow::with_capacity(FRAMES),
            columns: [Column::default(); SEGMENTS],
            numbers: [0.0; NUMBERS],
            embedding: vec![0.0; length],
        })
    }

    /// Embeds a window of frames × 6, which begins `hop` frames after the one before (`None`
    /// if it does not follow it). Allocates nothing.
    pub(super) fn embed(&mut self, window: &[f32], hop: Option<usize>) -> &[f32] {
        let kept = self.kept(window, hop);
        self.columns.copy_within(SEGMENTS - kept.., 0);
        in_wide_registers(NewNumbers {
            branch: self,
            window,
            kept,
        });
        self.previous.replace(window);
        for (value, scaling) in self.embedding.iter_mut().zip(&self.scaling) {
            *value = (self.numbers[scaling.of] - scaling.mean) / scaling.deviation;
        }
        &self.embedding
    }

    /// How many columns of the window before are columns of this one.
    fn kept(&self, window: &[f32], hop: Option<usize>) -> usize {
        match hop.filter(|hop| hop.is_multiple_of(STRIDE)) {
            Some(hop) if self.previous.continues_in(window, hop) => {
                SEGMENTS.saturating_sub(hop / STRIDE)
            }
            _ => 0,
        }
    }
}
