//! The spectral branch: band powers of short-time spectra, and a cohort of people.
//!
//! Fixed convolutions over time compute the embedding ([`branch`]), and nothing is trained by
//! gradient descent unless a [`contrastive_head`] is asked for. What a bundle knows of people is the [`cohort`] beside the graph:
//! class means and covariances of the people it was made with, and of synthetic people made
//! from them ([`augmentation`]), with how scores differ between a person's sessions
//! (`drift`). docs/experiments.md has the alternatives that were tried.

pub mod augmentation;
pub mod branch;
pub mod cohort;
pub mod contrastive_head;
mod drift;
mod embeddings;
mod in_session_locks;
mod model;
mod sensor_noise;
mod supervised_contrastive_loss;

pub use branch::Spectral;
pub use model::{SpectralError, SpectralModel, learn};
