//! How a branch is trained: the options of a [`Training`](crate::training::Training).

use burn::optim::{AdamConfig, ModuleOptimizer, RmsPropConfig, SgdConfig};
use clap::ValueEnum;

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
    /// Epochs without a lower held-out loss after which to stop, with the weights
    /// of the lowest.
    pub patience: Option<usize>,
    /// Epochs from one measurement of the pairs to the next.
    pub measure_every: usize,
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

    pub(crate) fn init(self) -> ModuleOptimizer {
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
