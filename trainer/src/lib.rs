//! grasp-train: what happens to graspd's models off the device.
//!
//! Training goes one way: [`data`] reads people and their windows through
//! graspd's own alignment, [`pairs`] draws pairs of windows, [`training`]
//! teaches an [`arch`] with the [`contrastive`] loss, and [`bundle`] writes what
//! came out as a model bundle. [`experiment`] is the whole of it, with figures
//! from [`roc`], and [`checkpoint`] keeps it while it goes on; [`cli`] is the way in.
//! Several devices share it by [`parallel`], those of other machines by [`worker`].
//!
//! [`evaluate`] asks how well a bundle tells people apart that it never saw.
//! [`project`] makes points of a plane of embeddings. Findings become charts
//! and a page with `grasp_chart`.
//!
//! [`inspect`] shows what recordings are like before anything is learnt from them.
//! Beside it, [`simulate`] makes up people for recordings that anyone may have.

pub mod arch;
pub mod bundle;
pub mod checkpoint;
pub mod cli;
pub mod contrastive;
mod dashboard;
pub mod data;
pub mod device;
pub mod evaluate;
pub mod experiment;
mod feature;
mod folder;
pub mod history;
pub mod inspect;
pub mod pairs;
pub mod parallel;
pub mod progress;
pub mod project;
pub mod recipe;
pub mod roc;
pub mod scale;
pub mod simulate;
pub mod spectral;
pub mod summary;
pub mod training;
mod watch;
pub mod worker;
