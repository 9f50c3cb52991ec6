//! Statistics of the cohort: class means, covariances within classes and between sessions,
//! and runs of windows.

use graspd::model::cohort::{Class, Cohort, Drift, Run};
use ndarray::{Array1, Array2, Axis, concatenate};

use super::embeddings::{SYNTHETIC_PEOPLE, SessionEmbeddings};
use crate::features::Features;

/// Windows of each person that a bundle contains, from the middle of their sessions.
const SHIPPED: usize = 200;

/// The cohort of these sessions, without drift. Classes are each person and synthetic
/// person, walking and not.
pub(super) fn of(all: &[SessionEmbeddings]) -> Cohort {
    let columns = all.first().map_or(0, |of| of.rows.ncols());
    let mut within = Array2::<f64>::zeros((columns, columns));
    let mut between = within.clone();
    let mut classes = Vec::new();
    let mut freedom = 0;
    for everyone in all.chunk_by(|a, b| a.person == b.person) {
        for synthetic in 0..=SYNTHETIC_PEOPLE {
            let of = || everyone.iter().filter(move |of| of.synthetic == synthetic);
            for walking in [false, true] {
                let context: Vec<_> = of()
                    .filter(|of| of.walking == walking)
                    .map(|of| of.rows.view())
                    .collect();
                let Some((mean, covariance)) = concatenate(Axis(0), &context)
                    .ok()
                    .and_then(|rows| mean_and_covariance(&rows))
                else {
                    continue;
                };
                within += &covariance;
                classes.push(Class {
                    person: everyone[0].person,
                    mean: mean.mapv(|m| m as f32).to_vec(),
                });
            }
            let mut sessions: Vec<usize> = of().map(|of| of.session).collect();
            sessions.sort_unstable();
            sessions.dedup();
            let means: Vec<_> = sessions
                .iter()
                .filter_map(|session| {
                    let same: Vec<_> = of()
                        .filter(|of| of.session == *session)
                        .map(|of| of.rows.view())
                        .collect();
                    let rows = concatenate(Axis(0), &same).ok()?;
                    Some(rows.mean_axis(Axis(0))?.insert_axis(Axis(0)))
                })
                .collect();
            let views: Vec<_> = means.iter().map(|mean| mean.view()).collect();
            if let Some((_, covariance)) = concatenate(Axis(0), &views)
                .ok()
                .and_then(|rows| mean_and_covariance(&rows))
            {
                between += &(covariance * means.len() as f64);
                freedom += means.len() - 1;
            }
        }
    }
    within /= classes.len().max(1) as f64;
    between /= freedom.max(1) as f64;
    let narrow = |matrix: Array2<f64>| matrix.iter().map(|v| *v as f32).collect();
    Cohort {
        columns,
        classes,
        within: narrow(within),
        between: narrow(between),
        runs: runs(all),
        drift: Drift::UNKNOWN,
        in_session: Vec::new(),
    }
}

/// Mean and covariance of rows. `None` without rows.
fn mean_and_covariance(rows: &Features) -> Option<(Array1<f64>, Array2<f64>)> {
    let mean = rows.mapv(f64::from).mean_axis(Axis(0))?;
    let centred = rows.mapv(f64::from) - &mean;
    let covariance = centred.t().dot(&centred) / rows.nrows() as f64;
    Some((mean, covariance))
}

/// The middle windows of each recorded session, [`SHIPPED`] over all sessions of a person.
fn runs(all: &[SessionEmbeddings]) -> Vec<Run> {
    let mut runs = Vec::new();
    for everyone in all.chunk_by(|a, b| a.person == b.person) {
        let recorded: Vec<&SessionEmbeddings> = everyone.iter().filter(|of| of.recorded).collect();
        let each = SHIPPED / recorded.len().max(1);
        runs.extend(recorded.iter().map(|of| {
            let count = of.rows.nrows().min(each.max(1));
            let first = (of.rows.nrows() - count) / 2;
            Run {
                person: of.person,
                embeddings: (of.rows.outer_iter().skip(first).take(count))
                    .flat_map(|row| row.to_vec())
                    .collect(),
            }
        }));
    }
    runs
}
