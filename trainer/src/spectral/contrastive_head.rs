//! Small networks behind the spectral numbers, trained so that windows of one person's
//! sessions come near each other and other people's do not.
//!
//! Each network is a Siamese branch of two layers: whitened numbers, [`HIDDEN`] rectified
//! units, [`OUTPUTS`] numbers of unit length. Their outputs stand side by side.

use burn::module::{Module, Param};
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};
use graspd::model::cohort::Cohort;
use nalgebra::DMatrix;
use ndarray::Array2;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::branch::Spectral;
use super::embeddings::SessionEmbeddings;
use super::supervised_contrastive_loss as supervised;
use crate::arch::Served;
use crate::features::Features;
use crate::progress::Progress;

/// Networks, each from its own random weights.
const NETWORKS: usize = 3;
/// Units of the hidden layer, and numbers that a network gives.
const HIDDEN: usize = 128;
const OUTPUTS: usize = 64;
/// Steps of each network; longer training only fits the people it is trained on.
const STEPS: usize = 300;
/// People of a step, synthetic ones among them, and windows of each.
const PEOPLE: usize = 16;
const WINDOWS: usize = 16;
/// First learning rate, which falls to 0 by a half cosine.
const RATE: f64 = 1e-3;
const WEIGHT_DECAY: f32 = 1e-3;
/// Weight of the covariance between sessions, and the ridge as a share of the mean variance:
/// those of graspd's own score.
const SESSIONS: f64 = 0.15;
const RIDGE: f64 = 0.01;
const TEMPERATURE: f32 = 0.1;
/// Added to lengths, so that zero has one.
const LEAST_LENGTH: f32 = 1e-6;
/// First of the streams of random numbers that networks are drawn from.
const STREAM: u64 = 2 << 32;

/// The trained networks.
#[derive(Module, Debug)]
pub struct ContrastiveHead {
    networks: Vec<Network>,
}

/// One network.
#[derive(Module, Debug)]
struct Network {
    inner: Param<Tensor<2>>,
    inner_bias: Param<Tensor<2>>,
    outer: Param<Tensor<2>>,
    outer_bias: Param<Tensor<2>>,
}

/// The spectral branch with networks behind it.
#[derive(Module, Debug)]
pub(super) struct Headed {
    pub(super) branch: Spectral,
    pub(super) head: ContrastiveHead,
}

impl Served for Headed {
    fn embed(&self, windows: Tensor<3>) -> Tensor<2> {
        self.head.forward(self.branch.embed(windows))
    }
}

impl ContrastiveHead {
    /// Trains on scaled spectral numbers, whitened by the covariances of their `cohort`.
    pub(super) fn train(
        all: &[SessionEmbeddings],
        cohort: &Cohort,
        seed: u64,
        progress: Progress,
    ) -> Self {
        let device = Device::flex().autodiff();
        let whitening = whitening(cohort);
        let people = people(all, &whitening);
        let whitening = matrix(&whitening, &Device::flex());
        let bar = progress.bar("training", NETWORKS * STEPS);
        let networks = (0..NETWORKS as u64).map(|number| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(STREAM + number);
            let mut network = Network::new(whitening.dims()[1], &mut rng, &device);
            let mut optimiser = AdamWConfig::new().with_weight_decay(WEIGHT_DECAY).init();
            for step in 0..STEPS {
                bar.step(1, &format!("network {}", number + 1));
                network = network.step(&people, step, &mut optimiser, &mut rng, &device);
            }
            network.valid().behind(&whitening)
        });
        let networks = networks.collect();
        bar.finish();
        Self { networks }
    }

    /// Embeddings of scaled spectral numbers.
    fn forward(&self, numbers: Tensor<2>) -> Tensor<2> {
        let all = self.networks.iter();
        Tensor::cat(all.map(|one| one.forward(numbers.clone())).collect(), 1)
    }

    /// The same of many rows.
    pub(super) fn embed(&self, rows: &Features) -> Features {
        let embedded = self.forward(matrix(rows, &Device::flex()));
        let [count, columns] = embedded.dims();
        let values: Vec<f32> = embedded.into_data().iter::<f32>().collect();
        Array2::from_shape_vec((count, columns), values).unwrap_or_default()
    }
}

