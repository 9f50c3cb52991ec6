//! The cohort of a bundle: what its people, and stand-ins for others, teach about
//! people in general.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use graspd::enrol::{DecisionBudget, GammaRule, LearnOptions, LearntOwner};
use graspd::model::cohort::{Class, Cohort, Drift, Run};
use graspd::motion::CHANNELS;
use graspd::owner::ocsvm::Nu;
use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::branch::{COLUMNS, Spectral};
use super::stand_in::{GRIP, STRANGER, StandIn};
use crate::arch::Served;
use crate::bundle::{Graph, GraphError};
use crate::data::{Corpus, Windows};
use crate::evaluate::features::{Features, vigour};
use crate::evaluate::material::moving;
use crate::evaluate::verification::{ENROLMENT_WINDOWS, earlier, spread};
use crate::progress::Progress;

/// Stand-ins for each person.
const STAND_INS: usize = 6;
/// Other grips of each session.
const GRIPS: usize = 3;
/// Windows of each person that a bundle ships, in runs of whole minutes.
const SHIPPED: usize = 200;
/// Fewest people: each is held out in turn, and somebody must be a stranger then.
const LEAST_PEOPLE: usize = 3;
/// A session whose middle window moves more than this, m/s², is of somebody walking.
const WALKING: f32 = 0.3;
/// Windows that go through the graph at once.
const BATCH: usize = 64;

/// What was learnt.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// The branch.
    pub graph: Graph,
    /// What goes beside it.
    pub cohort: Cohort,
    /// Windows that it rests on: recorded ones, and those of stand-ins and grips.
    pub windows: usize,
}

/// Why there is no cohort.
#[derive(Debug, Error)]
pub enum SpectralError {
    /// Too few people.
    #[error("spectral needs {LEAST_PEOPLE} people at least, {0} have a window in motion")]
    People(usize),
    /// The branch cannot be exported.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Rows of one session, of a person or of a stand-in.
struct Rows {
    /// Who was recorded.
    person: u32,
    /// 0 for them, else which stand-in.
    as_whom: usize,
    session: usize,
    walking: bool,
    /// Whether they are as recorded.
    recorded: bool,
    rows: Features,
}

/// Learns from all people of `corpora`; windows are of `frames` frames.
pub fn learn(
    corpora: &[Corpus],
    frames: usize,
    seed: u64,
    progress: Progress,
) -> Result<Learnt, SpectralError> {
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
    let mut all = embed(&people, frames, seed, progress);
    let windows = all.iter().map(|of| of.rows.nrows()).sum();
    let (mean, deviation) = scale(&all);
    for of in &mut all {
        of.rows -= &mean;
        of.rows /= &deviation;
    }
    let branch = Spectral::scaled(&mean.to_vec(), &deviation.to_vec(), &Device::flex());
    let mut cohort = gather(&all);
    cohort.drift = drift(&all, &cohort);
    Ok(Learnt {
        graph: Graph::of(&branch, frames)?,
        cohort,
        windows,
    })
}

/// Every session as recorded, in other grips, and by each stand-in.
fn embed(people: &[Vec<Windows>], frames: usize, seed: u64, progress: Progress) -> Vec<Rows> {
    let branch = Spectral::new(&Device::flex()).no_grad();
    let sessions: usize = people.iter().map(Vec::len).sum();
    let bar = progress.bar("embedding", sessions);
    let mut all = Vec::new();
    for (person, sessions) in (0u32..).zip(people) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(u64::from(person));
        let strangers: Vec<StandIn> = (0..STAND_INS)
            .map(|_| StandIn::draw(STRANGER, &mut rng))
            .collect();
        for (session, windows) in sessions.iter().enumerate() {
            bar.step(1, &format!("person {person}"));
            let walking = middle(vigour(windows).column(0)) > WALKING;
            let mut add = |as_whom, recorded, windows: &Windows| {
                all.push(Rows {
                    person,
                    as_whom,
                    session,
                    walking,
                    recorded,
                    rows: rows(&branch, windows, frames),
                });
            };
            add(0, true, windows);
            for _ in 0..GRIPS {
                let grip = StandIn::draw(GRIP, &mut rng);
                add(0, false, &grip.record(windows, frames));
            }
            for (at, stranger) in strangers.iter().enumerate() {
                add(at + 1, false, &stranger.record(windows, frames));
            }
        }
    }
    bar.finish();
    all
}

fn rows(branch: &Spectral, windows: &Windows, frames: usize) -> Features {
    let all: Vec<&[f32]> = windows.iter().collect();
    let mut values = Vec::with_capacity(all.len() * COLUMNS);
    for batch in all.chunks(BATCH) {
        let shape = [batch.len(), frames, CHANNELS];
        let data = TensorData::new(batch.concat(), shape);
        let embedded = branch.embed(Tensor::from_data(data, &Device::flex()));
        values.extend(embedded.into_data().iter::<f32>());
    }
    Array2::from_shape_vec((all.len(), COLUMNS), values).unwrap_or_default()
}

