//! One training from start to end: hold sessions out, draw pairs, learn, and
//! measure before and after.

use std::collections::BTreeMap;

use burn::tensor::Device;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use crate::arch::{Arch, Branch, Seed2d};
use crate::bundle::{Graph, GraphError};
use crate::data::Corpus;
use crate::pairs::{PairsError, Pool};
use crate::progress::Progress;
use crate::roc::Roc;
use crate::scale::Scale;
use crate::training::{Epoch, PairSet, Recipe, Training, pair_distances};

/// One session in this many of each person is held out, and a pair for every
/// so many training pairs is drawn from those.
const HELD_OUT: usize = 5;

/// What is to be learnt, and how. With the corpora it decides the result to the bit.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The network.
    pub arch: Arch,
    /// Frames of a window.
    pub frames: usize,
    /// Seed of weights, pairs and their order.
    pub seed: u64,
    /// Training pairs.
    pub pairs: usize,
    /// How to train.
    pub recipe: Recipe,
}

/// What has been learnt.
#[derive(Debug, Clone)]
pub struct Learnt {
    /// The network.
    pub graph: Graph,
    /// Each epoch's losses.
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
    /// Trains on `corpora`.
    pub fn run(&self, corpora: &[Corpus], progress: Progress) -> Result<Learnt, ExperimentError> {
        match self.arch {
            Arch::Seed2d => self.learn::<Seed2d>(corpora, progress),
        }
    }

    fn learn<B: Branch>(
        &self,
        corpora: &[Corpus],
        progress: Progress,
    ) -> Result<Learnt, ExperimentError> {
        let (pool, held_out_pool) = pools(corpora);
        let pairs = pool.draw(self.pairs, &mut self.rng(Stream::TrainingPairs))?;
        // Too few sessions to hold any out is no reason not to train.
        let held_out_count = self.pairs.div_ceil(HELD_OUT);
        let held_out_pairs = held_out_pool
            .draw(held_out_count, &mut self.rng(Stream::HeldOutPairs))
            .unwrap_or_default();
        let training = PairSet::new(&pool, &pairs);
        let held_out = PairSet::new(&held_out_pool, &held_out_pairs);

        let device = Device::flex().autodiff();
        let scale = Scale::of(pool.windows().iter().copied());
        let weights = &mut self.rng(Stream::Weights);
        let branch = B::new(self.frames, &scale, weights, &device);
        let mut figures = BTreeMap::new();
        let mut measure = |branch: &B, when: &str| {
            for (name, set) in [("training", training), ("held_out_session", held_out)] {
                let distances = pair_distances(branch, set, self.recipe.batch, &device);
                figures.extend(figures_of(name, when, distances, progress));
            }
        };
        measure(&branch, "before");
        let (recipe, order) = (self.recipe.clone(), self.rng(Stream::Order));
        let mut run = Training::new(branch, recipe, order, device.clone());
        run.run(training, held_out, progress);
        measure(run.branch(), "after");
        Ok(Learnt {
            graph: Graph::of(&run.branch().valid().served(), self.frames)?,
            history: run.history().to_vec(),
            figures,
            steps: run.steps(),
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

/// EER and AUC of telling pairs apart by distance; nothing without both kinds.
fn figures_of(
    set: &str,
    when: &str,
    distances: Vec<(f32, bool)>,
    progress: Progress,
) -> Vec<(String, f64)> {
    let roc: Roc = distances.into_iter().map(|(d, same)| (-d, same)).collect();
    let (Some(eer), Some(auc)) = (roc.eer(), roc.auc()) else {
        return Vec::new();
    };
    progress.say(&format!(
        "{when} training: {set} pairs EER {eer:.4} AUC {auc:.4}"
    ));
    // Four places are what a few thousand pairs can carry.
    let rounded = |rate: f64| (rate * 1e4).round() / 1e4;
    vec![
        (format!("{set}_pair_eer_{when}"), rounded(eer)),
        (format!("{set}_pair_auc_{when}"), rounded(auc)),
    ]
}