impl Network {
    fn new(inputs: usize, rng: &mut ChaCha8Rng, device: &Device) -> Self {
        let mut layer = |shape: [usize; 2]| {
            // He et al. 2015, for rectified units; a uniform draw of the same variance.
            let limit = (6.0 / shape[0] as f32).sqrt();
            let weights: Vec<f32> = (0..shape[0] * shape[1])
                .map(|_| rng.random_range(-limit..limit))
                .collect();
            Param::from_data(TensorData::new(weights, shape), device)
        };
        let (inner, outer) = (layer([inputs, HIDDEN]), layer([HIDDEN, OUTPUTS]));
        let zeros = |count| Param::from_data(TensorData::zeros::<f32, _>([1, count]), device);
        Self {
            inner,
            inner_bias: zeros(HIDDEN),
            outer,
            outer_bias: zeros(OUTPUTS),
        }
    }

    fn forward(&self, numbers: Tensor<2>) -> Tensor<2> {
        let hidden = relu(numbers.matmul(self.inner.val()) + self.inner_bias.val());
        let output = hidden.matmul(self.outer.val()) + self.outer_bias.val();
        let squares = (output.clone() * output.clone()).sum_dim(1);
        // Within the root, whose gradient is infinite at zero.
        let length = (squares + LEAST_LENGTH * LEAST_LENGTH).sqrt();
        output / length
    }

    /// One gradient step on windows of some people, each from any of their sessions.
    fn step(
        self,
        people: &[Person],
        step: usize,
        optimiser: &mut ModuleOptimizer,
        rng: &mut ChaCha8Rng,
        device: &Device,
    ) -> Self {
        let mut order: Vec<usize> = (0..people.len()).collect();
        order.shuffle(rng);
        order.truncate(PEOPLE);
        let mut values: Vec<f32> = Vec::new();
        let mut labels = Vec::new();
        for (label, at) in order.into_iter().enumerate() {
            for _ in 0..WINDOWS {
                let Some(session) = people[at].choose(rng) else {
                    continue;
                };
                let row = rng.random_range(0..session.nrows());
                values.extend(session.row(row));
                labels.push(label);
            }
        }
        let shape = [labels.len(), self.inner.dims()[0]];
        let numbers = Tensor::from_data(TensorData::new(values, shape), device);
        let loss = supervised::loss(self.forward(numbers), &labels, TEMPERATURE);
        let gradients = burn::optim::GradientsParams::from_grads(loss.backward(), &self);
        let turn = std::f64::consts::PI * step as f64 / STEPS as f64;
        optimiser.step(RATE * 0.5 * (1.0 + turn.cos()), self, gradients)
    }

    /// The same of numbers that are not whitened yet.
    fn behind(self, whitening: &Tensor<2>) -> Self {
        let inner = whitening.clone().matmul(self.inner.val());
        Self {
            inner: Param::from_tensor(inner),
            ..self
        }
    }
}

/// Maps rows to rows whose covariance within a person is the unit matrix: the Cholesky
/// factor of the inverse of the cohort's covariances. All zeros if they have none.
fn whitening(cohort: &Cohort) -> Array2<f32> {
    let d = cohort.columns;
    let mut shared = DMatrix::from_fn(d, d, |row, column| {
        let at = row * d + column;
        f64::from(cohort.within[at]) + SESSIONS * f64::from(cohort.between[at])
    });
    let ridge = RIDGE * shared.trace() / d.max(1) as f64;
    shared += DMatrix::identity(d, d) * ridge;
    let factor = shared.cholesky().map(|factor| factor.inverse());
    let factor = factor.and_then(|inverse| inverse.cholesky());
    factor.map_or_else(
        || Array2::zeros((d, d)),
        |factor| {
            let lower = factor.l();
            Array2::from_shape_fn((d, d), |at| lower[at] as f32)
        },
    )
}

/// Whitened windows of each session of a person, or of a synthetic one.
type Person = Vec<Features>;

