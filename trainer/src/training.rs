//! Siamese training: one branch embeds both windows of a pair, and the
//! contrastive loss pulls or pushes.

use std::fmt;

use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, RmsPropConfig, SgdConfig};
use burn::tensor::{Device, Tensor, TensorData};
use clap::ValueEnum;
use graspd::motion::CHANNELS;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::arch::Branch;
use crate::contrastive;
use crate::pairs::{Pair, Pool};
use crate::progress::{Bar, Progress};

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Times that every pair is shown.
    pub epochs: usize,
    /// Pairs of a step.
    pub batch: usize,
    /// What turns gradients into steps.
    pub optimiser: Optimiser,
    /// Length of a step.
    pub learning_rate: f64,
    /// Distance beyond which an impostor pair is far enough.
    pub margin: f32,
    /// Steps after which to stop early.
    pub most_steps: Option<usize>,
}

/// What turns gradients into steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Optimiser {
    /// Adam, 0.002 unless told otherwise.
    Adam,
    /// Stochastic gradient descent without momentum, 0.01.
    Sgd,
    /// RMSprop with a memory of 0.9, 0.001.
    Rmsprop,
}

impl Optimiser {
    /// Keras's constant against division by zero, for all that have one.
    const EPSILON: f32 = 1e-7;

    /// As the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Adam => "adam",
            Self::Sgd => "sgd",
            Self::Rmsprop => "rmsprop",
        }
    }

    /// The learning rate that it is used with.
    pub fn default_learning_rate(self) -> f64 {
        match self {
            Self::Adam => 0.002,
            Self::Sgd => 0.01,
            Self::Rmsprop => 0.001,
        }
    }

    fn init(self) -> ModuleOptimizer {
        match self {
            Self::Adam => AdamConfig::new().with_epsilon(Self::EPSILON).init(),
            Self::Sgd => SgdConfig::new().init(),
            Self::Rmsprop => RmsPropConfig::new()
                .with_alpha(0.9)
                .with_momentum(0.0)
                .with_epsilon(Self::EPSILON)
                .init(),
        }
    }
}

/// Pairs and the windows that they are of.
#[derive(Debug, Clone, Copy)]
pub struct PairSet<'a> {
    /// The windows.
    pub pool: &'a Pool<'a>,
    /// The pairs.
    pub pairs: &'a [Pair],
}

impl<'a> PairSet<'a> {
    /// `pairs` of windows of `pool`.
    pub fn new(pool: &'a Pool<'a>, pairs: &'a [Pair]) -> Self {
        Self { pool, pairs }
    }
}

/// What one epoch came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Mean loss of the training pairs, each as it was when it was shown.
    pub training_loss: f64,
    /// Mean loss of the held-out pairs at the end of the epoch, if there are any.
    pub held_out_loss: Option<f64>,
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "training loss {:.5}", self.training_loss)?;
        match self.held_out_loss {
            Some(loss) => write!(f, "  held-out loss {loss:.5}"),
            None => Ok(()),
        }
    }
}

/// A branch being trained.
pub struct Training<B> {
    recipe: Recipe,
    device: Device,
    branch: B,
    optimiser: ModuleOptimizer,
    rng: ChaCha8Rng,
    steps: usize,
    history: Vec<Epoch>,
}

impl<B: Branch> Training<B> {
    /// Of `branch`, which lives on `device`; the order of pairs comes from `rng`.
    pub fn new(branch: B, recipe: Recipe, rng: ChaCha8Rng, device: Device) -> Self {
        Self {
            optimiser: recipe.optimiser.init(),
            recipe,
            device,
            branch,
            rng,
            steps: 0,
            history: Vec::new(),
        }
    }

    /// The branch as it is now.
    pub fn branch(&self) -> &B {
        &self.branch
    }

