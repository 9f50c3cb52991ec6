//! The windows of a session, as the daemon would see them.

use graspd::motion::align::AlignCounts;
use graspd::motion::framing::Framer;
use graspd::motion::{CHANNELS, DEFAULT_HOP, WINDOW_FRAMES};
use graspd::source::{Reading, Source, SourceError};

/// How a session is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowShape {
    /// Frames of a window.
    pub frames: usize,
    /// Frames from one window to the next.
    pub hop: usize,
    /// Windows of a session after which the rest of it is left.
    pub most: Option<usize>,
}

impl Default for WindowShape {
    fn default() -> Self {
        Self {
            frames: WINDOW_FRAMES,
            hop: DEFAULT_HOP,
            most: None,
        }
    }
}

/// Windows of one length, one after the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows {
    frames: usize,
    values: Vec<f32>,
}

impl Windows {
    /// None yet, of `frames` frames each.
    pub fn new(frames: usize) -> Self {
        Self {
            frames,
            values: Vec::new(),
        }
    }

    /// Adds a window, frame by frame; its frames × 6 values, oldest first.
    pub fn push(&mut self, window: impl IntoIterator<Item = f32>) {
        let whole = self.values.len() + self.frames * CHANNELS;
        self.values.extend(window);
        debug_assert_eq!(self.values.len(), whole, "a window of another length");
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len() / (self.frames * CHANNELS).max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Each window's frames × 6 values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact((self.frames * CHANNELS).max(1))
    }
}

/// Reads a session, to its end or to the most windows that `shape` allows.
pub fn of(
    source: &mut dyn Source,
    shape: WindowShape,
) -> Result<(Windows, AlignCounts), SourceError> {
    let most = shape.most.unwrap_or(usize::MAX);
    let mut framer = Framer::new(shape.frames, shape.hop);
    let mut windows = Windows::new(shape.frames);
    while windows.len() < most
        && let Some(reading) = source.next()?
    {
        let Reading::Sample(sample) = reading else {
            continue;
        };
        framer.push(&sample, |_, window| {
            if let Some(window) = window
                && windows.len() < most
            {
                windows.push(window.frames.iter().copied());
            }
        });
    }
    Ok((windows, framer.counts()))
}
