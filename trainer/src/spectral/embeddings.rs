//! Embeddings of every session: as recorded, in other grips, as synthetic people, and with
//! a cheaper sensor's noise.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use graspd::motion::activity::activity;
use graspd::motion::{CHANNELS, Channels};
use ndarray::{Array1, Array2, ArrayView2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::augmentation::{Augmentation, OTHER_GRIP, OTHER_PERSON};
use super::branch::{Spectral, columns};
use super::sensor_noise;
use crate::arch::Served;
use crate::data::Windows;
use crate::features::{Features, is_walking};
use crate::progress::Progress;

/// Synthetic people made from each person.
pub(super) const SYNTHETIC_PEOPLE: usize = 6;
/// Other grips of each session.
const GRIPS: usize = 3;
/// First of the streams of random numbers that noise is drawn from, one for each person.
const NOISE_STREAM: u64 = 1 << 32;
/// Windows that go through the graph at once.
const BATCH: usize = 64;

/// Embeddings of one session, recorded or synthetic.
pub(super) struct SessionEmbeddings {
    /// Number of the person who was recorded.
    pub(super) person: u32,
    /// 0 for the person, else the number of the synthetic person.
    pub(super) synthetic: usize,
    /// Number of the session.
    pub(super) session: usize,
    /// Whether the person walks in it, by its median motion intensity.
    pub(super) walking: bool,
    /// Whether windows are as recorded, without any change of grip or person.
    pub(super) recorded: bool,
    /// One row a window.
    pub(super) rows: Features,
    /// [`activity`] of each window, if it is as recorded.
    pub(super) activity: Vec<f64>,
}

/// Embeddings of every session as recorded, in [`GRIPS`] other grips, and as each of the
/// [`SYNTHETIC_PEOPLE`]; sessions as recorded and synthetic people also with noise.
pub(super) fn of_people(
    people: &[Vec<Windows>],
    channels: Channels,
    frames: usize,
    seed: u64,
    progress: Progress,
) -> Vec<SessionEmbeddings> {
    let branch = Spectral::new(channels, &Device::flex()).no_grad();
    let sessions: usize = people.iter().map(Vec::len).sum();
    let bar = progress.bar("embedding", sessions);
    let mut all = Vec::new();
    for (person, sessions) in (0u32..).zip(people) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(u64::from(person));
        // Numbers of its own, so that grips and synthetic people do not depend on noise.
        let mut noise = ChaCha8Rng::seed_from_u64(seed);
        noise.set_stream(NOISE_STREAM + u64::from(person));
        let others: Vec<Augmentation> = (0..SYNTHETIC_PEOPLE)
            .map(|_| Augmentation::draw(OTHER_PERSON, &mut rng))
            .collect();
        for (session, windows) in sessions.iter().enumerate() {
            bar.step(1, &format!("person {person}"));
            let walking = is_walking(windows);
            let mut add = |synthetic, recorded, windows: &Windows| {
                all.push(SessionEmbeddings {
                    person,
                    synthetic,
                    session,
                    walking,
                    recorded,
                    rows: embed(&branch, channels, windows, frames),
                    activity: match recorded {
                        true => windows.iter().map(|one| of_window(one, frames)).collect(),
                        false => Vec::new(),
                    },
                });
            };
            add(0, true, windows);
            add(0, false, &sensor_noise::add(windows, frames, &mut noise));
            for _ in 0..GRIPS {
                let grip = Augmentation::draw(OTHER_GRIP, &mut rng);
                add(0, false, &grip.apply(windows, frames));
            }
            for (at, other) in others.iter().enumerate() {
                let theirs = other.apply(windows, frames);
                add(at + 1, false, &theirs);
                add(
                    at + 1,
                    false,
                    &sensor_noise::add(&theirs, frames, &mut noise),
                );
            }
        }
    }
    bar.finish();
    all
}

fn of_window(window: &[f32], frames: usize) -> f64 {
    ArrayView2::from_shape((frames, CHANNELS), window).map_or(f64::NAN, activity)
}

fn embed(branch: &Spectral, channels: Channels, windows: &Windows, frames: usize) -> Features {
    let (axes, columns) = (channels.count(), columns(channels));
    let all: Vec<&[f32]> = windows.iter().collect();
    let mut values = Vec::with_capacity(all.len() * columns);
    for batch in all.chunks(BATCH) {
        let rows = batch
            .iter()
            .flat_map(|window| window.as_chunks::<CHANNELS>().0);
        let taken: Vec<f32> = rows.flat_map(|row| &row[..axes]).copied().collect();
        let data = TensorData::new(taken, [batch.len(), frames, axes]);
        let embedded = branch.embed(Tensor::from_data(data, &Device::flex()));
        values.extend(embedded.into_data().iter::<f32>());
    }
    Array2::from_shape_vec((all.len(), columns), values).unwrap_or_default()
}

/// Mean and standard deviation of each number over all windows.
pub(super) fn mean_and_deviation(all: &[SessionEmbeddings]) -> (Array1<f32>, Array1<f32>) {
    let count = all.iter().map(|of| of.rows.nrows()).sum::<usize>().max(1) as f64;
    let columns = all.first().map_or(0, |of| of.rows.ncols());
    let sum = |of: &dyn Fn(usize, f64) -> f64| -> Array1<f64> {
        let mut sum = Array1::zeros(columns);
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
