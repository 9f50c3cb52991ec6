//! Training a Siamese branch on pairs of windows.
//!
//! [`experiment`] is one training from data to graph: [`pairs`] draws genuine and
//! impostor pairs, [`siamese`] takes gradient steps on the [`contrastive_loss`] with the
//! options of [`hyperparameters`], over several devices by [`data_parallel`].
//! [`checkpoint`] saves each epoch, `monitor` shows it.

pub mod checkpoint;
pub mod contrastive_loss;
mod dashboard;
pub mod data_parallel;
pub mod experiment;
pub mod hyperparameters;
pub(crate) mod monitor;
pub mod pairs;
pub mod siamese;
