//! Embeddings of people as points in the plane.

use ndarray::{Array2, Axis, concatenate};

use super::features::Gallery;
use super::verification::spread;
use crate::project::{pca, tsne};

/// Windows of each person that are shown.
const EACH: usize = 100;
/// About how many neighbours count in t-SNE.
const PERPLEXITY: f64 = 30.0;
/// More people than this cannot be told apart by colour.
const PEOPLE: usize = 8;

/// Where people's windows lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Who.
    pub people: Vec<String>,
    /// Whose each point is, as a place in `people`.
    pub of: Vec<usize>,
    /// By the two principal components.
    pub pca: Vec<[f64; 2]>,
    /// The share of the variance that each of them explains.
    pub explained: [f64; 2],
    /// By t-SNE.
    pub tsne: Vec<[f64; 2]>,
}

impl Picture {
    /// Of [`EACH`] windows of each of the first [`PEOPLE`] people, spread over
    /// their sessions. `None` where there is too little to draw.
    pub fn of(people: &[Gallery]) -> Option<Self> {
        let people = &people[..people.len().min(PEOPLE)];
        let rows: Vec<Array2<f32>> = people
            .iter()
            .map(|person| spread(&person.sessions, EACH).0)
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
            tsne: in_plane(&tsne.points),
        })
    }
}

fn in_plane(points: &Array2<f64>) -> Vec<[f64; 2]> {
    points.outer_iter().map(|row| [row[0], row[1]]).collect()
}
