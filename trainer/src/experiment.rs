//! One training from start to end: hold sessions out, draw pairs, learn, and
//! measure before, on the way and after.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::Device;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::arch::{Arch, Branch, Seed1d, Seed2d};
use crate::bundle::{Graph, GraphError};
use crate::checkpoint::{CheckpointError, Checkpoints};
use crate::data::Corpus;
use crate::folder;
use crate::history::{Epoch, Measured};
use crate::pairs::{PairCount, PairsError, Pool};
use crate::parallel::Team;
use crate::progress::Progress;
use crate::recipe::Recipe;
use crate::scale::Scale;
use crate::training::{EnrolmentWindows, Interruption, PairSet, Training};

/// One session in this many of each person is held out, and a pair for every
/// so many training pairs is drawn from those.
const HELD_OUT: usize = 5;

/// What is to be learnt, and how. With the corpora and the number of devices it
/// decides the result to the bit on a processor.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The network.
    pub arch: Arch,
    /// Frames of a window.
    pub frames: usize,
    /// Seed of weights, pairs and their order.
    pub seed: u64,
    /// Training pairs.
    pub pairs: PairCount,
    /// How to train.
    pub recipe: Recipe,
}

/// What has been learnt.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// The network.
    pub graph: Graph,
    /// How well distance told pairs apart before anything was learnt.
    pub before: Measured,
    /// What each epoch came to.
    pub history: Vec<Epoch>,
    /// How well distance alone told pairs apart, before and after.
    pub figures: BTreeMap<String, f64>,
    /// Steps taken.
    pub steps: usize,
}

/// Why nothing could be learnt.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// The people do not suffice.
    #[error(transparent)]
    Pairs(#[from] PairsError),
    /// The network cannot be exported.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The training cannot be kept or gone on with.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// There is no held-out loss to be patient about.
    #[error("--patience needs sessions to hold out: two people with two sessions or more each")]
    NothingHeldOut,
    /// The architecture is not trained by gradient descent.
    #[error("spectral is not trained in epochs")]
    NoEpochs,
    /// It did not come to its end.
    #[error("{0}; the same command with --resume goes on after the last epoch that was kept")]
    Interrupted(#[from] Interruption),
}

/// What a stream of random numbers is for. Each use has one of its own, so that
/// one more draw here moves nothing there.
#[derive(Clone, Copy)]
enum Stream {
    Weights,
    TrainingPairs,
    HeldOutPairs,
    Order,
}

impl Experiment {
    /// Trains on `corpora`, by `team`. What `checkpoints` holds is gone on with, and each
    /// epoch is kept there.
    pub fn run(
        &self,
        corpora: &[Corpus],
        team: Team,
        checkpoints: Option<&Checkpoints>,
        progress: Progress,
    ) -> Result<Learnt, ExperimentError> {
        match self.arch {
            Arch::Seed2d => self.learn::<Seed2d>(corpora, team, checkpoints, progress),
            Arch::Seed1d => self.learn::<Seed1d>(corpora, team, checkpoints, progress),
            Arch::Spectral => Err(ExperimentError::NoEpochs),
        }
    }

    fn learn<B: Branch>(
        &self,
        corpora: &[Corpus],
        team: Team,
        checkpoints: Option<&Checkpoints>,
        progress: Progress,
    ) -> Result<Learnt, ExperimentError> {
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
        if held_out_pairs.is_empty() && self.recipe.patience.is_some() {
            return Err(ExperimentError::NothingHeldOut);
        }
        let material = EnrolmentWindows {
            training: PairSet::new(&pool, &pairs),
            held_out: PairSet::new(&held_out_pool, &held_out_pairs),
        };

        let scale = Scale::of(pool.windows().iter().copied());
        let mut weights = self.rng(Stream::Weights);
        let branch = B::new(self.frames, &scale, &mut weights, team.first());
        let (recipe, order) = (self.recipe.clone(), self.rng(Stream::Order));
        let mut run = Training::new(branch, recipe, order, team);

        let data = digest(material);
        let restored = match checkpoints {
            Some(checkpoints) => checkpoints.restore(&mut run, &data)?,
            None => None,
        };
        let before = restored.unwrap_or_else(|| run.measure(run.kept().0, material));
        if restored.is_some() {
            let (epochs, steps) = (run.history().len(), run.steps());
            progress.say(&format!("going on after epoch {epochs}, step {steps}"));
        }
        say(before, "before", progress);
        let keep = |run: &Training<B>| match checkpoints {
            Some(checkpoints) => Ok(checkpoints.save(run, &data, before)?),
            None => Ok::<_, ExperimentError>(()),
        };
        run.run(material, keep, progress)?;

        let (branch, epochs) = run.kept();
        let after = run.measure(branch, material);
        say(after, "after", progress);
        let mut history = run.history().to_vec();
        if let Some(epoch) = epochs.checked_sub(1).and_then(|last| history.get_mut(last)) {
            epoch.measured = Some(after);
        }
        let served = branch.valid().served().to_device(&Device::flex());
        Ok(Learnt {
            graph: Graph::of(&served, self.frames)?,
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

/// The windows to train on, and those of every [`HELD_OUT`]th session of each
/// person, counted from their latest; a person's only session is trained on.
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
fn digest(material: EnrolmentWindows<'_>) -> String {
    let mut sha256 = Sha256::new();
    for set in [material.training, material.held_out] {
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
    folder::hexadecimal(&sha256.finalize())
}

fn say(measured: Measured, when: &str, progress: Progress) {
    for (set, figures) in measured.sets() {
        progress.say(&format!("{when} training: {set} pairs {figures}"));
    }
}

/// Figures by the names that a manifest has them under.
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
