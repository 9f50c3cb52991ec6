//! Rows of numbers in place of windows, person by person and session by session.

use graspd::model::Embedder;
use graspd::model::{Bundle, ModelError};
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, FrameIndex, SampleTime};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::material::{EnrolmentWindows, Person};
use crate::data::Windows;
use crate::progress::Progress;

/// One row for each window of a session.
pub type Features = Array2<f32>;

/// A person's sessions, earliest first.
#[derive(Debug, Clone)]
pub struct Gallery {
    /// Who.
    pub id: String,
    /// Each session's rows.
    pub sessions: Vec<Features>,
}

/// What `row` makes of each window of each session.
pub fn map(
    material: &EnrolmentWindows,
    mut session: impl FnMut(&Person, usize, &Windows) -> Features,
) -> Vec<Gallery> {
    let gallery = |person: &Person| Gallery {
        id: person.id.clone(),
        sessions: person
            .sessions
            .iter()
            .enumerate()
            .map(|(at, s)| session(person, at, &s.windows))
            .collect(),
    };
    material.people.iter().map(gallery).collect()
}

/// The bundle's embeddings. Where there is none, the row is not finite, which the
/// daemon rejects too.
pub fn embed(
    bundle: &Bundle,
    material: &EnrolmentWindows,
    progress: Progress,
) -> Result<Vec<Gallery>, ModelError> {
    embed_as(bundle, material, progress, |_, _, windows| windows.clone())
}

/// The embeddings of what `recorded` makes of each session.
pub fn embed_as(
    bundle: &Bundle,
    material: &EnrolmentWindows,
    progress: Progress,
    recorded: impl Fn(&Person, usize, &Windows) -> Windows,
) -> Result<Vec<Gallery>, ModelError> {
    let mut embedder = Embedder::new(bundle)?;
    let sessions = material.people.iter().map(|p| p.sessions.len()).sum();
    let bar = progress.bar("embedding", sessions);
    let galleries = map(material, |person, at, windows| {
        bar.step(1, &person.id);
        embed_windows(&mut embedder, &recorded(person, at, windows))
    });
    bar.finish();
    Ok(galleries)
}

fn embed_windows(embedder: &mut Embedder, windows: &Windows) -> Features {
    let columns = embedder.embedding_len();
    let mut rows = Array2::from_elem((windows.len(), columns), f32::NAN);
    let end = FrameIndex::at_or_after(SampleTime::from_nanos(0));
    for (mut row, values) in rows.outer_iter_mut().zip(windows.iter()) {
        let shape = (values.len() / CHANNELS, CHANNELS);
        let frames = ArrayView2::from_shape(shape, values);
        if let Ok(frames) = frames
            && let Ok(embedding) = embedder.embed(&Window { frames, end })
        {
            row.assign(&embedding.view());
        }
    }
    rows
}

/// The mean of each channel: which way gravity points, and how far off the
/// handset's sensors are. Nothing of how anybody moves.
pub fn channel_means(windows: &Windows) -> Features {
    let mut rows = Array2::zeros((windows.len(), CHANNELS));
    for (mut row, window) in rows.axis_iter_mut(Axis(0)).zip(windows.iter()) {
        let (frames, _) = window.as_chunks::<CHANNELS>();
        for frame in frames {
            row += &ArrayView1::from(frame);
        }
        row /= frames.len().max(1) as f32;
    }
    rows
}

/// How much each window moves: the standard deviation of |a| in m/s².
pub fn vigour(windows: &Windows) -> Features {
    let of = |window: &[f32]| {
        let (frames, _) = window.as_chunks::<CHANNELS>();
        let size = |[x, y, z, ..]: &[f32; CHANNELS]| (x * x + y * y + z * z).sqrt();
        frames.iter().map(size).collect::<Array1<f32>>().std(0.0)
    };
    let column: Array1<f32> = windows.iter().map(of).collect();
    column.insert_axis(Axis(1))
}
