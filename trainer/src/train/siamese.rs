//! Siamese training: one branch embeds both windows of a pair; steps reduce the
//! contrastive loss.

use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Tensor, TensorData};
use graspd::motion::CHANNELS;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::contrastive_loss;
use super::data_parallel::{DeviceGroup, DeviceLost};
use super::hyperparameters::Hyperparameters;
use super::monitor::{Extent, Step, TrainingMonitor};
use super::pairs::{Pair, Pool};
use crate::arch::Branch;
use crate::history::{Epoch, Figures, Measured};
use crate::progress::Progress;

/// Pairs, and the pool that their windows are in.
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

/// Training pairs, and held-out pairs whose loss is only measured.
#[derive(Debug, Clone, Copy)]
pub struct PairSets<'a> {
    /// Pairs to train on.
    pub training: PairSet<'a>,
    /// Pairs of held-out sessions; may be empty.
    pub held_out: PairSet<'a>,
}

/// Why a training stopped early.
#[derive(Debug, Error)]
pub enum Interruption {
    /// A device failed.
    #[error(transparent)]
    Device(#[from] DeviceLost),
    /// The user stopped it.
    #[error("stopped as asked")]
    Stopped,
}

/// A branch being trained.
pub struct Training<B> {
    hyperparameters: Hyperparameters,
    group: DeviceGroup,
    pub(crate) branch: B,
    pub(crate) optimiser: ModuleOptimizer,
    /// Shuffles the pairs of each epoch.
    pub(crate) rng: ChaCha8Rng,
    pub(crate) steps: usize,
    pub(crate) history: Vec<Epoch>,
    /// The branch at its lowest held-out loss; `None` without early stopping.
    pub(crate) best: Option<Best<B>>,
}

/// The branch at its lowest held-out loss.
pub(crate) struct Best<B> {
    pub(crate) branch: B,
    /// Epochs that it was trained for.
    pub(crate) epochs: usize,
    pub(crate) loss: f64,
}

impl<B: Branch> Training<B> {
    /// A training of `branch`, which must be on the first device of `group`; `rng` shuffles
    /// the pairs.
    pub fn new(
        branch: B,
        hyperparameters: Hyperparameters,
        rng: ChaCha8Rng,
        group: DeviceGroup,
    ) -> Self {
        Self {
            optimiser: hyperparameters.optimiser.init(),
            hyperparameters,
            group,
            branch,
            rng,
            steps: 0,
            history: Vec::new(),
            best: None,
        }
    }

    /// The resulting branch and its number of epochs: the best one with early stopping,
    /// else the newest.
    pub fn result(&self) -> (&B, usize) {
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

    /// Trains until the epochs, the step limit or the patience are used up. Calls `each`
    /// after every epoch; its error ends the training.
    pub fn run<E: From<Interruption>>(
        &mut self,
        sets: PairSets<'_>,
        mut each: impl FnMut(&Self) -> Result<(), E>,
        progress: Progress,
    ) -> Result<(), E> {
        let pairs = sets.training.pairs.len();
        let steps = self.hyperparameters.epochs * pairs.div_ceil(self.hyperparameters.batch);
        let extent = Extent {
            epochs: self.hyperparameters.epochs,
            steps: steps.min(self.most_steps()),
            epochs_done: self.history.len(),
            steps_done: self.steps,
        };
        let mut monitor = TrainingMonitor::begin(progress, extent);
        while !self.is_over() {
            let epoch = self.epoch(sets, &mut monitor)?;
            self.history.push(epoch);
            monitor.epoch_ends(self.history.len(), &epoch);
            self.remember_best(epoch.held_out_loss);
            each(self)?;
        }
        monitor.finish();
        Ok(())
    }

    /// Pair error rates of `branch`, by distance.
    pub fn measure(&self, branch: &B, sets: PairSets<'_>) -> Measured {
        let figures = |set| {
            let distances =
                pair_distances(branch, set, self.hyperparameters.batch, self.group.first());
            Figures::of(distances)
        };
        Measured {
            training: figures(sets.training),
            held_out: figures(sets.held_out),
        }
    }

    fn is_over(&self) -> bool {
        let epochs = self.history.len();
        let out_of_patience = self.hyperparameters.patience.zip(self.best.as_ref());
        epochs >= self.hyperparameters.epochs
            || self.steps >= self.most_steps()
            || out_of_patience.is_some_and(|(most, best)| epochs - best.epochs >= most)
    }

    fn most_steps(&self) -> usize {
        self.hyperparameters.most_steps.unwrap_or(usize::MAX)
    }

    fn remember_best(&mut self, held_out_loss: Option<f64>) {
        let least = self.best.as_ref().map_or(f64::INFINITY, |best| best.loss);
        if let Some(loss) = held_out_loss
            && self.hyperparameters.patience.is_some()
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
        sets: PairSets<'_>,
        monitor: &mut TrainingMonitor,
    ) -> Result<Epoch, Interruption> {
        let PairSets { training, held_out } = sets;
        let number = self.history.len() + 1;
        let mut pairs = training.pairs.to_vec();
        pairs.shuffle(&mut self.rng);
        let (mut sum, mut shown) = (0.0, 0);
        monitor.epoch_begins(pairs.len());
        for batch in pairs.chunks(self.hyperparameters.batch) {
            if self.steps == self.most_steps() {
                break;
            }
            let loss = self.step(training.pool, batch)?;
            sum += loss * batch.len() as f64;
            shown += batch.len();
            monitor.step(Step {
                epoch: number,
                shown,
                loss,
                running: sum / shown as f64,
            });
            if monitor.is_stopped() {
                return Err(Interruption::Stopped);
            }
        }
        let first = self.group.first();
        let distances = pair_distances(&self.branch, held_out, self.hyperparameters.batch, first);
        let held_out_loss = contrastive_loss::mean_loss(distances, self.hyperparameters.margin);
        let is_due = number.is_multiple_of(self.hyperparameters.measure_every);
        Ok(Epoch {
            training_loss: sum / shown.max(1) as f64,
            held_out_loss: (!held_out.pairs.is_empty()).then_some(held_out_loss),
            measured: is_due.then(|| self.measure(&self.branch, sets)),
        })
    }

    /// One gradient step; returns the loss before it.
    fn step(&mut self, pool: &Pool<'_>, batch: &[Pair]) -> Result<f64, DeviceLost> {
        let margin = self.hyperparameters.margin;
        let loss = |branch: &B, share: &[Pair], device: &Device| {
            let distances = batch_distances(branch, pool, share, device);
            let same: Vec<f32> = share
                .iter()
                .map(|pair| f32::from(u8::from(pair.same)))
                .collect();
            let same = Tensor::from_data(TensorData::new(same, [share.len()]), device);
            contrastive_loss::loss(distances, same, margin)
        };
        let (gradients, loss) = self.group.gradients(&self.branch, batch, loss)?;
        self.branch = self.optimiser.step(
            self.hyperparameters.learning_rate,
            self.branch.clone(),
            gradients,
        );
        self.steps += 1;
        Ok(loss)
    }
}

/// Each pair's distance and whether it is genuine, without gradients.
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
        (Some(first), Some(second)) => contrastive_loss::distances(first, second),
        _ => Tensor::zeros([0], device),
    }
}
