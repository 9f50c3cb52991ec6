//! How well a bundle tells its owner from others, as honestly as it can be asked.
//!
//! [`unseen`] is the protocol: people that the network never saw ([`material`]),
//! enrolled on earlier sessions and tested on later ones ([`verification`]), fold
//! by fold ([`mod@fold`]), with intervals ([`bootstrap`]), decisions as the daemon
//! would have made them ([`decision`]) and [`controls`]. [`results`] is what comes out.
//! [`seed`] is the original protocol beside it, with the [`search`] that it makes.

pub mod bootstrap;
pub mod controls;
pub mod decision;
pub mod distances;
mod error;
pub mod features;
pub mod fold;
pub mod folds;
pub mod history;
pub mod kept;
pub mod material;
pub mod page;
pub mod picture;
pub mod poisson;
pub mod replay;
pub mod results;
pub mod scoring;
pub mod search;
pub mod seed;
pub mod summary;
pub mod survival;
pub mod tabulate;
pub mod trials;
pub mod unseen;
pub mod verification;

pub use error::EvaluateError;
