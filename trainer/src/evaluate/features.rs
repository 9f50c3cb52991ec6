//! Feature vectors of windows (embeddings, channel means, motion intensity), by person and
//! session.

use graspd::model::Embedder;
use graspd::model::{Bundle, ModelError};
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, FrameIndex, SampleTime};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::test_set::{Person, TestSet};
use crate::data::Windows;
use crate::progress::Progress;

/// Feature vectors of a session: windows × features.
pub type Features = Array2<f32>;

/// Feature vectors of one person.
#[derive(Debug, Clone)]
pub struct PersonFeatures {
    /// Id, as the data set names people.
    pub id: String,
    /// One matrix a session, earliest first.
    pub sessions: Vec<Features>,
}

/// Applies `session` (person, session number, windows) to every session.
pub fn map_sessions(
    test_set: &TestSet,
    mut session: impl FnMut(&Person, usize, &Windows) -> Features,
) -> Vec<PersonFeatures> {
    let gallery = |person: &Person| PersonFeatures {
        id: person.id.clone(),
        sessions: person
            .sessions
            .iter()
            .enumerate()
            .map(|(at, s)| session(person, at, &s.windows))
            .collect(),
    };
    test_set.people.iter().map(gallery).collect()
}

/// Embeddings of all windows. A window that the network fails on gets a row of NaN, which
/// scores as a rejection, as in the daemon.
pub fn embed(
    bundle: &Bundle,
    test_set: &TestSet,
    progress: Progress,
) -> Result<Vec<PersonFeatures>, ModelError> {
    embed_transformed(bundle, test_set, progress, |_, _, windows| windows.clone())
}

/// Embeddings of all windows after `transform` (person, session number, windows).
pub fn embed_transformed(
    bundle: &Bundle,
    test_set: &TestSet,
    progress: Progress,
    transform: impl Fn(&Person, usize, &Windows) -> Windows,
) -> Result<Vec<PersonFeatures>, ModelError> {
    let mut embedder = Embedder::new(bundle)?;
    let sessions = test_set.people.iter().map(|p| p.sessions.len()).sum();
    let bar = progress.bar("embedding", sessions);
    let galleries = map_sessions(test_set, |person, at, windows| {
        bar.step(1, &person.id);
        embed_windows(&mut embedder, &transform(person, at, windows))
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

/// Mean of each channel, m/s² and rad/s: direction of gravity and sensor offsets, without
/// any motion.
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

/// Median motion intensity, m/s², above which a session counts as walking.
const WALKING: f32 = 0.3;

/// Whether somebody walks in a session, by its median motion intensity.
pub fn is_walking(windows: &Windows) -> bool {
    let mut sorted = motion_intensity(windows).column(0).to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted
        .get(sorted.len() / 2)
        .is_some_and(|middle| *middle > WALKING)
}

/// Motion intensity of each window: standard deviation of |a|, m/s². One column.
pub fn motion_intensity(windows: &Windows) -> Features {
    let of = |window: &[f32]| {
        let (frames, _) = window.as_chunks::<CHANNELS>();
        let size = |[x, y, z, ..]: &[f32; CHANNELS]| (x * x + y * y + z * z).sqrt();
        frames.iter().map(size).collect::<Array1<f32>>().std(0.0)
    };
    let column: Array1<f32> = windows.iter().map(of).collect();
    column.insert_axis(Axis(1))
}
