//! Siamese training: one branch embeds both windows of a pair, and the
//! contrastive loss pulls or pushes.

use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor, TensorData};
use graspd::motion::CHANNELS;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use crate::arch::Branch;
use crate::contrastive;
use crate::history::{Epoch, Figures, Measured};
use crate::pairs::{Pair, Pool};
use crate::parallel::{DeviceLost, Team};
use crate::progress::Progress;
use crate::recipe::Recipe;
use crate::watch::{Extent, Step, Watch};

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

/// What is learnt from, and what is only watched and may be empty.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentWindows<'a> {
    /// Pairs to learn from.
    pub training: PairSet<'a>,
    /// Pairs of sessions that are held out.
    pub held_out: PairSet<'a>,
}

/// Why a training ended before its end.
#[derive(Debug, Error)]
pub enum Interruption {
    /// A device went away.
    #[error(transparent)]
    Device(#[from] DeviceLost),
    /// Somebody said so.
    #[error("stopped as asked")]
    Stopped,
}

/// A branch being trained.
pub struct Training<B> {
    recipe: Recipe,
    team: Team,
    pub(crate) branch: B,
    pub(crate) optimiser: ModuleOptimizer,
    /// Draws the order of the pairs.
    pub(crate) rng: ChaCha8Rng,
    pub(crate) steps: usize,
    pub(crate) history: Vec<Epoch>,
    /// The branch at its lowest held-out loss, if it may be gone back to.
    pub(crate) best: Option<Best<B>>,
}

/// The branch at its lowest held-out loss.
pub(crate) struct Best<B> {
    pub(crate) branch: B,
    /// Epochs that it was taught.
    pub(crate) epochs: usize,
    pub(crate) loss: f64,
}

impl<B: Branch> Training<B> {
    /// Of `branch`, which lives on the first device of `team`; the order of pairs
    /// comes from `rng`.
    pub fn new(branch: B, recipe: Recipe, rng: ChaCha8Rng, team: Team) -> Self {
        Self {
            optimiser: recipe.optimiser.init(),
            recipe,
            team,
            branch,
            rng,
            steps: 0,
            history: Vec::new(),
            best: None,
        }
    }

    /// The branch to keep, and the epochs that it was taught: the newest, or
    /// under patience the best.
    pub fn kept(&self) -> (&B, usize) {
        match &self.best {
            Some(best) => (&best.branch, best.epochs),
            None => (&self.branch, self.history.len()),
        }
    }

    /// The epochs so far.
    pub fn history(&self) -> &[Epoch] {
        &self.history
    }

    /// Steps so far.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Trains for all epochs, to the step at which the recipe stops, or until its
    /// patience ends. `each` comes after every epoch, and ends all by failing.
    pub fn run<E: From<Interruption>>(
        &mut self,
        material: EnrolmentWindows<'_>,
        mut each: impl FnMut(&Self) -> Result<(), E>,
        progress: Progress,
    ) -> Result<(), E> {
        let pairs = material.training.pairs.len();
        let steps = self.recipe.epochs * pairs.div_ceil(self.recipe.batch);
        let extent = Extent {
            epochs: self.recipe.epochs,
            steps: steps.min(self.most_steps()),
            epochs_done: self.history.len(),
            steps_done: self.steps,
        };
        let mut watch = Watch::begin(progress, extent);
        while !self.is_over() {
            let epoch = self.epoch(material, &mut watch)?;
            self.history.push(epoch);
            watch.epoch_ends(self.history.len(), &epoch);
            self.remember_best(epoch.held_out_loss);
            each(self)?;
        }
        watch.finish();
        Ok(())
    }

    /// How well the distances of `branch` tell the pairs apart.
    pub fn measure(&self, branch: &B, material: EnrolmentWindows<'_>) -> Measured {
        let figures = |set| {
            let distances = pair_distances(branch, set, self.recipe.batch, self.team.first());
            Figures::of(distances)
        };
        Measured {
            training: figures(material.training),
            held_out: figures(material.held_out),
        }
    }

    fn is_over(&self) -> bool {
        let epochs = self.history.len();
        let out_of_patience = self.recipe.patience.zip(self.best.as_ref());
        epochs >= self.recipe.epochs
            || self.steps >= self.most_steps()
            || out_of_patience.is_some_and(|(most, best)| epochs - best.epochs >= most)
    }

    fn most_steps(&self) -> usize {
        self.recipe.most_steps.unwrap_or(usize::MAX)
    }

    fn remember_best(&mut self, held_out_loss: Option<f64>) {
        let least = self.best.as_ref().map_or(f64::INFINITY, |best| best.loss);
        if let Some(loss) = held_out_loss
            && self.recipe.patience.is_some()
            && loss < least
        {
            self.best = Some(Best {
                branch: self.branch.clone(),
                epochs: self.history.len(),
                loss,
            });
        }
    }

    fn epoch(
        &mut self,
        material: EnrolmentWindows<'_>,
        watch: &mut Watch,
    ) -> Result<Epoch, Interruption> {
        let EnrolmentWindows { training, held_out } = material;
        let number = self.history.len() + 1;
        let mut pairs = training.pairs.to_vec();
        pairs.shuffle(&mut self.rng);
        let (mut sum, mut shown) = (0.0, 0);
        watch.epoch_begins(pairs.len());
        for batch in pairs.chunks(self.recipe.batch) {
            if self.steps == self.most_steps() {
                break;
            }
            let loss = self.step(training.pool, batch)?;
            sum += loss * batch.len() as f64;
            shown += batch.len();
            watch.step(Step {
                epoch: number,
                shown,
                loss,
                running: sum / shown as f64,
            });
            if watch.is_stopped() {
                return Err(Interruption::Stopped);
            }
        }
        let first = self.team.first();
        let distances = pair_distances(&self.branch, held_out, self.recipe.batch, first);
        let held_out_loss = contrastive::mean_loss(distances, self.recipe.margin);
        let is_due = number.is_multiple_of(self.recipe.measure_every);
        Ok(Epoch {
            training_loss: sum / shown.max(1) as f64,
            held_out_loss: (!held_out.pairs.is_empty()).then_some(held_out_loss),
            measured: is_due.then(|| self.measure(&self.branch, material)),
        })
    }

    /// One step on one batch; the loss before it.
    fn step(&mut self, pool: &Pool<'_>, batch: &[Pair]) -> Result<f64, DeviceLost> {
        let margin = self.recipe.margin;
        let loss = |branch: &B, share: &[Pair], device: &Device| {
            let distances = batch_distances(branch, pool, share, device);
            let same: Vec<f32> = share
                .iter()
                .map(|pair| f32::from(u8::from(pair.same)))
                .collect();
            let same = Tensor::from_data(TensorData::new(same, [share.len()]), device);
            contrastive::loss(distances, same, margin)
        };
        let (gradients, loss) = self.team.gradients(&self.branch, batch, loss)?;
        self.branch =
            self.optimiser
                .step(self.recipe.learning_rate, self.branch.clone(), gradients);
        self.steps += 1;
        Ok(loss)
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
