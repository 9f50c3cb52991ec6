//! The spectral branch: what of a hand's motion is the same on another day.
//!
//! Nothing in it is learnt by gradient descent. Fixed convolutions over time give
//! each axis's short-time spectrum ([`branch`]), and what a bundle knows of people
//! is the [`cohort`] beside the graph: where they lie, how windows and sessions of
//! one person differ, and stand-ins for people that nobody has recorded
//! ([`stand_in`]). docs/experiments.md has the ways that were tried before.

pub mod branch;
pub mod cohort;
pub mod stand_in;

pub use branch::Spectral;
pub use cohort::{Learnt, SpectralError, learn};
