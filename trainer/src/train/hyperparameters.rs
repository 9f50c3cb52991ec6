//! Training hyperparameters: the options of a [`Training`](super::siamese::Training).

use burn::optim::{AdamConfig, ModuleOptimizer, RmsPropConfig, SgdConfig};
use clap::ValueEnum;

/// Hyperparameters of one training.
#[derive(Debug, Clone, PartialEq)]
pub struct Hyperparameters {
    /// Passes over all training pairs.
    pub epochs: usize,
    /// Pairs of one gradient step.
    pub batch: usize,
    /// Gradient descent method.
    pub optimiser: Optimiser,
    /// Learning rate.
    pub learning_rate: f64,
    /// Margin of the contrastive loss: impostor pairs farther apart cost nothing.
    pub margin: f32,
    /// Steps after which training stops, whatever the epoch; `None` for no limit.
    pub most_steps: Option<usize>,
    /// Early stopping: epochs without a lower held-out loss after which training stops and
    /// goes back to the weights of the lowest. `None` for none.
    pub patience: Option<usize>,
    /// Epochs between measurements of the pair error rates.
    pub measure_every: usize,
}

/// Gradient descent methods.
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

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Adam => "adam",
            Self::Sgd => "sgd",
            Self::Rmsprop => "rmsprop",
        }
    }

    /// Learning rate if the command line gives none.
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
