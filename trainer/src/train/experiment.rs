//! One training from windows to graph: hold sessions out, draw pairs, train, and measure
//! the pair error rates before, during and after.

use graspd::motion::Channels;
use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::Device;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::checkpoint::{CheckpointError, Checkpoints};
use super::data_parallel::DeviceGroup;
use super::hyperparameters::Hyperparameters;
use super::pairs::{PairCount, PairsError, Pool};
use super::siamese::{Interruption, PairSet, PairSets, Training};
use crate::arch::ChannelScale;
use crate::arch::{Arch, Branch, Seed1d, Seed2d};
use crate::bundle::{Graph, GraphError};
use crate::data::Corpus;
use crate::hash::hexadecimal;
use crate::history::{Epoch, Measured};
use crate::progress::Progress;

/// One session in this many of each person is held out, and one held-out pair is drawn for
/// this many training pairs.
const HELD_OUT: usize = 5;

/// Settings of a training. On a processor they decide the result to the bit, together with
/// the corpora and the number of devices.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Architecture.
    pub arch: Arch,
    /// Frames of a window.
    pub frames: usize,
    /// Seed of initial weights, pairs and their order.
    pub seed: u64,
    /// Number of training pairs.
    pub pairs: PairCount,
    /// Training hyperparameters.
    pub hyperparameters: Hyperparameters,
}

/// Result of a training.
#[derive(Debug, Clone)]
pub struct TrainedNetwork {
    /// The trained network.
    pub graph: Graph,
    /// Pair error rates of the untrained network.
    pub before: Measured,
    /// One entry an epoch.
    pub history: Vec<Epoch>,
    /// Pair error rates before and after, by the names that a manifest has.
    pub figures: BTreeMap<String, f64>,
    /// Gradient steps.
    pub steps: usize,
}

/// Why a training failed.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// There are too few people to draw pairs.
    #[error(transparent)]
    Pairs(#[from] PairsError),
    /// The network cannot be exported.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A checkpoint cannot be written or resumed from.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Early stopping without held-out sessions.
    #[error("--patience needs sessions to hold out: two people with two sessions or more each")]
    NothingHeldOut,
    /// The architecture is not trained by gradient descent.
    #[error("an architecture with a cohort is not trained in epochs")]
    NoEpochs,
    /// A device failed, or the user stopped it.
    #[error("{0}; the same command with --resume goes on after the last epoch that was kept")]
    Interrupted(#[from] Interruption),
}

/// Purposes of random numbers. Each has a stream of its own, so that a change in the
/// number of draws for one does not affect the others.
#[derive(Clone, Copy)]
enum Stream {
    Weights,
    TrainingPairs,
    HeldOutPairs,
    Order,
}

impl Experiment {
    /// Trains on `corpora` with the devices of `group`. Resumes from `checkpoints` if there
    /// is one, and saves each epoch there.
    pub fn run(
        &self,
        corpora: &[Corpus],
        group: DeviceGroup,
        checkpoints: Option<&Checkpoints>,
        progress: Progress,
    ) -> Result<TrainedNetwork, ExperimentError> {
        match self.arch {
            Arch::Seed2d => self.learn::<Seed2d>(corpora, group, checkpoints, progress),
            Arch::Seed1d => self.learn::<Seed1d>(corpora, group, checkpoints, progress),
            Arch::Spectral | Arch::Contrastive => Err(ExperimentError::NoEpochs),
        }
    }

    fn learn<B: Branch>(
        &self,
        corpora: &[Corpus],
        group: DeviceGroup,
        checkpoints: Option<&Checkpoints>,
        progress: Progress,
    ) -> Result<TrainedNetwork, ExperimentError> {
        let (pool, held_out_pool) = pools(corpora);
        let count = self.pairs.of(&pool);
        let pairs = pool.draw(count, &mut self.rng(Stream::TrainingPairs))?;
        // Too few sessions to hold any out is no reason not to train.
        let held_out_pairs = held_out_pool
            .draw(
                count.div_ceil(HELD_OUT),
                &mut self.rng(Stream::HeldOutPairs),
            )
            .unwrap_or_default();
        if held_out_pairs.is_empty() && self.hyperparameters.patience.is_some() {
            return Err(ExperimentError::NothingHeldOut);
        }
        let sets = PairSets {
            training: PairSet::new(&pool, &pairs),
            held_out: PairSet::new(&held_out_pool, &held_out_pairs),
        };

        let scale = ChannelScale::of(pool.windows().iter().copied());
        let mut weights = self.rng(Stream::Weights);
        let branch = B::new(self.frames, &scale, &mut weights, group.first());
        let (hyperparameters, order) = (self.hyperparameters.clone(), self.rng(Stream::Order));
        let mut run = Training::new(branch, hyperparameters, order, group);

        let data = digest(sets);
        let restored = match checkpoints {
            Some(checkpoints) => checkpoints.restore(&mut run, &data)?,
            None => None,
        };
        let before = restored.unwrap_or_else(|| run.measure(run.result().0, sets));
        if restored.is_some() {
            let (epochs, steps) = (run.history().len(), run.steps());
            progress.say(&format!("going on after epoch {epochs}, step {steps}"));
        }
        say(before, "before", progress);
        let keep = |run: &Training<B>| match checkpoints {
            Some(checkpoints) => Ok(checkpoints.save(run, &data, before)?),
            None => Ok::<_, ExperimentError>(()),
        };
        run.run(sets, keep, progress)?;

        let (branch, epochs) = run.result();
        let after = run.measure(branch, sets);
        say(after, "after", progress);
        let mut history = run.history().to_vec();
        if let Some(epoch) = epochs.checked_sub(1).and_then(|last| history.get_mut(last)) {
            epoch.measured = Some(after);
        }
        let served = branch.valid().served().to_device(&Device::flex());
        Ok(TrainedNetwork {
            graph: Graph::of(&served, Channels::default(), self.frames)?,
            before,
            figures: figures(before, after),
            steps: run.steps(),
            history,
        })
    }

    fn rng(&self, stream: Stream) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(stream as u64);
        rng
    }
}