fn people(all: &[SessionEmbeddings], whitening: &Array2<f32>) -> Vec<Person> {
    let mut people: Vec<((u32, usize), Person)> = Vec::new();
    for of in all.iter().filter(|of| of.rows.nrows() > 0) {
        let who = (of.person, of.synthetic);
        let rows = of.rows.dot(whitening);
        match people.iter_mut().find(|(known, _)| *known == who) {
            Some((_, sessions)) => sessions.push(rows),
            None => people.push((who, vec![rows])),
        }
    }
    people.into_iter().map(|(_, sessions)| sessions).collect()
}

fn matrix(values: &Array2<f32>, device: &Device) -> Tensor<2> {
    let shape = [values.nrows(), values.ncols()];
    Tensor::from_data(
        TensorData::new(values.iter().copied().collect(), shape),
        device,
    )
}

#[cfg(test)]
mod tests {
    use tract_onnx::prelude::{Framework, InferenceModelExt, IntoRunnable, IntoTValue, tvec};

    use super::*;
    use crate::bundle::Graph;
    use crate::spectral::branch::columns;
    use graspd::motion::Channels;

    #[test]
    fn tract_and_burn_agree_on_what_is_exported() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut network = || Network::new(columns(Channels::default()), &mut rng, &Device::flex());
        let head = ContrastiveHead {
            networks: vec![network(), network()],
        };
        let branch = Spectral::new(Channels::default(), &Device::flex());
        let headed = Headed { branch, head };
        let graph = Graph::of(&headed, Channels::default(), 500).unwrap();
        assert_eq!(graph.embedding, 2 * OUTPUTS);
        let model = tract_onnx::onnx()
            .model_for_read(&mut graph.onnx.as_slice())
            .unwrap();
        let model = model.into_optimized().unwrap().into_runnable().unwrap();
        let window: Vec<f32> = (0..500 * 6).map(|_| rng.random_range(-9.0..9.0)).collect();
        let shape = [1, 500, 6];
        let input = tract_onnx::prelude::Tensor::from_shape(&shape, &window).unwrap();
        let served = model.run(tvec!(input.into_tvalue())).unwrap();
        let served = served[0].to_plain_array_view::<f32>().unwrap();
        let trained = headed.embed(Tensor::from_data(
            TensorData::new(window, shape),
            &Device::flex(),
        ));
        for (a, b) in served.iter().zip(trained.into_data().iter::<f32>()) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn windows_of_one_person_come_nearer_than_other_peoples() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut draw = || rng.random_range(-1.0..1.0f32);
        // Four people, each a place of their own; their sessions differ more than they do.
        let mut all = Vec::new();
        for person in 0..4u32 {
            let place: Vec<f32> = (0..8).map(|_| draw()).collect();
            for session in 0..6 {
                let apart: Vec<f32> = (0..8)
                    .map(|at| if at < 4 { 4.0 * draw() } else { 0.0 })
                    .collect();
                let rows =
                    Array2::from_shape_fn((40, 8), |(_, at)| place[at] + apart[at] + 0.3 * draw());
                all.push(SessionEmbeddings {
                    person,
                    synthetic: 0,
                    session,
                    walking: false,
                    recorded: true,
                    rows,
                    activity: Vec::new(),
                });
            }
        }
        let cohort = super::super::cohort::of(&all);
        let head = ContrastiveHead::train(&all, &cohort, 1, Progress::Silent);
        let means: Vec<(u32, Features)> = (all.iter())
            .map(|of| (of.person, head.embed(&of.rows)))
            .collect();
        let likeness = |same: bool| {
            let pairs = means.iter().flat_map(|a| means.iter().map(move |b| (a, b)));
            let of: Vec<f32> = pairs
                .filter(|(a, b)| !std::ptr::eq(*a, *b) && (a.0 == b.0) == same)
                .map(|(a, b)| a.1.dot(&b.1.t()).mean().unwrap_or(f32::NAN))
                .collect();
            of.iter().sum::<f32>() / of.len() as f32
        };
        assert!(
            likeness(true) > likeness(false) + 1.0,
            "{} {}",
            likeness(true),
            likeness(false)
        );
    }
}
