//! graspd: continuous authentication from the way a phone is held.
//!
//! Data goes through the house one way, and each room is a module:
//! [`source`] → [`align`] → [`window`] → embed → ocsvm → [`decide`] → publish.

pub mod align;
pub mod cli;
pub mod decide;
pub mod model;
pub mod motion;
pub mod ocsvm;
pub mod publish;
pub mod source;
pub mod window;
