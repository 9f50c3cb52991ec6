//! Measuring how well a bundle tells its owner from other people.
//!
//! [`unseen`] is the main protocol: people whom the network was not trained on
//! ([`test_set`]), enrolled on earlier sessions and tested on later ones
//! ([`verification`], [`trials`]), in cross-validation folds ([`mod@fold`]). It gives error
//! rates with [`bootstrap`] intervals, decisions by the daemon's own pipeline ([`replay`],
//! [`decision`]), and [`controls`]. [`comparison`] sets another bundle beside it.
//! [`results`] is `results.json`, [`page`] the report, [`text_summary`] the terminal's.
//!
//! [`life`] enrols in two sittings and tests what follows in order of time.
//!
//! [`seed`] is the original notebook's protocol, with its [`random_search`] of ν and γ.

pub mod bootstrap;
pub mod comparison;
pub mod controls;
pub mod cross_validation;
pub mod crossed_bootstrap;
pub mod decision;
pub mod distances;
mod error;
pub mod fold;
pub mod fold_source;
pub mod life;
pub mod owner_figures;
pub mod page;
pub mod person_features;
pub mod person_index;
pub mod plane_projection;
pub mod plot_data;
mod pooled;
pub mod protocol;
pub mod random_search;
pub mod replay;
pub mod replay_cache;
pub mod results;
pub mod scoring;
pub mod seed;
pub mod survival;
pub mod tabulate;
pub mod test_delay;
pub mod test_set;
pub mod text_summary;
pub mod trials;
pub mod undated;
pub mod unseen;
pub mod verification;
mod wording;

pub use error::EvaluateError;