fn middle(values: ArrayView1<'_, f32>) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

fn scale(all: &[Rows]) -> (Array1<f32>, Array1<f32>) {
    let count = all.iter().map(|of| of.rows.nrows()).sum::<usize>().max(1) as f64;
    let sum = |of: &dyn Fn(usize, f64) -> f64| -> Array1<f64> {
        let mut sum = Array1::zeros(COLUMNS);
        for row in all.iter().flat_map(|of| of.rows.outer_iter()) {
            for (column, (sum, &value)) in sum.iter_mut().zip(row).enumerate() {
                *sum += of(column, f64::from(value));
            }
        }
        sum / count
    };
    let mean = sum(&|_, value| value);
    let square = sum(&|column, value| (value - mean[column]).powi(2));
    let deviation = square.mapv(|s| (s.sqrt() + 1e-6) as f32);
    (mean.mapv(|m| m as f32), deviation)
}

fn gather(all: &[Rows]) -> Cohort {
    let mut within = Array2::<f64>::zeros((COLUMNS, COLUMNS));
    let mut between = Array2::<f64>::zeros((COLUMNS, COLUMNS));
    let mut classes = Vec::new();
    let mut freedom = 0;
    for everyone in all.chunk_by(|a, b| a.person == b.person) {
        for as_whom in 0..=STAND_INS {
            let of = || everyone.iter().filter(move |of| of.as_whom == as_whom);
            for walking in [false, true] {
                let context: Vec<_> = of()
                    .filter(|of| of.walking == walking)
                    .map(|of| of.rows.view())
                    .collect();
                let Some((mean, covariance)) = concatenate(Axis(0), &context)
                    .ok()
                    .and_then(|rows| moments(&rows))
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
                .and_then(|rows| moments(&rows))
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
        columns: COLUMNS,
        classes,
        within: narrow(within),
        between: narrow(between),
        runs: runs(all),
        drift: Drift::UNKNOWN,
    }
}

fn moments(rows: &Features) -> Option<(Array1<f64>, Array2<f64>)> {
    let mean = rows.mapv(f64::from).mean_axis(Axis(0))?;
    let centred = rows.mapv(f64::from) - &mean;
    let covariance = centred.t().dot(&centred) / rows.nrows() as f64;
    Some((mean, covariance))
}

/// The middle of each recorded session, as much of it as leaves room for the others.
fn runs(all: &[Rows]) -> Vec<Run> {
    let mut runs = Vec::new();
    for everyone in all.chunk_by(|a, b| a.person == b.person) {
        let recorded: Vec<&Rows> = everyone.iter().filter(|of| of.recorded).collect();
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

/// Each person as an owner among the others: how far later sessions stray from
/// what enrolment on earlier ones led to expect.
fn drift(all: &[Rows], cohort: &Cohort) -> Drift {
    let mut strays = Vec::new();
    let mut spreads = Vec::new();
    let mut products = Vec::new();
    let how = LearnOptions {
        nu: Nu::RECIPE,
        gamma: GammaRule::HeldOut,
        rule: DecisionBudget {
            refuse: false,
            ..DecisionBudget::default()
        },
    };
    for person in cohort.people() {
        let sessions: Vec<Features> = all
            .iter()
            .filter(|of| of.person == person && of.recorded)
            .map(|of| of.rows.clone())
            .collect();
        let Some(enrolled) = earlier(sessions.len()) else {
            continue;
        };
        let others = Cohort {
            classes: without(&cohort.classes, |class| class.person != person),
            runs: without(&cohort.runs, |run| run.person != person),
            ..cohort.clone()
        };
        let (rows, of) = spread(&sessions[..enrolled], ENROLMENT_WINDOWS);
        let Ok(owner) = LearntOwner::learn(rows.view(), &of, 0, &how, Some(&others)) else {
            // Who would be refused has no say in what others may expect.
            continue;
        };
        let Some(against) = owner.scorer.against else {
            continue;
        };
        for session in &sessions[enrolled..] {
            let scores: Vec<f64> = session
                .outer_iter()
                .map(|row| against.normalise(against.ratio.score(row)))
                .collect();
            let mean = average(scores.iter().copied());
            strays.push(Drift::stray(mean));
            spreads.push(average(scores.iter().map(|s| (s - mean).powi(2))));
            products.push(average(
                scores
                    .windows(2)
                    .map(|two| (two[0] - mean) * (two[1] - mean)),
            ));
        }
    }
    if strays.is_empty() {
        return Drift::UNKNOWN;
    }
    let within = average(spreads.iter().copied()).max(1e-6);
    Drift {
        between: average(strays.iter().copied()).sqrt().max(1e-3),
        within: within.sqrt(),
        lag: (average(products.iter().copied()) / within).clamp(0.0, 0.95),
    }
}

fn without<T: Clone>(all: &[T], keep: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|one| keep(one)).cloned().collect()
}

fn average(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, n), v| (sum + v, n + 1));
    sum / count.max(1) as f64
}
