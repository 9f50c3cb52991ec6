//! Feature vectors of the people of a test set, session by session.

use graspd::model::Embedder;
use graspd::model::{Bundle, ModelError};
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, FrameIndex, SampleTime};
use ndarray::{Array2, ArrayView2};

use super::test_set::{Person, TestSet};
use crate::data::Windows;
use crate::features::Features;
use crate::progress::Progress;

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