/// Training windows and held-out windows. Held out is every [`HELD_OUT`]th session of a
/// person, counted from the latest; a person's only session is for training.
fn pools(corpora: &[Corpus]) -> (Pool<'_>, Pool<'_>) {
    let (mut training, mut held_out) = (Pool::default(), Pool::default());
    let people = corpora
        .iter()
        .flat_map(|corpus| corpus.people.iter().map(move |person| (corpus.set, person)));
    for (set, person) in people {
        let latest_first = || person.sessions.iter().rev().enumerate();
        let alone = person.sessions.len() == 1;
        let is_held = move |age: usize| !alone && age.is_multiple_of(HELD_OUT);
        let windows = |held: bool| {
            latest_first()
                .filter(move |(age, _)| is_held(*age) == held)
                .map(|(_, session)| &session.windows)
        };
        training.add_person(set, windows(false));
        held_out.add_person(set, windows(true));
    }
    (training, held_out)
}

/// SHA-256 of the pairs and their windows.
fn digest(sets: PairSets<'_>) -> String {
    let mut sha256 = Sha256::new();
    for set in [sets.training, sets.held_out] {
        for window in set.pool.windows() {
            window
                .iter()
                .for_each(|value| sha256.update(value.to_le_bytes()));
        }
        for pair in set.pairs {
            let [first, second] = pair.windows.map(|window| window as u64);
            sha256.update(first.to_le_bytes());
            sha256.update(second.to_le_bytes());
        }
    }
    hexadecimal(&sha256.finalize())
}

fn say(measured: Measured, when: &str, progress: Progress) {
    for (set, figures) in measured.sets() {
        progress.say(&format!("{when} training: {set} pairs {figures}"));
    }
}

/// Figures by the names that a manifest has.
fn figures(before: Measured, after: Measured) -> BTreeMap<String, f64> {
    // Four places are what a few thousand pairs can carry.
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    let mut named = BTreeMap::new();
    for (when, measured) in [("before", before), ("after", after)] {
        for (set, figures) in measured.sets() {
            for (name, value) in figures.named() {
                named.insert(format!("{set}_pair_{name}_{when}"), rounded(value));
            }
        }
    }
    named
}
