//! grasp-train: training, evaluation and simulation for graspd, off the device.
//!
//! - [`data`] reads data sets into windows, through graspd's own alignment.
//! - [`train`] trains a Siamese branch ([`arch`]) on pairs of windows; [`device`] has the
//!   processors and GPUs to train on, [`history`] what each epoch came to.
//! - [`features`] has what models are made of and judged by: embeddings of windows, motion,
//!   and which sessions an owner is enrolled with.
//! - [`spectral`] computes the branch that needs no training, and its cohort.
//! - [`bundle`] writes either as a model bundle: ONNX graph, manifest, model card.
//! - [`evaluate`] measures how well a bundle tells people apart whom it has not seen in
//!   training; [`roc`] and [`summary`] are its statistics, [`projection`] its PCA and t-SNE.
//! - [`inspect`] describes recordings: rates, gaps, and sensor values at rest.
//! - [`simulate`] generates recordings of people who do not exist.
//! - [`cli`] is the command line.
//!
//! Charts and pages are drawn by `grasp_chart`.

pub mod arch;
mod atomic_folder;
mod box_muller;
mod build_feature;
pub mod bundle;
pub mod cli;
pub mod data;
pub mod device;
pub mod evaluate;
pub mod features;
mod hash;
pub mod history;
pub mod inspect;
pub mod progress;
pub mod projection;
pub mod roc;
pub mod simulate;
pub mod spectral;
pub mod summary;
pub mod train;
