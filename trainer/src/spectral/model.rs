//! Computing the spectral branch's scaling and cohort from the people of a corpus, and the
//! head that is trained on it.

use burn::tensor::Device;
use graspd::model::cohort::Cohort;
use graspd::motion::Channels;
use thiserror::Error;

use super::branch::Spectral;
use super::contrastive_head::{ContrastiveHead, Headed};
use super::{cohort, drift, embeddings};
use crate::bundle::{Graph, GraphError};
use crate::data::{Corpus, Windows};
use crate::features::moving;
use crate::progress::Progress;

/// Fewest people: each is held out in turn, and somebody must be left as a stranger.
const LEAST_PEOPLE: usize = 3;

/// A spectral branch and its cohort.
#[derive(Debug, Clone)]
pub struct SpectralModel {
    /// The branch as an ONNX graph.
    pub graph: Graph,
    /// The cohort, for the file beside the graph.
    pub cohort: Cohort,
    /// Number of windows used, recorded and synthetic.
    pub windows: usize,
}

/// Why no cohort can be computed.
#[derive(Debug, Error)]
pub enum SpectralError {
    /// Fewer than three people have a window in motion.
    #[error("spectral needs {LEAST_PEOPLE} people at least, {0} have a window in motion")]
    People(usize),
    /// The branch cannot be exported.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Computes the branch and cohort from all people of `corpora`, whose windows have `frames`
/// frames of `channels`; with `head`, trains small networks behind the branch. `seed` draws the synthetic
/// people and the networks' weights.
pub fn learn(
    corpora: &[Corpus],
    channels: Channels,
    frames: usize,
    head: bool,
    seed: u64,
    progress: Progress,
) -> Result<SpectralModel, SpectralError> {
    let people: Vec<Vec<Windows>> = corpora
        .iter()
        .flat_map(|corpus| &corpus.people)
        .map(|person| {
            let sessions = person.sessions.iter();
            sessions
                .map(|session| moving(&session.windows, frames))
                .filter(|windows| !windows.is_empty())
                .collect()
        })
        .filter(|sessions: &Vec<Windows>| !sessions.is_empty())
        .collect();
    if people.len() < LEAST_PEOPLE {
        return Err(SpectralError::People(people.len()));
    }
    let mut all = embeddings::of_people(&people, channels, frames, seed, progress);
    let windows = all.iter().map(|of| of.rows.nrows()).sum();
    let (mean, deviation) = embeddings::mean_and_deviation(&all);
    for of in &mut all {
        of.rows -= &mean;
        of.rows /= &deviation;
    }
    let branch = Spectral::scaled(
        channels,
        &mean.to_vec(),
        &deviation.to_vec(),
        &Device::flex(),
    );
    let mut cohort = cohort::of(&all);
    let graph = if head {
        let head = ContrastiveHead::train(&all, &cohort, seed, progress);
        for of in &mut all {
            of.rows = head.embed(&of.rows);
        }
        cohort = cohort::of(&all);
        Graph::of(&Headed { branch, head }, channels, frames)?
    } else {
        Graph::of(&branch, channels, frames)?
    };
    (cohort.drift, cohort.in_session) = drift::of(&all, &cohort);
    Ok(SpectralModel {
        graph,
        cohort,
        windows,
    })
}
