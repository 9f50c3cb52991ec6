//! graspd: continuous authentication from the way a phone is held.
//!
//! Data goes through the house one way, and each room is a module:
//! [`source`] → [`align`] → [`window`] → [`embed`] → [`ocsvm`] → [`decide`] →
//! [`publish`]. [`pipeline`] puts them in a row, [`enrol`] makes the [`profile`]
//! that `ocsvm` scores with, [`model`] reads the bundle that `embed` runs.
//! docs/architecture.md walks one sample through the house.

pub mod align;
pub mod cli;
pub mod cohort;
pub mod config;
pub mod daemon;
pub mod decide;
pub mod doctor;
pub mod embed;
pub mod enrol;
pub mod framing;
pub mod model;
pub mod motion;
pub mod ocsvm;
pub mod pipeline;
pub mod profile;
pub mod publish;
pub mod record;
pub mod report;
pub mod rest;
pub mod score;
pub mod session;
pub mod source;
pub mod window;
