//! Samples to windows: alignment and the ring together, as the daemon, the
//! enrolment and the trainer all use them.

use crate::motion::align::{AlignCounts, Aligner};
use crate::motion::window::{Window, WindowRing};
use crate::motion::{Sample, SampleTime};

/// Turns samples into windows.
pub struct Framer {
    aligner: Aligner,
    ring: WindowRing,
}

impl Framer {
    /// For windows of `length` frames every `hop` frames.
    pub fn new(length: usize, hop: usize) -> Self {
        Self {
            aligner: Aligner::default(),
            ring: WindowRing::new(length, hop),
        }
    }

    /// Takes one sample; tells `sink` of each frame's time, with the window that
    /// it completes if one is due. Returns how far the clock has surely come.
    pub fn push(
        &mut self,
        sample: &Sample,
        mut sink: impl FnMut(SampleTime, Option<Window<'_>>),
    ) -> Option<SampleTime> {
        let Self { aligner, ring } = self;
        aligner.push(sample, |frame| sink(frame.index.time(), ring.push(&frame)))
    }

    /// Begins a fresh window: none spans this instant.
    pub fn restart(&mut self) {
        self.ring.clear();
    }

    /// What alignment passed over.
    pub fn counts(&self) -> AlignCounts {
        self.aligner.counts()
    }
}
