//! Public data sets and graspd's own recordings: people, their sessions, and the
//! windows of each session.
//!
//! Every reader goes through graspd's own source, alignment and window code
//! ([`windows::of`]), so that a network is trained on what the daemon will show it.
//! A data set ([`DataSet`]) has a file of its own for its authors' layout and rows.

pub mod catalogue;
pub mod corpus;
mod error;
mod fixed_rate;
mod graspd_csv;
mod hapt;
mod hmog;
mod motionsense;
mod readers;
pub mod recording;
pub mod set;
mod sisfall;
pub mod spec;
mod ubicomp13;
mod usable_windows;
pub mod windows;

pub use catalogue::Catalogue;
pub use corpus::{Corpus, Person, Session};
pub use error::DataError;
pub use recording::{Recording, Skipped};
pub use set::DataSet;
pub use spec::DataSpec;
pub use usable_windows::usable_windows;
pub use windows::{WindowShape, Windows};
