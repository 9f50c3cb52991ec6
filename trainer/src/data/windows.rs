//! Windows of a session, cut by the daemon's own alignment and framing.

use graspd::motion::align::AlignCounts;
use graspd::motion::framing::Framer;
use graspd::motion::{CHANNELS, Channels, DEFAULT_HOP, WINDOW_FRAMES};
use graspd::source::{Reading, Source, SourceError};

/// How a session is cut into windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowShape {
    /// Sensors that windows are of; the other's channels are zero.
    pub channels: Channels,
    /// Frames of a window.
    pub frames: usize,
    /// Frames from one window to the next.
    pub hop: usize,
    /// Most windows taken of a session; `None` for all.
    pub most: Option<usize>,
}

impl Default for WindowShape {
    fn default() -> Self {
        Self {
            channels: Channels::default(),
            frames: WINDOW_FRAMES,
            hop: DEFAULT_HOP,
            most: None,
        }
    }
}

/// Windows of one length in one buffer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows {
    frames: usize,
    values: Vec<f32>,
}

impl Windows {
    /// An empty buffer for windows of `frames` frames.
    pub fn new(frames: usize) -> Self {
        Self {
            frames,
            values: Vec::new(),
        }
    }

    /// Appends a window: frames × 6 values, frame by frame, oldest first.
    pub fn push(&mut self, window: impl IntoIterator<Item = f32>) {
        let whole = self.values.len() + self.frames * CHANNELS;
        self.values.extend(window);
        debug_assert_eq!(self.values.len(), whole, "a window of another length");
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.values.len() / (self.frames * CHANNELS).max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Slices of frames × 6 values, one a window.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact((self.frames * CHANNELS).max(1))
    }
}

/// Reads a session to its end, or to `shape.most` windows, with what alignment dropped.
pub fn of(
    source: &mut dyn Source,
    shape: WindowShape,
) -> Result<(Windows, AlignCounts), SourceError> {
    let most = shape.most.unwrap_or(usize::MAX);
    let mut framer = Framer::new(shape.channels, shape.frames, shape.hop);
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