    /// The epochs so far.
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }

    /// Steps so far.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Trains for all epochs, or to the step at which the recipe stops.
    /// `held_out` is only watched, and may be empty.
    pub fn run(&mut self, training: PairSet<'_>, held_out: PairSet<'_>, progress: Progress) {
        let steps = self.recipe.epochs * training.pairs.len().div_ceil(self.recipe.batch);
        let bar = progress.bar("training", steps.min(self.most_steps()));
        while self.history.len() < self.recipe.epochs && self.steps < self.most_steps() {
            let epoch = self.epoch(training, held_out, &bar);
            let (number, of) = (self.history.len() + 1, self.recipe.epochs);
            bar.say(&format!("epoch {number:>2}/{of}  {epoch}"));
            self.history.push(epoch);
        }
        bar.finish();
    }

    fn most_steps(&self) -> usize {
        self.recipe.most_steps.unwrap_or(usize::MAX)
    }

    fn epoch(&mut self, training: PairSet<'_>, held_out: PairSet<'_>, bar: &Bar) -> Epoch {
        let mut pairs = training.pairs.to_vec();
        pairs.shuffle(&mut self.rng);
        let (mut sum, mut shown) = (0.0, 0);
        for batch in pairs.chunks(self.recipe.batch) {
            if self.steps == self.most_steps() {
                break;
            }
            let loss = self.step(training.pool, batch);
            sum += loss * batch.len() as f64;
            shown += batch.len();
            let running = sum / shown as f64;
            bar.step(
                1,
                &format!("epoch {} loss {running:.4}", self.history.len() + 1),
            );
        }
        let distances = pair_distances(&self.branch, held_out, self.recipe.batch, &self.device);
        let held_out_loss = contrastive::mean_loss(distances, self.recipe.margin);
        Epoch {
            training_loss: sum / shown.max(1) as f64,
            held_out_loss: (!held_out.pairs.is_empty()).then_some(held_out_loss),
        }
    }

    /// One step on one batch; the loss before it.
    fn step(&mut self, pool: &Pool<'_>, batch: &[Pair]) -> f64 {
        let distances = batch_distances(&self.branch, pool, batch, &self.device);
        let same: Vec<f32> = batch
            .iter()
            .map(|pair| f32::from(u8::from(pair.same)))
            .collect();
        let same = Tensor::from_data(TensorData::new(same, [batch.len()]), &self.device);
        let loss = contrastive::loss(distances, same, self.recipe.margin);
        let gradients = GradientsParams::from_grads(loss.backward(), &self.branch);
        self.branch =
            self.optimiser
                .step(self.recipe.learning_rate, self.branch.clone(), gradients);
        self.steps += 1;
        f64::from(loss.into_scalar::<f32>())
    }
}

/// The distance of each pair, and whether it is genuine; nothing is learnt.
pub fn pair_distances<B: Branch>(
    branch: &B,
    set: PairSet<'_>,
    batch: usize,
    device: &Device,
) -> Vec<(f32, bool)> {
    let (branch, device) = (branch.valid(), device.clone().inner());
    let of_batch = |pairs: &[Pair]| {
        let distances = batch_distances(&branch, set.pool, pairs, &device);
        let distances: Vec<f32> = distances.into_data().iter::<f32>().collect();
        distances
            .into_iter()
            .zip(pairs.iter().map(|pair| pair.same))
            .collect::<Vec<_>>()
    };
    set.pairs.chunks(batch).flat_map(of_batch).collect()
}

fn batch_distances<B: Branch>(
    branch: &B,
    pool: &Pool<'_>,
    pairs: &[Pair],
    device: &Device,
) -> Tensor<1> {
    let side = |which: usize| {
        pairs
            .iter()
            .map(move |pair| pool.windows()[pair.windows[which]])
    };
    let mut values = Vec::new();
    for window in side(0).chain(side(1)) {
        values.extend_from_slice(window);
    }
    let count = 2 * pairs.len();
    let frames = values.len() / count.max(1) / CHANNELS;
    let windows = Tensor::from_data(TensorData::new(values, [count, frames, CHANNELS]), device);
    let mut sides = branch.embed(windows).chunk(2, 0).into_iter();
    match (sides.next(), sides.next()) {
        (Some(first), Some(second)) => contrastive::distances(first, second),
        _ => Tensor::zeros([0], device),
    }
}
