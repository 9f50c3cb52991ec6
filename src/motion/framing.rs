//! Frames and windows from samples: alignment and window ring together, for the daemon, enrolment
//! and the trainer.

use crate::motion::align::{AlignCounts, Aligner};
use crate::motion::window::{Window, WindowRing};
use crate::motion::{Channels, Sample, SampleTime};

/// Makes windows of samples.
pub struct Framer {
    aligner: Aligner,
    ring: WindowRing,
}

impl Framer {
    /// Makes windows of `length` frames of these sensors every `hop` frames.
    pub fn new(channels: Channels, length: usize, hop: usize) -> Self {
        Self {
            aligner: Aligner::of(channels),
            ring: WindowRing::new(length, hop),
        }
    }

    /// Takes one sample; calls `sink` with each frame's time, and the window that the frame
    /// completes if one is due. Returns the sample's time where it is confirmed; see
    /// [`Aligner::push`].
    pub fn push(
        &mut self,
        sample: &Sample,
        mut sink: impl FnMut(SampleTime, Option<Window<'_>>),
    ) -> Option<SampleTime> {
        let Self { aligner, ring } = self;
        aligner.push(sample, |frame| sink(frame.index.time(), ring.push(&frame)))
    }

    /// Drops the frames collected, so that no window spans this instant.
    pub fn restart(&mut self) {
        self.ring.clear();
    }

    /// The sensors whose samples windows are made of.
    pub fn channels(&self) -> Channels {
        self.aligner.channels()
    }

    /// Alignment's counts so far.
    pub fn counts(&self) -> AlignCounts {
        self.aligner.counts()
    }
}
