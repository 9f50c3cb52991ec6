//! Ring buffer of the newest frames, and its view as a window.

use ndarray::ArrayView2;

use crate::motion::{CHANNELS, Frame, FrameIndex, SampleTime};

/// Contiguous frames, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// frames × 6 channels, borrowed from the ring.
    pub frames: ArrayView2<'a, f32>,
    /// Grid point of the newest frame.
    pub end: FrameIndex,
}

impl Window<'_> {
    /// Time of the newest frame.
    pub fn t(&self) -> SampleTime {
        self.end.time()
    }
}

/// Keeps the newest frames and emits a window when it is full, then once every hop. A
/// missing frame empties it, so that no window spans a gap.
pub struct WindowRing {
    /// Each frame is stored twice, `length` rows apart, so that the newest `length`
    /// frames are always contiguous.
    rows: Box<[[f32; CHANNELS]]>,
    length: usize,
    hop: usize,
    /// Row of the oldest frame, which the next one replaces.
    oldest: usize,
    /// Frames since the last gap, at most `length`.
    filled: usize,
    /// Frames to go until the next window.
    to_go: usize,
    newest: Option<FrameIndex>,
}

impl WindowRing {
    /// For windows of `length` frames every `hop` frames; 0 counts as 1.
    pub fn new(length: usize, hop: usize) -> Self {
        let (length, hop) = (length.max(1), hop.max(1));
        Self {
            rows: vec![[0.0; CHANNELS]; 2 * length].into_boxed_slice(),
            length,
            hop,
            oldest: 0,
            filled: 0,
            to_go: length,
            newest: None,
        }
    }

    /// Drops every frame, so that no window spans this instant.
    pub fn clear(&mut self) {
        self.filled = 0;
        self.to_go = self.length;
        self.newest = None;
    }

    /// Adds a frame and returns the window if one is due. Allocates nothing.
    pub fn push(&mut self, frame: &Frame) -> Option<Window<'_>> {
        if self
            .newest
            .is_some_and(|newest| newest.next() != frame.index)
        {
            self.clear();
        }
        self.newest = Some(frame.index);
        self.rows[self.oldest] = frame.channels;
        self.rows[self.oldest + self.length] = frame.channels;
        self.oldest = (self.oldest + 1) % self.length;
        self.filled = (self.filled + 1).min(self.length);
        self.to_go -= 1;
        if self.to_go > 0 {
            return None;
        }
        self.to_go = self.hop;
        let rows = &self.rows[self.oldest..self.oldest + self.length];
        ArrayView2::from_shape((self.length, CHANNELS), rows.as_flattened())
            .ok()
            .map(|frames| Window {
                frames,
                end: frame.index,
            })
    }
}
