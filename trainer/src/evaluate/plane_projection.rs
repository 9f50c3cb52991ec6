//! Embeddings of several people projected onto the plane, for scatter plots.

use ndarray::{Array2, Axis, concatenate};

use super::person_features::PersonFeatures;
use crate::features::sample_evenly;
use crate::projection::{pca, tsne};

/// Windows shown of each person.
const EACH: usize = 100;
/// t-SNE perplexity.
const PERPLEXITY: f64 = 30.0;
/// Most people shown; more could not be distinguished by colour.
const PEOPLE: usize = 8;

/// Windows of several people as points of the plane.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneProjection {
    /// Ids of the people.
    pub people: Vec<String>,
    /// Person of each point, as a position in `people`.
    pub of: Vec<usize>,
    /// Points by the first two principal components.
    pub pca: Vec<[f64; 2]>,
    /// Share of the variance that each component explains.
    pub explained: [f64; 2],
    /// Points by t-SNE.
    pub tsne: Vec<[f64; 2]>,
}

impl PlaneProjection {
    /// Projects [`EACH`] windows of each of the first [`PEOPLE`] people, spread over their
    /// sessions. `None` with too few windows.
    pub fn of(people: &[PersonFeatures]) -> Option<Self> {
        let people = &people[..people.len().min(PEOPLE)];
        let rows: Vec<Array2<f32>> = people
            .iter()
            .map(|person| sample_evenly(&person.sessions, EACH).0)
            .collect();
        let of = (0..)
            .zip(&rows)
            .flat_map(|(p, rows)| vec![p; rows.nrows()])
            .collect();
        let views: Vec<_> = rows
            .iter()
            .filter(|rows| !rows.is_empty())
            .map(|rows| rows.view())
            .collect();
        let all = concatenate(Axis(0), &views).ok()?;
        let pca = pca(all.view()).ok()?;
        let tsne = tsne(all.view(), PERPLEXITY).ok()?;
        Some(Self {
            people: people.iter().map(|person| person.id.clone()).collect(),
            of,
            pca: in_plane(&pca.points),
            explained: pca.explained,
            tsne: in_plane(&tsne),
        })
    }
}

fn in_plane(points: &Array2<f64>) -> Vec<[f64; 2]> {
    points.outer_iter().map(|row| [row[0], row[1]]).collect()
}
